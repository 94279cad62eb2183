package nuages_test

import (
	"strings"
	"testing"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
	"github.com/nuages-go/nuages/urls"
)

// The command check asks all databases unless it is told which; no other command waits for them.
func TestCheckDatabases(t *testing.T) {
	t.Parallel()
	dbs := orm.Databases{}
	for name, init := range map[string][]string{"default": nil, "loose": {"PRAGMA foreign_keys = OFF"}} {
		db, err := sqlite.Open(":memory:", sqlite.Options{Init: init})
		if err != nil {
			t.Fatal(err)
		}
		dbs[name] = db
	}
	app := build(t, nuages.Site{Settings: nuages.Settings{SecretKey: "short", Databases: dbs}, URLs: urls.Patterns{urls.Path("", say("x"))}})
	const found, none = "loose: (sqlite.W001)", "no issues"
	for _, tt := range []struct {
		args, want string
		fail       bool
	}{
		{"check", found, false},
		{"check --database loose --database default", found, false},
		{"check --database default,loose --tag database", found, false},
		{"check --database default", none, false},
		{"check --database=", none, false},
		{"check --tag urls", none, false},
		{"check --database nosuch", `no database named "nosuch"`, true},
		{"check --list-tags", "\ndatabase\n", false},
	} {
		out, err := run(t, app, strings.Fields(tt.args)...)
		if err != nil {
			out += err.Error()
		}
		if !strings.Contains("\n"+out, tt.want) || (err != nil) != tt.fail {
			t.Errorf("%s = %v, want %q:\n%s", tt.args, err, tt.want, out)
		}
	}
	if messages := app.Check(t.Context(), false); len(messages) != 0 {
		t.Errorf("a check that names no database asked one: %v", messages)
	}
}
