package news

import (
	"time"

	"github.com/nuages-go/nuages/web"
)

// headline is one article of the JSON feed.
type headline struct {
	ID        int64      `json:"id"`
	Title     string     `json:"title"`
	Summary   string     `json:"summary"`
	Author    string     `json:"author"`
	Published *time.Time `json:"published"`
	URL       string     `json:"url"`
}

// latest are the ten newest articles as JSON.
func latest(r *web.Request) (*web.Response, error) {
	ctx := r.Context()
	articles, err := live().Limit(10).All(ctx)
	if err != nil {
		return nil, err
	}

	headlines := make([]headline, len(articles))
	for i, article := range articles {
		author, err := article.Author.Get(ctx) // it came along: no query
		if err != nil {
			return nil, err
		}
		address, err := r.AbsoluteURL(DetailURL.URL(r, article.ID))
		if err != nil {
			return nil, err
		}
		headlines[i] = headline{article.ID, article.Title, article.Summary, author.Name, article.Published, address}
	}

	return web.JSON(map[string]any{"articles": headlines})
}

// picture is the newspaper's picture, a file with ranges and conditional requests.
func picture(*web.Request) (*web.Response, error) {
	return web.FileFS(files, "static/news/estuary.svg")
}

// static are the stylesheet and its like.
func static(_ *web.Request, name string) (*web.Response, error) {
	return web.FileFS(files, "static/"+name)
}
