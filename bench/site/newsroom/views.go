package newsroom

import (
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/views"
	"github.com/nuages-go/nuages/web"
)

var (
	a = orm.Fields[Article]()
	c = orm.Fields[Comment]()
	t = orm.Fields[Tag]()
)

// listed are all articles, with what the list shows of them.
func listed() orm.Query[Article] {
	comments := orm.Objects[Comment]().Filter(orm.F(&c.Article.ID).Eq(orm.OuterRef(&a.ID)))
	return orm.Objects[Article]().Related(&a.Author).Prefetch(&a.Tags).Annotate(orm.As(&a.Ncomments, orm.CountIn(comments)))
}

// List is the data of the list's page.
type List struct {
	PageObj   *views.Page[*Article]
	Paginator *views.Paginator[*Article]
}

var listPage = template.Page[List]("newsroom/article_list.html")

func articleList(r *web.Request) (*web.Response, error) {
	paginator := views.NewPaginator(views.QuerySource(listed()), 25, views.PaginatorOptions{})
	page, err := paginator.GetPage(r.Context(), r.GET().Get("page"))
	if err != nil {
		return nil, err
	}
	return views.Render(r, listPage, List{PageObj: page, Paginator: paginator})
}

// Detail is the data of an article's page.
type Detail struct {
	Article  *Article
	Comments []*Comment
}

// shown are all articles, with what an article's page shows of them.
func shown() orm.Query[Article] {
	comments := orm.Objects[Comment]().Related(&c.Author).OrderBy(orm.Asc(&c.Created), orm.Asc(&c.ID))
	return orm.PrefetchQuery(orm.Objects[Article]().Related(&a.Author).Prefetch(&a.Tags), &a.Comments, comments)
}

var detailPage = template.Page[Detail]("newsroom/article_detail.html")

func articleDetail(r *web.Request, pk int64) (*web.Response, error) {
	article, err := views.GetOr404(r, shown().Filter(orm.Eq(&a.ID, pk)))
	if err != nil {
		return nil, err
	}
	comments, err := article.Comments.All(r.Context())
	if err != nil {
		return nil, err
	}
	return views.Render(r, detailPage, Detail{Article: article, Comments: comments})
}

func tagDetail(r *web.Request, slug string) (*web.Response, error) {
	tag, err := views.GetOr404(r, orm.Objects[Tag]().Filter(orm.Eq(&t.Slug, slug)))
	if err != nil {
		return nil, err
	}
	return web.Text(tag.Name), nil
}
