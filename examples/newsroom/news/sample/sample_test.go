package sample_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/examples/newsroom/news/sample"
)

func TestArticles(t *testing.T) {
	t.Parallel()
	articles, err := sample.Articles()
	if err != nil {
		t.Fatal(err)
	}
	if len(articles) != 200 {
		t.Errorf("there are %d articles, want 200", len(articles))
	}

	titles, bodies := map[string]bool{}, map[string]bool{}
	for i, a := range articles {
		if titles[a.Title] || bodies[a.Body] {
			t.Errorf("%q is there twice", a.Title)
		}
		titles[a.Title], bodies[a.Body] = true, true
		if a.Summary == "" || a.Author == "" || len(a.Tags) != 2 || a.Tags[0] == a.Tags[1] {
			t.Errorf("%q is incomplete: %+v", a.Title, a)
		}
		if strings.ContainsAny(a.Title+a.Summary+a.Body, "{}%\"") {
			t.Errorf("%q has a slot that is not filled: %s %s", a.Title, a.Summary, a.Body)
		}
		if i > 0 && !a.Published.Before(articles[i-1].Published) {
			t.Errorf("%q is not older than the one before", a.Title)
		}
	}

	again, err := sample.Articles()
	if err != nil || !reflect.DeepEqual(articles, again) {
		t.Errorf("a second call differs (%v)", err)
	}
}
