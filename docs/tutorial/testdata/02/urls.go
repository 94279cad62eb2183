package main

import (
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"

	"newsroom/news"
)

// rootURLs is the site's URL table. An application is added with urls.Include("polls/", polls.URLs()).
func rootURLs() urls.Patterns {
	return urls.Patterns{
		urls.Path("", web.View(home), urls.Name("home")),
		urls.Include("news/", news.URLs()),
	}
}
