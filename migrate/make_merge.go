package migrate

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm"
)

// merge joins the ends of conflicting lines of migrations by one that needs them all.
func (w *maker) merge() error {
	g, err := readGraph(w.apps)
	if err != nil {
		return err
	}
	w.g = g
	var q Questions = w.o.answers
	if w.in.Interactive {
		q = &prompts{given: w.o.answers, in: bufio.NewReader(w.in.Stdin), out: w.in.Stdout}
	}
	var ms []Migration
	for _, a := range w.apps {
		leaves := g.leaves(a.Label)
		if len(leaves) < 2 || len(w.in.Args) > 0 && !slices.Contains(w.in.Args, a.Label) {
			continue
		}
		branches, clash := w.branches(leaves)
		if clash != "" && !w.in.Interactive {
			return fmt.Errorf("migrate: %s: both lines change %s; merging them needs a person (run makemigrations --merge in a terminal)", a.Label, clash)
		}
		if clash != "" {
			branches = append(branches, "Both lines change "+clash+".")
		}
		yes, err := q.Merge(a.Label, branches)
		if err != nil {
			return err
		}
		if !yes {
			continue
		}
		name := "merge_" + strings.Join(sortedNames(leaves), "_")
		if len(name) > 52 {
			name = "merge_" + time.Now().Format("20060102_1504")
		}
		ms = append(ms, Migration{App: a.Label, Name: fmt.Sprintf("%04d_%s", nextNumber(g, a.Label), or(w.o.name, name)), Dependencies: leaves})
	}
	if len(ms) == 0 {
		fmt.Fprintln(w.log, "No conflicts detected to merge.")
		return nil
	}
	return w.write(ms)
}

func sortedNames(keys []Key) []string {
	var out []string
	for _, k := range keys {
		out = append(out, k.Name)
	}
	slices.Sort(out)
	return out
}

// branches describes what the lines have that the others have not, and names a field that two of them change.
func (w *maker) branches(leaves []Key) (lines []string, clash string) {
	count := map[Key]int{}
	var sets [][]Key
	for _, leaf := range leaves {
		set, err := w.g.plan([]Key{leaf})
		if err != nil {
			continue
		}
		sets = append(sets, set)
		for _, k := range set {
			count[k]++
		}
	}
	touched := map[string]int{}
	for i, set := range sets {
		lines = append(lines, "  Branch "+leaves[i].Name)
		for _, k := range set {
			if count[k] == len(sets) {
				continue
			}
			for _, op := range w.g.nodes[k].Operations {
				lines = append(lines, "    "+category(op)+" "+op.Describe())
				model, field := targetOf(op)
				if model == "" {
					continue
				}
				what := low(model + " " + field)
				if was, ok := touched[what]; ok && was != i {
					clash = strings.TrimSuffix(strings.ReplaceAll(what, " ", "."), ".")
				}
				touched[what] = i
			}
		}
	}
	return lines, clash
}

// update puts new operations into the last migration of each application.
func (w *maker) update(ctx context.Context, ms []Migration) error {
	for i := range ms {
		m := &ms[i]
		leaves := w.g.leaves(m.App)
		if len(leaves) == 0 {
			return fmt.Errorf("migrate: application %s has no migration to update", m.App)
		}
		last := w.g.nodes[leaves[0]]
		if err := w.updatable(ctx, last); err != nil {
			return err
		}
		merged := *last
		merged.Operations = Optimize(append(slices.Clone(last.Operations), m.Operations...), m.App)
		for _, d := range m.Dependencies {
			if d != last.Key() && !slices.Contains(merged.Dependencies, d) {
				merged.Dependencies = append(merged.Dependencies, d)
			}
		}
		for _, op := range merged.Operations {
			if hasCode(op) {
				return fmt.Errorf("migrate: %s has Go code, which cannot be written again (edit the file by hand)", last.Key())
			}
		}
		if w.o.name != "" {
			merged.Name = last.Name[:5] + w.o.name
		}
		if err := w.one(&merged, nil); err != nil {
			return err
		}
		if w.o.dryRun || merged.Name == last.Name {
			continue
		}
		if err := os.Remove(w.path(last)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		var names []string
		for _, k := range w.g.keys {
			if k == last.Key() {
				k.Name = merged.Name
			}
			if k.App == m.App {
				names = append(names, k.Name)
			}
		}
		if err := w.writeList(m.App, names); err != nil {
			return err
		}
	}
	return nil
}

// updatable refuses to change a migration that is applied, squashed, or needed by another.
func (w *maker) updatable(ctx context.Context, m *Migration) error {
	if len(m.Replaces) > 0 {
		return fmt.Errorf("migrate: %s is squashed and cannot be updated", m.Key())
	}
	for k, deps := range w.g.deps {
		if slices.Contains(deps, m.Key()) {
			return fmt.Errorf("migrate: %s cannot be updated: %s needs it", m.Key(), k)
		}
	}
	for name := range orm.DatabasesFrom(ctx) {
		applied, err := (recorder{name}).applied(ctx)
		if err == nil && applied[m.Key()] {
			return fmt.Errorf("migrate: %s is applied and cannot be updated (undo it first: migrate %s PREVIOUS)", m.Key(), m.App)
		}
	}
	return nil
}

// hasCode says that an operation holds Go functions.
func hasCode(op Operation) bool {
	switch op := op.(type) {
	case RunGo:
		return true
	case SeparateDatabaseAndState:
		return slices.ContainsFunc(op.Database, hasCode) || slices.ContainsFunc(op.States, hasCode)
	case RunSQL:
		return slices.ContainsFunc(op.StateOperations, hasCode)
	}
	w := &goWriter{}
	w.value(reflectValue(op))
	return w.err != nil
}
