package migrate_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm/schema"
)

// TestJSON reads what the commands write for programs.
func TestJSON(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	all := zooApps(migrate.AddField{Model: "Animal", Field: schema.Field{Name: "color", Kind: schema.Char, MaxLength: 9, Default: "red"}}, migrate.RemoveField{Model: "Animal", Name: "note"})
	type planned struct {
		App, Name  string
		Backward   bool
		Operations []string
		Warnings   []struct{ ID, Operation, Table, Problem, Fix string }
	}
	read := func(code int, into any, command string, args ...string) {
		t.Helper()
		out, err := call(t, ctx, all, "", command, args...)
		exit, _ := errors.AsType[*manage.ExitError](err)
		if code == 0 && err != nil || code != 0 && (exit == nil || exit.Code != code) {
			t.Errorf("%s %q: %v, want exit code %d", command, args, err, code)
		}
		if err := json.Unmarshal([]byte(out), into); err != nil {
			t.Errorf("%s %q prints %q: %v", command, args, out, err)
		}
	}
	var plan []planned
	read(1, &plan, "migrate", "--plan", "--json", "--check")
	initial := []string{"Create model Owner", "Create model Animal"}
	change := []string{"Add field color to animal", "Remove field note from animal"}
	if want := []planned{{App: "zoo", Name: "0001_initial", Operations: initial}, {App: "zoo", Name: "0002_change", Operations: change}}; !reflect.DeepEqual(plan, want) {
		t.Errorf("the plan is %+v, want %+v", plan, want)
	}
	migrated(t, ctx, zooApps())
	plan = nil
	read(0, &plan, "migrate", "--plan", "--json")
	if len(plan) != 1 || len(plan[0].Warnings) == 0 || plan[0].Warnings[0].ID == "" || plan[0].Warnings[0].Problem == "" || plan[0].Warnings[0].Fix == "" {
		t.Errorf("the plan of a table with rows is %+v, want its warnings", plan)
	}
	migrated(t, ctx, all)
	plan = nil
	read(0, &plan, "migrate", "--plan", "--json", "zoo", "0001")
	if want := []planned{{App: "zoo", Name: "0002_change", Backward: true, Operations: []string{change[1], change[0]}}}; len(plan) != 1 || !plan[0].Backward || !reflect.DeepEqual(plan[0].Operations, want[0].Operations) {
		t.Errorf("the plan back is %+v, want %+v", plan, want)
	}

	var drift []string
	read(0, &drift, "migrate", "--drift", "--json")
	if drift == nil || len(drift) > 0 {
		t.Errorf("no drift is %q, want an empty list", drift)
	}
	exec(t, ctx, "ALTER TABLE zoo_owner ADD COLUMN extra integer")
	read(1, &drift, "migrate", "--drift", "--json")
	if want := []string{"table zoo_owner has what the migrations do not know: column extra integer"}; !reflect.DeepEqual(drift, want) {
		t.Errorf("the drift is %q, want %q", drift, want)
	}

	all = apps()
	plan = nil
	read(1, &plan, "makemigrations", "--check", "--json")
	if len(plan) != 1 || plan[0].App != "news" || plan[0].Name != "0001_initial" || len(plan[0].Operations) == 0 {
		t.Errorf("the missing migrations are %+v", plan)
	}
	read(0, &plan, "makemigrations", "--dry-run", "--json")
	all = nil
	read(0, &plan, "makemigrations", "--check", "--json")
	if plan == nil || len(plan) > 0 {
		t.Errorf("no missing migrations are %+v, want an empty list", plan)
	}
	for _, command := range []string{"migrate", "makemigrations"} {
		if _, err := call(t, ctx, all, "", command, "--json"); err == nil {
			t.Errorf("%s --json does something", command)
		}
	}
}
