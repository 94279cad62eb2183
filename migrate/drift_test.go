package migrate_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// driftModel is a table with SQL of each kind in it. One of the values differs for each which.
func driftModel(dialect, which string) migrate.Operation {
	pick := func(name string, a, b any) any {
		if which == name {
			return b
		}
		return a
	}
	check := expr.And(expr.Where("n__gte", 0), expr.Or(expr.Where("n__lt", pick("check", 1000, 1001)), expr.Where("s__startswith", "it's a (test)")), expr.Not(expr.Where("s", "?")))
	options := schema.Options{
		Constraints: []schema.Constraint{{Name: "n_small", Check: check}, {Name: "pair", Fields: []string{"n", "s"}}},
		Indexes:     []schema.Index{{Name: "by_n", Fields: pick("direction", []string{"n", "-s"}, []string{"n", "s"}).([]string)}},
	}
	if dialect != "mysql" {
		options.Indexes = append(options.Indexes,
			schema.Index{Name: "some", Fields: []string{"s"}, Where: expr.And(expr.Where("n__gt", pick("where", 5, 6)), expr.Where("s__in", []any{"a", "b"}))},
			schema.Index{Name: "folded", Expressions: []schema.Expression{expr.Func{Name: pick("expression", "Lower", "Upper").(string), Args: []expr.Node{expr.Name{Name: "s"}}}}},
		)
		options.Constraints = append(options.Constraints, schema.Constraint{Name: "once", Fields: []string{"s"}, Where: expr.Where("n", pick("unique", 1, 2))})
	}
	if dialect == "postgresql" {
		options.Indexes = append(options.Indexes, schema.Index{Name: "filled", Fields: []string{"n"}, With: pick("with", "fillfactor = 80", "fillfactor = 70").(string), Include: pick("include", []string{"s"}, []string{"n", "s"}).([]string)})
	}
	return migrate.CreateModel{Name: "Thing", Fields: []schema.Field{
		idField,
		{Name: "n", Kind: schema.Integer, DBDefault: pick("number", 7, 8)},
		{Name: "s", Kind: schema.Char, MaxLength: 30, DBDefault: pick("text", "it's", "its")},
		{Name: "x", Kind: schema.Decimal, Digits: 6, Places: 2, DBDefault: expr.Val("1.50")},
		{Name: "born", Kind: schema.DateTime, DBDefault: expr.Func{Name: "Now"}},
		{Name: "double", Kind: schema.Generated, Stored: true, Output: &schema.Field{Kind: schema.Integer}, Expression: expr.Binary{Op: pick("generated", "+", "-").(string), Left: expr.Name{Name: "n"}, Right: expr.Name{Name: "n"}}},
	}, Options: options}
}

// TestDriftInside changes what is inside of conditions, expressions and defaults: each is found, and nothing where all is as
// the migrations have it.
func TestDriftInside(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, ctx context.Context) {
		d, err := orm.DialectOf(ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		app := func(which string) []migrate.App {
			return []migrate.App{{Label: "zoo", Migrations: []migrate.Migration{{App: "zoo", Name: "0001_initial", Operations: []migrate.Operation{driftModel(d.Name, which)}}}}}
		}
		migrated(t, ctx, app(""))
		noDrift(t, ctx, app(""))
		tests := map[string]string{"check": "the condition of n_small is", "number": "the default of n is", "text": "the default of s is", "generated": "the expression of double is"}
		if d.Name != "mysql" {
			tests["where"], tests["expression"], tests["unique"], tests["direction"] = "the condition of some is", "the parts of folded is", "the condition of once is", "the parts of by_n is"
		}
		if d.Name == "postgresql" {
			tests["with"], tests["include"] = "the parts of filled is", "the parts of filled is"
		}
		for which, want := range tests {
			lines, err := migrate.Drift(ctx, app(which), "")
			if err != nil || len(lines) != 1 || !strings.Contains(lines[0], "table zoo_thing: "+want) || !strings.Contains(lines[0], ", and the migrations say ") {
				t.Errorf("%s: drift says %q, %v", which, lines, err)
			}
		}
		noDrift(t, ctx, app("")) // looking changes nothing
		if d.Name == "postgresql" {
			exec(t, ctx, "ALTER TABLE zoo_thing DROP CONSTRAINT n_small", "ALTER TABLE zoo_thing ADD CONSTRAINT n_small CHECK (n > 0)")
			lines, err := migrate.Drift(ctx, app(""), "")
			if err != nil || len(lines) != 1 || !strings.Contains(lines[0], "the condition of n_small is CHECK ((n > 0)), and") {
				t.Errorf("a check by another hand: %q, %v", lines, err)
			}
		}
		if got := rows(t, ctx, "SELECT count(*) FROM zoo_thing"); !slices.Equal(got, []string{"0"}) {
			t.Errorf("the table has %q rows", got)
		}
	})
}
