package main

import (
	"newsroom/news"

	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// rootURLs is the site's URL table. An application is added with urls.Include("polls/", polls.URLs()).
func rootURLs() urls.Patterns {
	return urls.Patterns{
		urls.Path("", web.View(home), urls.Name("home")),
		urls.Include("news/", news.URLs()),
	}
}
