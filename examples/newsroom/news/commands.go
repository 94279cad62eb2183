package news

import (
	"context"
	"flag"
	"fmt"
	"strings"

	"github.com/nuages-go/nuages/examples/newsroom/news/sample"
	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
)

// loadSample is the command that fills an empty newspaper.
func loadSample() manage.Command {
	return manage.Command{
		Name:  "loadsample",
		Help:  "Load two hundred sample articles, unless there are articles already.",
		Setup: func(*flag.FlagSet) manage.RunFunc { return runLoadSample },
	}
}

func runLoadSample(ctx context.Context, in *manage.Invocation) error {
	have, err := orm.Objects[Article]().Count(ctx)
	if err != nil {
		return err
	}
	if have > 0 {
		_, err := fmt.Fprintf(in.Stdout, "There are %d articles already; nothing to load.\n", have)
		return err
	}

	articles, err := sample.Articles()
	if err != nil {
		return err
	}
	err = orm.Atomic(ctx, func(ctx context.Context) error {
		l := loader{authors: map[string]*Author{}, tags: map[string]*Tag{}}
		for i := len(articles) - 1; i >= 0; i-- { // the oldest first, so that it becomes number 1
			if err := l.load(ctx, &articles[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(in.Stdout, "Loaded %d articles.\n", len(articles))
	return err
}

// loader remembers the authors and tags that it has made.
type loader struct {
	authors map[string]*Author
	tags    map[string]*Tag
}

func (l *loader) load(ctx context.Context, from *sample.Article) error {
	author, err := l.author(ctx, from.Author)
	if err != nil {
		return err
	}
	article := &Article{
		Title: from.Title, Slug: slugify(from.Title), Summary: from.Summary, Body: from.Body, Status: Live,
		Author: orm.To(author), Published: &from.Published,
	}
	if err := orm.Objects[Article]().Create(ctx, article); err != nil {
		return err
	}

	for _, slug := range from.Tags {
		tag, err := l.tag(ctx, slug)
		if err != nil {
			return err
		}
		if err := article.Tags.Add(ctx, tag); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) author(ctx context.Context, name string) (*Author, error) {
	if author := l.authors[name]; author != nil {
		return author, nil
	}
	author := &Author{Name: name, Slug: slugify(name)}
	l.authors[name] = author
	return author, orm.Objects[Author]().Create(ctx, author)
}

func (l *loader) tag(ctx context.Context, slug string) (*Tag, error) {
	if tag := l.tags[slug]; tag != nil {
		return tag, nil
	}
	tag := &Tag{Name: strings.ToUpper(slug[:1]) + slug[1:], Slug: slug}
	l.tags[slug] = tag
	return tag, orm.Objects[Tag]().Create(ctx, tag)
}

// slugify makes a title usable in an address: "Beer & bread" becomes "beer-bread".
func slugify(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '’'
	})
	return strings.ReplaceAll(strings.Join(words, "-"), "’", "")
}
