package sample

import (
	"embed"
	"strings"
	"time"
)

// Article is one article, in plain values.
type Article struct {
	Title, Summary string
	// Body is the text after the summary: paragraphs with an empty line between them.
	Body string
	// Author is the full name.
	Author string
	// Tags are slugs, the section first.
	Tags      []string
	Published time.Time
}

// newest is when the newest article was published; the others go back from there, a few hours each.
var newest = time.Date(2026, time.November, 20, 7, 30, 0, 0, time.UTC)

//go:embed *.txt
var files embed.FS

// Articles returns the articles, the newest first.
func Articles() ([]Article, error) {
	parts, err := readParts()
	if err != nil {
		return nil, err
	}
	articles := mix(parts.stories(), mix(shipping(), mix(matches(), mix(weather(), parts.archive()))))

	published := newest
	for i := range articles {
		a := &articles[i]
		dice := rollFor(a.Title)
		a.Author = authorFor(a.Tags[0], dice)
		a.Published = published
		a.Body = strings.Join(parts.complete(a, dice), "\n\n")
		published = published.Add(-time.Duration(95+dice.n(310)) * time.Minute)
	}
	return articles, nil
}

// mix spreads b evenly over a and keeps the order of both.
func mix(a, b []Article) []Article {
	total := len(a) + len(b)
	out := make([]Article, 0, total)
	fromA, fromB := 0, 0
	for i := range total {
		if (i+1)*len(b)/total > fromB {
			out = append(out, b[fromB])
			fromB++
		} else {
			out = append(out, a[fromA])
			fromA++
		}
	}
	return out
}
