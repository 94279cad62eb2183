package orm_test

import (
	"context"
	"errors"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
)

func TestFullClean(t *testing.T) {
	t.Parallel()
	ctx := conformanceDB(t)
	ana := &newsroom.Author{Name: "Ana", Email: "ana@news.example"}
	must(t, orm.Create(ctx, ana))
	good := func() *newsroom.Story {
		return &newsroom.Story{Title: "Tide", Slug: "tide", Section: newsroom.City, Body: "x", Author: orm.To(ana), Editor: orm.To(ana), Score: new(float64)}
	}
	must(t, orm.Create(ctx, good()))
	tests := []struct {
		name        string
		clean       func(ctx context.Context) error
		field, code string
	}{
		{"blank", func(ctx context.Context) error { s := good(); s.Title, s.Slug = "", "n"; return orm.FullClean(ctx, s) }, "title", "blank"},
		{"null", func(ctx context.Context) error {
			return orm.FullClean(ctx, &newsroom.Story{Title: "x", Slug: "x", Body: "x"})
		}, "author", "null"},
		{"choice", func(ctx context.Context) error {
			s := good()
			s.Section, s.Slug = "weather", "n"
			return orm.FullClean(ctx, s)
		}, "section", "invalid_choice"},
		{"length", func(ctx context.Context) error {
			return orm.FullClean(ctx, &newsroom.Tag{Slug: "x", Label: "0123456789012345678901234567890123456789x"})
		}, "label", "max_length"},
		{"slug", func(ctx context.Context) error { return orm.FullClean(ctx, &newsroom.Tag{Slug: "a b", Label: "x"}) }, "slug", "invalid"},
		{"email", func(ctx context.Context) error {
			return orm.FullClean(ctx, &newsroom.Author{Name: "x", Email: "nobody"})
		}, "email", "invalid"},
		{"unique", func(ctx context.Context) error {
			return orm.FullClean(ctx, &newsroom.Author{Name: "x", Email: "ana@news.example"})
		}, "email", "unique"},
		{"unique constraint", func(ctx context.Context) error { return orm.FullClean(ctx, good()) }, "", "unique_together"},
		{"check constraint", func(ctx context.Context) error {
			s := good()
			s.Slug, s.Words = "n", 200000
			return orm.FullClean(ctx, s)
		}, "", ""},
		{"valid", func(ctx context.Context) error { s := good(); s.Slug = "other"; return orm.FullClean(ctx, s) }, "", ""},
		{"itself", func(ctx context.Context) error { return orm.FullClean(ctx, ana) }, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.clean(ctx)
			if tt.name == "valid" || tt.name == "itself" {
				if err != nil {
					t.Errorf("FullClean: %v", err)
				}
				return
			}
			ve, ok := errors.AsType[*orm.ValidationError](err)
			if !ok || len(ve.Fields[tt.field]) == 0 || ve.Fields[tt.field][0].Code != tt.code {
				t.Errorf("FullClean = %v, want %s on %q", err, tt.code, tt.field)
			}
		})
	}
}
