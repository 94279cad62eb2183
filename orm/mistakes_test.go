package orm_test

import (
	"context"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// coded has a key of text; pointing points to it with a number.
type coded struct {
	Code string
}

func (coded) Fields(c *coded) []orm.Field { return []orm.Field{orm.Char(&c.Code, 20).PrimaryKey()} }

type pointing struct {
	ID   int64
	Code orm.FK[coded]
}

type textPointing struct {
	ID   int64
	Plan orm.ForeignKey[Tag, string]
}

// TestKeyTypes looks whether a foreign key of another type than the key is found when the models are.
func TestKeyTypes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		model orm.Model
		want  string
	}{
		{"number to text", orm.ModelOf[pointing](), "pointing.Code: its key has the type int64, coded.Code the type string (declare the field as orm.ForeignKey[coded, string])"},
		{"text to number", orm.ModelOf[textPointing](), "declare the field as orm.ForeignKey[Tag, int64]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if err := orm.NewRegistry(tt.model).Err(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("the error is %v, want %q", err, tt.want)
			}
		})
	}
}

// byValue describes itself with a copy, whose fields name nothing.
type byValue struct {
	ID   int64
	Name string
}

func (byValue) Fields(v byValue) []orm.Field { return []orm.Field{orm.Char(&v.Name, 10)} }

type nilEntry struct {
	ID   int64
	Name string
}

func (nilEntry) Fields(n *nilEntry) []orm.Field { return []orm.Field{nil, orm.Char(&n.Name, 10)} }

// TestBeginnersMistakes looks whether nothing panics, and whether the errors say what to do.
func TestBeginnersMistakes(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(":memory:", sqlite.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	ctx := orm.WithDatabase(context.Background(), db)
	var (
		noContext context.Context
		noQuery   orm.Query[Tag]
		tags      = orm.Objects[Tag]()
	)
	tests := []struct {
		name string
		do   func() error
		want string
	}{
		{"Fields takes a copy", func() error { return orm.ModelOf[byValue]().Err() }, "(write func (byValue) Fields(m *byValue) []orm.Field)"},
		{"nil among the fields", func() error { return orm.ModelOf[nilEntry]().Err() }, "entry 1 is nil"},
		{"no context", func() error { _, err := tags.All(noContext); return err }, "carries no database"},
		{"no database in the context", func() error { _, err := tags.All(orm.WithDatabase(ctx, nil)); return err }, `the database "default" of the context is nil`},
		{"zero query", func() error { _, err := noQuery.All(ctx); return err }, "begin with orm.Objects"},
		{"count of a zero query", func() error { _, err := noQuery.Count(ctx); return err }, "begin with orm.Objects"},
		{"filter of a zero query", func() error { _, err := noQuery.Filter(orm.Lookup("x", 1)).Exists(ctx); return err }, "begin with orm.Objects"},
		{"Atomic of nothing", func() error { return orm.Atomic(ctx, nil) }, "no function"},
		{"OnCommit of nothing", func() error { return orm.OnCommit(ctx, nil) }, "no function"},
		{"misspelt name", func() error { _, err := tags.Filter(orm.Lookup("slgu", "x")).All(ctx); return err }, `did you mean "slug"?`},
		{"constraint without a name", func() error { return &orm.ConstraintError{Kind: "foreign key"} }, "the database does not say which"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.do(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("the error is %v, want %q", err, tt.want)
			}
		})
	}
}
