package orm_test

import (
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

type clash struct {
	ID    int64
	Title string
	Other string
}

func (clash) Fields(c *clash) []orm.Field { return []orm.Field{orm.Char(&c.Other, 5).Column("title")} }

type noColumn struct {
	ID int64
	F  func()
}

type nullKey struct {
	Code *string
}

func (nullKey) Fields(n *nullKey) []orm.Field {
	return []orm.Field{orm.Char(n.Code, 5).PrimaryKey()}
}

type setNull struct {
	ID   int64
	User orm.FK[User]
}

func (setNull) Fields(s *setNull) []orm.Field {
	return []orm.Field{orm.Ref(&s.User).OnDelete(orm.SetNull)}
}

type foreign struct {
	ID    int64
	Title string
}

func (foreign) Fields(*foreign) []orm.Field {
	return []orm.Field{orm.Char(&orm.Fields[Tag]().Slug, 5)}
}

type noKey struct{ Name string }

type autoNow struct {
	ID   int64
	Name string
}

func (autoNow) Fields(n *autoNow) []orm.Field { return []orm.Field{orm.Char(&n.Name, 5).AutoNow()} }

type wrongBack struct {
	ID   int64
	Tags orm.Many[Article]
}

func (wrongBack) Fields(w *wrongBack) []orm.Field {
	return []orm.Field{orm.HasMany(&w.Tags, &orm.Fields[Article]().Author)}
}

type badOrder struct {
	ID   int64
	Name string
}

func (badOrder) Meta(*badOrder) orm.Meta {
	x := 5
	return orm.Meta{Ordering: orm.By(orm.Asc(&x)), Indexes: []orm.Index{orm.IndexOn(&x)}}
}

func TestModelMistakes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		model orm.Model
		want  []string
	}{
		{"two fields, one column", orm.ModelOf[clash](), []string{"Title", "Other", `"title"`}},
		{"no column for the type", orm.ModelOf[noColumn](), []string{"noColumn.F", "func()", "orm.Ignore"}},
		{"nullable key", orm.ModelOf[nullKey](), []string{"nullKey.Code", "null"}},
		{"SetNull without Null", orm.ModelOf[setNull](), []string{"setNull.User", "Null()"}},
		{"another model's field", orm.ModelOf[foreign](), []string{"foreign"}},
		{"no key", orm.ModelOf[noKey](), []string{"noKey", "no primary key", "ID int64"}},
		{"AutoNow of a text", orm.ModelOf[autoNow](), []string{"autoNow.Name", "Date, DateTime and Clock"}},
		{"way back of another's key", orm.ModelOf[wrongBack](), []string{"wrongBack.Tags", "not a foreign key to wrongBack"}},
		{"all mistakes at once", orm.ModelOf[badOrder](), []string{"Ordering", "Indexes"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.model.Err()
			if err == nil {
				t.Fatal("no error")
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error %q does not contain %q", err, w)
				}
			}
		})
	}
}

func TestModelDescription(t *testing.T) {
	t.Parallel()
	m := orm.ModelOf[newsroom.Story]()
	got := []string{m.App(), m.Name(), m.Label(), m.Table(), m.VerboseName(), m.VerboseNamePlural()}
	want := "newsroom Story newsroom.Story newsroom_story story stories"
	if strings.Join(got, " ") != want {
		t.Errorf("description = %v, want %s", got, want)
	}
	s := m.Schema()
	var cols []string
	for i := range s.Fields {
		if s.Fields[i].HasColumn() {
			cols = append(cols, s.Fields[i].ColumnName())
		}
	}
	want = "id created_at updated_at title slug section body words score published author_id editor_id meta"
	if got := strings.Join(cols, " "); got != want {
		t.Errorf("columns = %s, want %s", got, want)
	}
	if f := s.Field("published"); f.Kind != schema.DateTime || !f.Null || !f.Index {
		t.Errorf("published = %+v", f)
	}
	if got := strings.Join(s.Ordering, " "); got != "-published id" {
		t.Errorf("ordering = %s", got)
	}
	if f := s.Field("author"); f.Rel.To != "newsroom.Author" || f.Rel.OnDelete != orm.Cascade {
		t.Errorf("author = %+v", f.Rel)
	}
}

func TestSnakeCase(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"ID": "id", "Title": "title", "PublishedAt": "published_at", "AuthorURL": "author_url", "URLPath": "url_path", "IsOK": "is_ok",
		"A": "a", "HTMLPage2": "html_page2", "Élan": "élan", "": "",
	} {
		if got := orm.SnakeCase(in); got != want {
			t.Errorf("SnakeCase(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDecimal(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in     string
		places int
		want   string
	}{
		{"1.005", 2, "1.00"},
		{"1.015", 2, "1.02"},
		{"-1.005", 2, "-1.00"},
		{"2.5", 0, "2"},
		{"3.5", 0, "4"},
		{"-2.5", 0, "-2"},
		{"12", 2, "12.00"},
		{"0.1", 1, "0.1"},
		{"1e3", 1, "1000.0"},
		{"+7", 0, "7"},
	} {
		d, err := orm.NewDecimal(tt.in)
		if err != nil {
			t.Errorf("NewDecimal(%q): %v", tt.in, err)
			continue
		}
		if got := d.Round(tt.places).String(); got != tt.want {
			t.Errorf("Round(%q, %d) = %s, want %s", tt.in, tt.places, got, tt.want)
		}
	}
	for _, bad := range []string{"", "x", "1/2", "0x10", "1_000", "NaN", "Inf", "1e99999999"} {
		if d, err := orm.NewDecimal(bad); err == nil {
			t.Errorf("NewDecimal(%q) = %s, want an error", bad, d)
		}
	}
	if !orm.MustDecimal("1.50").Equal(orm.MustDecimal("1.5")) || orm.MustDecimal("1.5").Cmp(orm.MustDecimal("2")) != -1 {
		t.Error("comparison of decimals")
	}
}

// The same type gives the same reference value, from whichever goroutine; building the plans of many models is quick.
func TestFieldsIsStable(t *testing.T) {
	t.Parallel()
	if orm.Fields[Article]() != a {
		t.Error("Fields gives different values")
	}
	if first, second := a.Author.To(), a.Author.To(); first != second {
		t.Error("To gives different values")
	}
	if a.Published == nil {
		t.Error("a nullable field of the reference value is nil")
	}
	start := time.Now()
	for range 1000 {
		_ = orm.Eq(&a.Author.To().Username, "x")
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("1000 predicates took %s", took)
	}
}
