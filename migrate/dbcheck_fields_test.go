package migrate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/mysql"
	"github.com/nuages-go/nuages/orm/postgres"
	"github.com/nuages-go/nuages/orm/schema"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// picky has columns, and what else a model may say, that some database does not take.
type picky struct {
	ID      int64
	Name    string
	Price   orm.Decimal
	Lower   string
	Of      orm.FK[plain]
	Long    string
	Them    orm.Many[plain]
	Flagged string
}

// tooLong is a name of 70 characters.
var tooLong = strings.Repeat("column_num", 7)

func (picky) Fields(p *picky) []orm.Field {
	return []orm.Field{
		orm.Char(&p.Name, 0), orm.Numeric(&p.Price, 0, 0),
		orm.Generated(&p.Lower, orm.Lower(&p.Long), schema.Field{Kind: schema.Char, MaxLength: 9}, false),
		orm.Ref(&p.Of).OnDelete(orm.DBSetDefault).DBDefault(1), orm.Char(&p.Long, 9).Name(tooLong),
		orm.ManyToMany(&p.Them), orm.Char(&p.Flagged, 9),
	}
}

func (picky) Meta(p *picky) orm.Meta {
	return orm.Meta{
		Table: "picky", Name: "p" + tooLong, Comment: "what it is",
		Indexes: []orm.Index{orm.IndexExpr("picky_lower", orm.Lower(&p.Name))},
		Constraints: []orm.Constraint{
			orm.UniqueOn("picky_later", &p.Name).Deferred(), orm.UniqueOn("picky_wide", &p.Name).Include(&p.Price),
			orm.UniqueExpr("picky_expr", orm.Lower(&p.Flagged)), orm.UniqueOn("picky_nulls", &p.Flagged).NullsNotDistinct(),
		},
	}
}

// TestDatabaseCheckRefused: what a database does not take at all is an error, what migrations leave out a warning.
func TestDatabaseCheckRefused(t *testing.T) {
	t.Parallel()
	lite, err := sqlite.Open(":memory:", sqlite.Options{})
	must(t, err)
	pg, err := postgres.OpenURL(testservices.StartPostgres(t).NewDatabase(t))
	must(t, err)
	maria, err := mysql.OpenURL(testservices.StartMariaDB(t).NewDatabase(t))
	must(t, err)
	dbs := orm.Databases{"default": lite, "pg": pg, "maria": maria}
	t.Cleanup(func() { must(t, dbs.Close()) })
	ctx := orm.WithModels(orm.WithDatabases(t.Context(), dbs), orm.ModelOf[picky](), orm.ModelOf[plain]())
	model := "migrate_test.p" + tooLong
	for db, want := range map[string][]string{
		"default": {"models.W038 " + model, "models.W039 " + model, "models.W046 " + model, "models.W047 " + model},
		"pg":      {"fields.E221 " + model + ".lower", "models.E018 " + model + "." + tooLong, "models.E019 " + model + ".them"},
		"maria": {
			"fields.E120 " + model + ".name", "fields.E132 " + model + ".price", "fields.E324 " + model + ".of",
			"models.E018 " + model + "." + tooLong, "models.E019 " + model + ".them",
			"models.W038 " + model, "models.W039 " + model, "models.W043 " + model, "models.W044 " + model, "models.W047 " + model,
		},
	} {
		got := checked(t, ctx, "UTC", db)
		got = slices.DeleteFunc(got, func(s string) bool { return strings.HasPrefix(s, "mysql.W006") })
		if !slices.Equal(got, want) {
			t.Errorf("%s: messages\n%s\nwant\n%s", db, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}
