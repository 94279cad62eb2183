package migrate_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/django"
	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm"
)

// legacy are tables that nobody made by migrations.
var legacy = map[string][]string{
	"sqlite": {
		`CREATE TABLE "Old Orders" ("order no" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "type" varchar(9) NOT NULL DEFAULT 'a?b', "2nd" integer NULL, "Größe" real NULL, "func" text COLLATE NOCASE NULL, "odd" xml NULL,
			CONSTRAINT "no_b" CHECK ("type" <> 'b?'), CONSTRAINT "pair" UNIQUE ("type", "2nd"))`,
		`CREATE TABLE "keyless" ("a" integer NOT NULL, "b" bigint NOT NULL UNIQUE)`,
		`CREATE TABLE "line" ("a" varchar(3) NOT NULL, "b" smallint NOT NULL, "order_no" bigint NULL REFERENCES "Old Orders" ("order no") ON DELETE CASCADE, PRIMARY KEY ("b", "a"))`,
		`CREATE TABLE "ticket" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "b" smallint NULL, "a" varchar(3) NULL, "x" bigint NULL, FOREIGN KEY ("b", "a") REFERENCES "line" ("b", "a") ON DELETE CASCADE, FOREIGN KEY ("x", "a") REFERENCES "line" ("b", "a"))`,
		`CREATE INDEX "line_part" ON "line" (lower("a") DESC, "b") WHERE "b" > 0 AND ("a" IN ('x', 'y'))`,
		`CREATE VIEW "totals" AS SELECT count(*) AS n FROM "line"`,
	},
	"postgresql": {
		`CREATE TABLE "Old Orders" ("order no" serial NOT NULL PRIMARY KEY, "type" varchar(9) NOT NULL DEFAULT 'a?b', "2nd" integer NULL, "Größe" real NULL, "func" text COLLATE "C" NULL, "odd" xml NULL, "when" timestamp NULL,
			CONSTRAINT "no_b" CHECK ("type" <> 'b?'), CONSTRAINT "pair" UNIQUE ("type", "2nd") DEFERRABLE)`,
		`CREATE TABLE "keyless" ("a" integer NOT NULL, "b" bigint NOT NULL UNIQUE)`,
		`CREATE TABLE "line" ("a" varchar(3) NOT NULL, "b" smallint NOT NULL, "order_no" integer NULL REFERENCES "Old Orders" ("order no") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, PRIMARY KEY ("b", "a"))`,
		`CREATE TABLE "ticket" ("id" serial NOT NULL PRIMARY KEY, "b" smallint NULL, "a" varchar(3) NULL, "x" smallint NULL, FOREIGN KEY ("b", "a") REFERENCES "line" ("b", "a") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, FOREIGN KEY ("x", "a") REFERENCES "line" ("b", "a") DEFERRABLE INITIALLY DEFERRED)`,
		`CREATE INDEX "line_part" ON "line" (lower("a") DESC, "b") WHERE "b" > 0 AND ("a" IN ('x', 'y'))`,
		`CREATE VIEW "totals" AS SELECT count(*) AS n FROM "line"`,
		`CREATE TABLE "log" ("day" date NOT NULL, "n" integer NOT NULL, PRIMARY KEY ("day", "n")) PARTITION BY RANGE ("day")`,
		`CREATE TABLE "log_2026" PARTITION OF "log" FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')`,
		`COMMENT ON COLUMN "line"."a" IS 'the "first" one'`,
	},
	"mysql": {
		"CREATE TABLE `Old Orders` (`order no` integer NOT NULL AUTO_INCREMENT PRIMARY KEY, `type` enum('a','b') NOT NULL DEFAULT 'a', `2nd` mediumint unsigned NULL, `Größe` float NULL, `func` varchar(20) COLLATE utf8mb4_bin NULL, `odd` point NULL, `when` timestamp NULL, `small` tinyint NOT NULL DEFAULT 7 COMMENT 'the \"small\" one', " +
			"CONSTRAINT `no_b` CHECK (`type` <> 'b?'), CONSTRAINT `pair` UNIQUE (`type`, `2nd`))",
		"CREATE TABLE `keyless` (`a` integer NOT NULL, `b` bigint NOT NULL UNIQUE)",
		"CREATE TABLE `line` (`a` varchar(3) NOT NULL, `b` smallint NOT NULL, `order_no` integer NULL, PRIMARY KEY (`b`, `a`), CONSTRAINT `to_order` FOREIGN KEY (`order_no`) REFERENCES `Old Orders` (`order no`) ON DELETE CASCADE)",
		"CREATE TABLE `ticket` (`id` integer NOT NULL AUTO_INCREMENT PRIMARY KEY, `b` smallint NULL, `a` varchar(3) NULL, `x` smallint NULL, CONSTRAINT `to_line` FOREIGN KEY (`b`, `a`) REFERENCES `line` (`b`, `a`) ON DELETE CASCADE, CONSTRAINT `to_another` FOREIGN KEY (`x`, `a`) REFERENCES `line` (`b`, `a`))",
		"CREATE INDEX `line_part` ON `line` (`a` DESC, `b`)",
		"CREATE VIEW `totals` AS SELECT count(*) AS n FROM `line`",
	},
}

// TestInspect writes models for the tables of the conformance schemas and for some of an older hand, on each database. The
// files compile; makemigrations and migrate --fake-initial with them find no change, and the tables do not differ from the
// models.
func TestInspect(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles programs")
	}
	t.Parallel()
	db := filepath.Join(t.TempDir(), "db.sqlite3")
	urls := map[string]string{"sqlite": "file:" + db, "postgresql": testservices.StartPostgres(t).NewDatabase(t), "mysql": testservices.StartMariaDB(t).NewDatabase(t)}
	openers := map[string]string{"sqlite": fmt.Sprintf("sqlite.Open(%q, sqlite.Options{})", db), "postgresql": fmt.Sprintf("postgres.Open(%q, postgres.Options{})", urls["postgresql"]), "mysql": fmt.Sprintf("mysql.Open(%q, mysql.Options{})", urls["mysql"])}
	files := map[string]string{}
	sources := map[string]string{}
	var imports, calls string
	for _, name := range []string{"sqlite", "postgresql", "mysql"} {
		conn, err := openURL(urls[name])
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		ctx := orm.WithDatabase(context.Background(), conn)
		apps := django.Apps()
		if name == "postgresql" {
			apps = django.PostgresApps()
			exec(t, ctx, "CREATE EXTENSION hstore")
		}
		migrated(t, ctx, apps)
		exec(t, ctx, legacy[name]...)
		exec(t, ctx, "DROP TABLE django_migrations")

		models, err := call(t, ctx, nil, "", "inspectdb", "--include-views", "--package", name+"models")
		if err != nil {
			t.Fatalf("inspectdb on %s: %v", name, err)
		}
		again, err := call(t, ctx, nil, "", "inspectdb", "--include-views", "--package", name+"models")
		if err != nil || again != models {
			t.Errorf("inspectdb on %s writes something else the second time (%v)", name, err)
		}
		if partitions, err := call(t, ctx, nil, "", "inspectdb", "--include-partitions"); err != nil || strings.Contains(models, "log_2026") || strings.Contains(partitions, "log_2026") != (name == "postgresql") || strings.Contains(partitions, "totals") {
			t.Errorf("inspectdb --include-partitions on %s does not differ by the partition (%v)", name, err)
		}
		var list []string
		for line := range strings.Lines(models) {
			if typ, ok := strings.CutPrefix(line, "type "); ok {
				list = append(list, "orm.ModelOf["+name+"models."+strings.Fields(typ)[0]+"]()")
			}
		}
		sources[name] = models
		files["internal/e2e/"+name+"models/models.go"] = models
		imports += "\t\"github.com/nuages-go/nuages/migrate/internal/e2e/" + name + "models\"\n"
		calls += fmt.Sprintf("\t{\n\t\tdb, err := %s\n\t\tcheck(%q, db, err, []orm.Model{%s})\n\t}\n", openers[name], name, strings.Join(list, ", "))
	}
	files["internal/e2e/main.go"] = `package main

import (
	"context"
	"fmt"

` + imports + `	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/mysql"
	"github.com/nuages-go/nuages/orm/postgres"
	"github.com/nuages-go/nuages/orm/sqlite"
)

func main() {
` + calls + `}

func check(name string, db *orm.DB, err error, models []orm.Model) {
	apps := []migrate.App{{Label: name + "models", Models: models}}
	if err != nil {
		fmt.Println(name, err)
		return
	}
	ms, err := migrate.Plan(apps)
	if err != nil {
		fmt.Println(name, err)
		return
	}
	apps[0].Migrations = ms
	for i := range ms {
		if _, err := migrate.File("migrations", &ms[i]); err != nil {
			fmt.Println(name, err)
		}
	}
	again, err := migrate.Plan(apps)
	ctx := orm.WithDatabase(context.Background(), db)
	fmt.Println(name, len(ms), len(again), err, migrate.Run(ctx, apps, migrate.Options{FakeInitial: true}))
	lines, err := migrate.Drift(ctx, apps, "")
	for _, l := range lines {
		fmt.Println(name, l)
	}
	if err != nil {
		fmt.Println(name, err)
	}
}
`
	out := compile(t, files)
	got := strings.Split(strings.TrimSpace(out), "\n")
	if want := []string{"sqlite 1 0 <nil> <nil>", "postgresql 1 0 <nil> <nil>", "mysql 1 0 <nil> <nil>"}; !slices.Equal(got, want) {
		t.Errorf("with the models of inspectdb the program prints\n%s\nwant\n%s", out, strings.Join(want, "\n"))
	}
	for name, texts := range inspected {
		for _, want := range texts {
			if !strings.Contains(sources[name], want) {
				t.Errorf("the models of %s lack %s", name, want)
			}
		}
	}
	if t.Failed() {
		for name, src := range sources {
			t.Logf("%s:\n%s", name, src)
		}
	}
}

// inspected are lines that the models must have.
var inspected = map[string][]string{
	"sqlite": {
		`orm.BigAuto(&m.OrderNo).Column("order no"),`,
		`orm.IndexExpr("line_part", orm.RawExpr[any]("lower(\"a\")").Desc(), orm.F(&m.B)).Where(orm.Where(orm.RawExpr[bool]("\"b\" > 0 AND (\"a\" IN ('x', 'y'))"))),`,
		`orm.Custom(m.Odd, orm.AsText("xml"))`,
		`The type of odd is a guess: the text of a xml.`,
		`orm.Text(m.Func).Collation("NOCASE"),`,
		`PrimaryKey: []any{&m.B, &m.A},`,
		`orm.CheckThat("story_title_set", orm.Where(`,
		`orm.Generated(m.FGenerated, orm.RawExpr[string]("UPPER(\"f_char\")"), schema.Field{Kind: schema.Char, MaxLength: 10}, true),`,
	},
	"postgresql": {
		`orm.Char(&m.Type, 9).DBDefaultExpr(orm.RawExpr[string]("'a?b'::character varying")),`,
		`orm.DateTime(m.When).DBType(orm.SQL{All: "timestamp without time zone"}),`,
		`orm.UniqueOn("pair", &m.Type, m.X2nd).Deferrable(),`,
		`orm.Ref(&m.OrderNo).Column("order_no")`,
		`.Comment("the \"first\" one"),`,
		`orm.IndexOn(&m.Span).Name("booking_span_gist").Using("gist").With("fillfactor=80"),`,
		`orm.IndexExpr("booking_room_pattern", orm.RawExpr[any]("lower(room::text)")).OpClasses("varchar_pattern_ops"),`,
		`orm.Exclude("booking_no_overlap", "spgist", orm.ExcludeOn(&m.Span, "&&")).Where(`,
		`orm.UniqueOn("booking_nulls", &m.Room, m.Days).NullsNotDistinct(),`,
		`orm.OneToOne(&m.Author).OnDelete(orm.DoNothing).PrimaryKey(),`,
		`Comment: "every field type",`,
	},
	"mysql": {
		`orm.Text(&m.Type).DBType(orm.SQL{All: "enum('a','b')"}).DBDefaultExpr(orm.RawExpr[string]("'a'")),`,
		`orm.SmallInteger(&m.Small).DBType(orm.SQL{All: "tinyint(4)"}).DBDefaultExpr(orm.RawExpr[int16]("7")).Comment("the \"small\" one"),`,
		`orm.IndexOn(orm.Desc(&m.A), &m.B).Name("line_part"),`,
		`OnDelete(orm.DBCascade).Null(),`,
		`orm.Char(m.Func, 20).Collation("utf8mb4_bin"),`,
		`orm.Custom(m.Odd, orm.AsText("point"))`,
		`orm.ManyToMany(&m.Tags).Through(orm.ModelOf[NewsroomStoryTags]()).ThroughFields("story", "tag")`,
	},
}
