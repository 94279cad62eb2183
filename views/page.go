package views

import (
	"context"
	"fmt"
	"iter"
	"slices"
)

// Page is one page of a Paginator. Templates know its methods by Django's names: page_obj.has_next,
// page_obj.next_page_number, page_obj.start_index; and loop over it or over page_obj.object_list.
type Page[T any] struct {
	// ObjectList are the rows of the page.
	ObjectList []T
	// Number is the number of the page; the first is 1.
	Number int
	// Paginator is where the page comes from.
	Paginator *Paginator[T]

	hasNext bool
}

// All iterates over the rows of the page.
func (p *Page[T]) All() iter.Seq[T] { return slices.Values(p.ObjectList) }

// Len returns the number of rows on the page.
func (p *Page[T]) Len() int { return len(p.ObjectList) }

// HasNext says whether there is a page after this one.
func (p *Page[T]) HasNext() bool { return p.hasNext }

// HasPrevious says whether there is a page before this one.
func (p *Page[T]) HasPrevious() bool { return p.Number > 1 }

// HasOtherPages says whether this is not the only page.
func (p *Page[T]) HasOtherPages() bool { return p.HasPrevious() || p.HasNext() }

// NextPageNumber returns the number of the next page, or an *InvalidPageError on the last.
func (p *Page[T]) NextPageNumber() (int, error) {
	if !p.hasNext {
		return 0, p.Paginator.noResults()
	}
	return p.Number + 1, nil
}

// PreviousPageNumber returns the number of the page before, or an *InvalidPageError on the first.
func (p *Page[T]) PreviousPageNumber() (int, error) {
	if p.Number <= 1 {
		return 0, p.Paginator.tooLow()
	}
	return p.Number - 1, nil
}

// StartIndex returns the number of the first row of the page among all rows, counted from 1; 0 if there are none.
func (p *Page[T]) StartIndex() int {
	if len(p.ObjectList) == 0 {
		return 0
	}
	return (p.Number-1)*p.Paginator.perPage + 1
}

// EndIndex returns the number of the last row of the page among all rows, counted from 1; 0 if there are none.
func (p *Page[T]) EndIndex() int {
	if len(p.ObjectList) == 0 {
		return 0
	}
	return (p.Number-1)*p.Paginator.perPage + len(p.ObjectList)
}

// ElidedPageRange returns the page numbers to link to from this page, with Django's defaults: three on each side, two at
// the ends, Ellipsis in the gaps. In a template:
//
//	{% for n in page_obj.elided_page_range %}
//	  {% if n == paginator.ELLIPSIS %}…{% else %}<a href="?page={{ n }}">{{ n }}</a>{% endif %}
//	{% endfor %}
func (p *Page[T]) ElidedPageRange(ctx context.Context) ([]any, error) {
	return p.Paginator.ElidedPageRange(ctx, p.Number, 3, 2)
}

// String returns "<Page 2 of 9>", and "<Page 2>" while the rows are not counted.
func (p *Page[T]) String() string {
	if !p.Paginator.counted {
		return fmt.Sprintf("<Page %d>", p.Number)
	}
	n, _ := p.Paginator.NumPages(context.Background()) // counted, so without a query and an error
	return fmt.Sprintf("<Page %d of %d>", p.Number, n)
}
