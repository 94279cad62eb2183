package news

import (
	"strings"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/views"
	"github.com/nuages-go/nuages/web"
)

var a = orm.Fields[Article]() // a reference value: &a.Title *is* the column, checked by the compiler

// live are the articles that everybody may read, with their authors and tags. A query is a value: nothing runs until a
// terminal call takes a context.
func live() orm.Query[Article] {
	return orm.Objects[Article]().Filter(orm.Eq(&a.Status, Live)).Related(&a.Author).Prefetch(&a.Tags)
}

// perPage is how many articles a page of the list has.
const perPage = 25

// ArticleList is the front page and the pages after it.
var ArticleList = views.List[Article]{Query: live, PaginateBy: perPage, Page: listPage}

var listPage = template.Page[views.ListPage[Article]]("news/list.html")

// Detail is the data of an article's page.
type Detail struct {
	Article *Article
	// Minutes is how long it takes to read.
	Minutes int
	// More are the articles before it.
	More []*Article
}

var detailPage = template.Page[Detail]("news/detail.html") // checked against Detail at start-up: {{ article.titel }} does not start

func articleDetail(r *web.Request, pk int64) (*web.Response, error) {
	article, err := views.GetOr404(r, live().Filter(orm.Eq(&a.ID, pk)))
	if err != nil {
		return nil, err
	}

	more, err := live().Filter(orm.Lt(&a.ID, pk)).Limit(3).All(r.Context())
	if err != nil {
		return nil, err
	}

	return views.Render(r, detailPage, Detail{Article: article, Minutes: minutes(article), More: more})
}

// minutes is how long an article takes to read, at two hundred words a minute.
func minutes(article *Article) int {
	return 1 + len(strings.Fields(article.Summary+" "+article.Body))/200
}

// Subject is the data of a tag's page.
type Subject struct {
	Tag     *Tag
	PageObj *views.Page[*Article]
}

var tag = orm.Fields[Tag]()

var tagPage = template.Page[Subject]("news/tag.html")

func tagDetail(r *web.Request, slug string) (*web.Response, error) {
	subject, err := views.GetOr404(r, orm.Objects[Tag]().Filter(orm.Eq(&tag.Slug, slug)))
	if err != nil {
		return nil, err
	}

	articles := live().Filter(orm.Eq(&a.Tags.To().ID, subject.ID))
	paginator := views.NewPaginator(views.QuerySource(articles), perPage, views.PaginatorOptions{})
	page, err := paginator.GetPage(r.Context(), r.GET().Get("page"))
	if err != nil {
		return nil, err
	}

	return views.Render(r, tagPage, Subject{Tag: subject, PageObj: page})
}

// About is the data of the page about the newspaper.
type About struct {
	Articles, Tags int
	Authors        []*Author
}

var aboutPage = template.Page[About]("news/about.html")

func about(r *web.Request) (*web.Response, error) {
	ctx := r.Context()
	articles, err := live().Count(ctx)
	if err != nil {
		return nil, err
	}
	tags, err := orm.Objects[Tag]().Count(ctx)
	if err != nil {
		return nil, err
	}
	authors, err := orm.Objects[Author]().OrderBy(orm.Asc(&orm.Fields[Author]().Name)).All(ctx)
	if err != nil {
		return nil, err
	}

	return views.Render(r, aboutPage, About{Articles: articles, Tags: tags, Authors: authors})
}
