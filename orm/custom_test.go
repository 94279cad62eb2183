package orm_test

import (
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// Mistakes in transforms and look-ups are found when the site's models are examined.
func TestLookupPartMistakes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		part orm.LookupPart
		want string
	}{
		{"no name", orm.CustomTransform[string]{SQL: orm.SQL{All: "F({1})"}}, "cannot be the name"},
		{"two words", orm.CustomTransform[string]{Name: "a__b", SQL: orm.SQL{All: "F({1})"}}, "cannot be the name"},
		{"capital", orm.CustomTransform[string]{Name: "Upper", SQL: orm.SQL{All: "F({1})"}}, "cannot be the name"},
		{"no SQL", orm.CustomTransform[string]{Name: "f"}, `"f" has no SQL`},
		{"a transform of two", orm.CustomTransform[string]{Name: "f", SQL: orm.SQL{All: "F({1}, {2})"}}, "2 arguments, want 1"},
		{"a look-up of one", orm.CustomLookup[string]{Name: "f", SQL: orm.SQL{All: "{1} IS TRUE"}}, "1 arguments, want 2"},
		{"a hole", orm.CustomLookup[string]{Name: "f", SQL: orm.SQL{All: "F({2})"}}, "{1} is missing"},
		{"another number elsewhere", orm.CustomLookup[string]{Name: "f", SQL: orm.SQL{All: "{1} = {2}", SQLite: "{1}"}}, "other arguments"},
		{"a brace", orm.CustomLookup[string]{Name: "f", SQL: orm.SQL{All: "{1} @> '{x' || {2}"}}, "{x' || {2} is no argument"},
		{"a lonely brace", orm.CustomLookup[string]{Name: "f", SQL: orm.SQL{All: "{1} } {2}"}}, "stands alone"},
		{"a parameter", orm.CustomLookup[string]{Name: "f", SQL: orm.SQL{All: "{1} = {2} + ?"}}, "a ? is a parameter"},
		{"right", orm.CustomLookup[string]{Name: "f_2", SQL: orm.SQL{PostgreSQL: "{1} ? {2}", All: "F({1}, {2}, '{{}}?')"}}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := orm.NewRegistry().Lookups(tt.part).Err()
			if tt.want == "" && err == nil {
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Err() = %v, want %q", err, tt.want)
			}
		})
	}
}

type oddField struct {
	ID   int64
	Name string
}

func (oddField) Fields(o *oddField) []orm.Field {
	return []orm.Field{orm.Char(&o.Name, 9).Lookups(orm.CustomTransform[string]{Name: "odd", SQL: orm.SQL{All: "ODD({1}, {3})"}})}
}

func TestColumnLookupMistake(t *testing.T) {
	t.Parallel()
	if err := orm.ModelOf[oddField]().Err(); err == nil || !strings.Contains(err.Error(), "oddField.Name: the SQL of") {
		t.Errorf("Err() = %v", err)
	}
}

// A function of one's own stands in indexes and constraints, with names in place of key paths.
func TestCustomInSchema(t *testing.T) {
	t.Parallel()
	m := &schema.Model{Name: "M", Table: "m", Fields: []schema.Field{{Name: "id", Kind: schema.BigAuto, PrimaryKey: true}, {Name: "name", Kind: schema.Char, MaxLength: 9}}}
	sql, err := orm.ExpressionSQL(dialect.SQLite(), m, expr.Call{Of: expr.Custom{Name: "f", SQL: expr.SQL{All: "F({1}, {2})"}}, Args: []expr.Node{expr.Name{Name: "name"}, expr.Val("it's")}})
	if want := `F("name", 'it''s')`; err != nil || sql != want {
		t.Errorf("ExpressionSQL = %s, %v, want %s", sql, err, want)
	}
}

func FuzzCustomSQL(f *testing.F) {
	for _, s := range []string{"F({1})", "{args}", "{{", "{", "}", "{1", "{99999999999999999999}", "{-1}", "{0}", "{args}{1}", "'{1}'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c := expr.Custom{Name: "f", SQL: expr.SQL{All: text}}
		lo, hi, err := c.Arity()
		if err == nil && (lo < 0 || lo > 100 || hi >= 0 && hi < lo) {
			t.Errorf("Arity(%q) = %d, %d", text, lo, hi)
		}
	})
}
