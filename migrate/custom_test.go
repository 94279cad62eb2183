package migrate_test

import (
	"strings"
	"testing"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// A column's own type and functions of one's own are written into migrations as Go values.
func TestWriteCustom(t *testing.T) {
	t.Parallel()
	soundex := expr.Call{Of: expr.Custom{Name: "soundex", SQL: expr.SQL{All: "SOUNDEX({1})"}, Out: schema.Text}, Args: []expr.Node{expr.Name{Name: "name"}}}
	long := expr.Call{Of: expr.Custom{Name: "longer", SQL: expr.SQL{All: "LENGTH({1}) > {2}"}, Out: schema.Boolean}, Args: []expr.Node{expr.Name{Name: "name"}, expr.Val(3)}}
	src, err := migrate.File("migrations", &migrate.Migration{App: "a", Name: "0001_initial", Operations: []migrate.Operation{
		migrate.AddField{Model: "M", Field: schema.Field{Name: "mac", Kind: schema.Char, MaxLength: 17, DBType: schema.SQL{PostgreSQL: "macaddr"}, Default: "x"}},
		migrate.AddIndex{Model: "M", Index: schema.Index{Name: "i", Expressions: []schema.Expression{soundex}}},
		migrate.AddConstraint{Model: "M", Constraint: schema.Constraint{Name: "c", Check: expr.Pred{Op: expr.IsTrue, Left: long}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`DBType: schema.SQL{`, `PostgreSQL: "macaddr"`,
		`expr.Call{`, `SQL: schema.SQL{`, `All: "SOUNDEX({1})"`, `expr.Name{Name: "name"}`,
		`Check: expr.Pred{Op: expr.IsTrue, Left: expr.Call{`, `expr.Val(3)`,
	} {
		if !strings.Contains(string(src), want) {
			t.Errorf("the file lacks %s:\n%s", want, src)
		}
	}
}
