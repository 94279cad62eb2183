package views_test

import (
	"context"
	"fmt"

	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/views"
	"github.com/nuages-go/nuages/web"
)

func ExamplePaginator() {
	ctx := context.Background()
	p := views.NewPaginator(views.SliceSource[string]{"ada", "bob", "cat", "dan", "eve"}, 2, views.PaginatorOptions{})

	page, err := p.Page(ctx, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(page, page.ObjectList, page.HasNext(), page.StartIndex(), page.EndIndex())

	last, _ := p.GetPage(ctx, "99") // never refuses
	fmt.Println(last, last.ObjectList)

	_, err = p.Page(ctx, 99)
	fmt.Println(err)
	// Output:
	// <Page 2 of 3> [cat dan] true 3 4
	// <Page 3 of 3> [eve]
	// That page contains no results
}

func ExamplePaginator_ElidedPageRange() {
	p := views.NewPaginator(numbers(100), 5, views.PaginatorOptions{})
	numbers, _ := p.ElidedPageRange(context.Background(), 10, 2, 1)
	fmt.Println(numbers)
	// Output: [1 … 8 9 10 11 12 … 20]
}

func ExamplePaginatorOptions_countless() {
	p := views.NewPaginator(numbers(7), 3, views.PaginatorOptions{Countless: true})
	page, _ := p.Page(context.Background(), 2) // reads four rows and counts none
	fmt.Println(page, page.ObjectList, page.HasNext())
	// Output: <Page 2> [4 5 6] true
}

func ExampleMethods() {
	show := web.View(func(*web.Request) (*web.Response, error) { return web.Text("a form"), nil })
	send := web.View(func(*web.Request) (*web.Response, error) { return web.Redirect("/thanks") })

	view := views.Methods{Get: show, Post: send}
	_ = urls.Path("contact", view)
	fmt.Println(view.Allowed())
	// Output: [GET POST HEAD OPTIONS]
}

func ExampleRedirect() {
	_ = urls.Patterns{
		urls.Path("story/<int:pk>", views.Redirect{Name: "news:detail", Permanent: true}),
		urls.Path("y/<int:year>", views.Redirect{URL: "/archive/%(year)s/", QueryString: true}),
	}
}
