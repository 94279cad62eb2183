package orm_test

import (
	"testing"

	"github.com/nuages-go/nuages/orm"
)

// TestNegationOfJoinedRows compares with Django: in one Filter, a negated condition after another one on the same relation
// speaks of the same related row; in a Filter of its own, or before the other, of all related rows.
func TestNegationOfJoinedRows(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	_, tags, articles := seed(t, ctx)
	if err := articles[0].Tags.Add(ctx, tags[1]); err != nil { // A has go and sql, C and E only go
		t.Fatal(err)
	}
	isGo, notSQL := orm.Eq(&a.Tags.To().Slug, "go"), orm.Not(orm.Eq(&a.Tags.To().Slug, "sql"))
	tests := []struct {
		name string
		q    orm.Query[Article]
		want string
	}{
		{"the same row", orm.Objects[Article]().Filter(isGo, notSQL), "ACE"},
		{"the negation first", orm.Objects[Article]().Filter(notSQL, isGo), "CE"},
		{"two filters", orm.Objects[Article]().Filter(isGo).Filter(notSQL), "CE"},
		{"or", orm.Objects[Article]().Filter(orm.Or(isGo, notSQL)).Distinct(), "ACEF"},
		{"exclude", orm.Objects[Article]().Exclude(orm.Or(orm.Not(isGo), orm.Not(notSQL))), "CE"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			list, err := tt.q.OrderBy(orm.Asc(&a.ID)).All(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if got := titles(list); got != tt.want {
				t.Errorf("All() = %q, want %q", got, tt.want)
			}
		})
	}
}
