package migrate

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/internal/closest"
)

// meant suggests what a mistyped name may stand for, or lists what there is.
func meant(name string, names []string) string {
	if near := closest.Match(name, names); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(names) == 0 {
		return "there is none"
	}
	if n := len(names); n > 12 {
		names = append([]string{"..."}, names[n-10:]...)
	}
	return "there are " + strings.Join(names, ", ")
}

// noApp is the error for an application that the site has not.
func noApp(apps []App, label string) error {
	var labels []string
	for _, a := range apps {
		labels = append(labels, a.Label)
	}
	return fmt.Errorf("migrate: no application %q (%s)", label, meant(label, labels))
}

// namesOf are the names of an application's migrations, in order.
func (g *graph) namesOf(app string) []string {
	var names []string
	for _, k := range g.keys {
		if k.App == app {
			names = append(names, k.Name)
		}
	}
	return names
}

// modelNames are the names of an application's models.
func (s *State) modelNames(app string) []string {
	var names []string
	for _, m := range s.Models() {
		if strings.EqualFold(m.App, app) {
			names = append(names, m.Name)
		}
	}
	slices.Sort(names)
	return names
}

var migrationFile = regexp.MustCompile(`^(\d{4}_\w+)\.go$`)

// strangers refuses to write beside files of migrations that this program does not have: it was built before they were
// written, or nobody lists them, and the new ones would take their place.
func (w *maker) strangers(ms []Migration) error {
	for i := range ms {
		dir := w.dir(ms[i].App)
		files, err := os.ReadDir(dir)
		if err != nil {
			continue // it will be made
		}
		for _, f := range files {
			name := migrationFile.FindStringSubmatch(f.Name())
			if name == nil || strings.HasSuffix(name[1], "_test") || w.g.known(ms[i].App, name[1]) {
				continue
			}
			what := fmt.Sprintf("build the program again, and see that %s lists it and that its Name is the file's", filepath.Join(dir, "migrations.go"))
			if len(w.g.namesOf(ms[i].App)) == 0 {
				what = fmt.Sprintf("name the list in the application: apps.App{Migrations: %s.All()}, and build the program again", packageName(dir))
			}
			return fmt.Errorf("migrate: %s is there, and this program does not know it (%s; or delete it)", filepath.Join(dir, f.Name()), what)
		}
	}
	return nil
}

// known says that a migration is written, or replaced by one that is.
func (g *graph) known(app, name string) bool {
	_, err := g.resolve(Key{app, name})
	return err == nil
}

// strays are the recorded migrations of an application that are not written, nor replaced by one that is: somebody renamed or
// deleted their files.
func (r *runner) strays(app string) []string {
	var names []string
	for k := range r.applied {
		if k.App == app && !r.written.known(app, k.Name) {
			names = append(names, k.Name)
		}
	}
	slices.Sort(names)
	return names
}

// warnOfStrays says which migrations the database has and the program has not.
func (r *runner) warnOfStrays() {
	for i := range r.apps {
		a := &r.apps[i]
		if !a.migrated() {
			continue
		}
		if names := r.strays(a.Label); len(names) > 0 {
			r.printf("  The database has recorded migrations of %s that are not there: %s.\n  Where a file only has another name, record that: migrate --fake %[1]s NAME; then forget the old one: migrate --prune %[1]s.\n", a.Label, strings.Join(names, ", "))
		}
	}
}

// listHint says once, with an application's first migration, where its list belongs.
func (w *maker) listHint(ms []Migration) {
	if w.o.dryRun || w.in.Verbosity == 0 {
		return
	}
	for i := range ms {
		if ms[i].Initial && len(w.g.namesOf(ms[i].App)) == 0 {
			fmt.Fprintf(w.log, "Name the list in the application %q, if it is not there yet: apps.App{Migrations: %s.All()}\n", ms[i].App, packageName(w.dir(ms[i].App)))
		}
	}
}
