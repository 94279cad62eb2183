package migrate

import (
	"context"
	"encoding/json"
	"io"
	"slices"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
)

// plannedMigration is a migration of a plan as --json writes it.
type plannedMigration struct {
	App  string `json:"app"`
	Name string `json:"name"`
	// Backward says that the migration is undone.
	Backward   bool             `json:"backward,omitempty"`
	Operations []string         `json:"operations"`
	Warnings   []plannedWarning `json:"warnings,omitempty"`
}

// plannedWarning is a Warning as --json writes it.
type plannedWarning struct {
	ID        string `json:"id"`
	Operation string `json:"operation"`
	Table     string `json:"table,omitempty"`
	Lock      string `json:"lock,omitempty"`
	Problem   string `json:"problem"`
	Fix       string `json:"fix"`
	Rows      int64  `json:"rows,omitempty"`
}

// writeJSON writes a list for a program to read; an empty one is [].
func writeJSON[T any](w io.Writer, list []T) error {
	if list == nil {
		list = []T{}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(list)
}

// planned is a migration without its warnings.
func planned(m *Migration, backward bool) plannedMigration {
	p := plannedMigration{App: m.App, Name: m.Name, Backward: backward, Operations: []string{}}
	for _, op := range m.Operations {
		p.Operations = append(p.Operations, op.Describe())
	}
	if backward {
		slices.Reverse(p.Operations)
	}
	return p
}

// jsonPlan writes a plan with its warnings.
func (r *runner) jsonPlan(plan []step, warnings map[Key][]Warning) error {
	var list []plannedMigration
	for _, st := range plan {
		p := planned(r.g.nodes[st.key], st.backward)
		for _, w := range warnings[st.key] {
			p.Warnings = append(p.Warnings, plannedWarning(w))
		}
		list = append(list, p)
	}
	return writeJSON(r.o.Out, list)
}

// planWarnings are what is dangerous about a plan on this database. A new database has no rows to care for.
func (r *runner) planWarnings(ctx context.Context, plan []step) (map[Key][]Warning, error) {
	warnings := map[Key][]Warning{}
	if len(r.applied) == 0 {
		return warnings, nil
	}
	d, err := orm.DialectOf(ctx, r.o.DB)
	if err != nil {
		return nil, err
	}
	o := LintOptions{Dialect: d, Rows: tableRows(ctx, r.o.DB, d)}
	return warnings, r.lintPlan(plan, o, func(k Key, list []Warning) { warnings[k] = list })
}

// showJSON writes the migrations that makemigrations would write, and tells --check of them.
func (w *maker) showJSON(ms []Migration) error {
	var list []plannedMigration
	for i := range ms {
		list = append(list, planned(&ms[i], false))
	}
	if err := writeJSON(w.in.Stdout, list); err != nil {
		return err
	}
	if w.o.check && len(ms) > 0 {
		return &manage.ExitError{Code: 1}
	}
	return nil
}
