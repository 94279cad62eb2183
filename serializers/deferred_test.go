package serializers_test

import (
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/serializers"
)

// Objects that were loaded in part are written whole, or not at all: zero is never taken for a value.
func TestSerializeDeferred(t *testing.T) {
	ctx := newsroomDB(t)
	for _, slug := range []string{"go", "sql"} {
		if err := orm.Create(ctx, &newsroom.Tag{Slug: slug, Label: "the " + slug}); err != nil {
			t.Fatal(err)
		}
	}
	tg := orm.Fields[newsroom.Tag]()
	write := func(q orm.Query[newsroom.Tag], o serializers.Options) (string, int, error) {
		list, err := q.All(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var log orm.QueryLog
		var b strings.Builder
		w, err := serializers.NewWriter(&b, serializers.JSON, o)
		if err != nil {
			t.Fatal(err)
		}
		for _, obj := range list {
			if err := w.Objects(orm.WithQueryLog(ctx, &log), obj); err != nil {
				return "", 0, err
			}
		}
		return b.String(), log.Count(), w.Close()
	}
	part := orm.Objects[newsroom.Tag]().Only(&tg.Slug).OrderBy(orm.Asc(&tg.ID))
	if _, n, err := write(part, serializers.Options{}); n != 1 || err != nil {
		t.Errorf("%d queries, %v, want one for all objects", n, err)
	}
	if _, n, err := write(part, serializers.Options{Fields: []string{"slug"}}); n != 0 || err != nil {
		t.Errorf("%d queries, %v, want none for what is there", n, err)
	}
	if _, _, err := write(part.FetchRaise(), serializers.Options{}); err == nil || !strings.Contains(err.Error(), "FetchRaise") {
		t.Errorf("with FetchRaise: %v", err)
	}
	list, err := part.All(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	w, err := serializers.NewWriter(&b, serializers.JSON, serializers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Objects(ctx, list[1], list[0]); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil || !strings.Contains(b.String(), "the go") || !strings.Contains(b.String(), "the sql") {
		t.Errorf("wrote %s, %v", b.String(), err)
	}
}
