package migrate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/schema"
)

// graph is all migrations with their order.
type graph struct {
	nodes map[Key]*Migration
	// deps are the migrations that each needs, in a fixed order.
	deps map[Key][]Key
	keys []Key
	// real are the models of applications without migrations, which others may point to.
	real []*schema.Model
	// limit is the longest name of a table that the database takes, 0 for any.
	limit int
}

// first is the state before every migration.
func (g *graph) first() *State {
	s := NewState()
	s.limit = g.limit
	for _, m := range g.real {
		s.Add(*m)
	}
	return s
}

// in is the graph for the names of a database.
func (g *graph) in(d *dialect.Dialect) *graph {
	own := *g
	own.limit = d.MaxName
	return &own
}

// newGraph checks the migrations of all applications, conflicting lines included, and reports every mistake at once.
func newGraph(apps []App) (*graph, error) {
	g, err := readGraph(apps)
	if err != nil {
		return nil, err
	}
	return g, g.conflicts(apps)
}

// conflicts reports applications whose migrations have more than one end.
func (g *graph) conflicts(apps []App) error {
	var problems []string
	for _, app := range apps {
		if leaves := g.leaves(app.Label); len(leaves) > 1 {
			problems = append(problems, fmt.Sprintf("%s in %s", join(leaves), app.Label))
		}
	}
	if len(problems) > 0 {
		return fmt.Errorf("migrate: conflicting migrations; more than one is the last: %s (run makemigrations --merge)", strings.Join(problems, "; "))
	}
	return nil
}

// readGraph is newGraph without the check for conflicting lines: for a database that has no migration, so that squashed
// migrations stand in place of those that they replace.
func readGraph(apps []App) (*graph, error) {
	g, err := writtenGraph(apps)
	if err != nil {
		return nil, err
	}
	return g.replaced(map[Key]bool{})
}

// writtenGraph has all migrations as they are written.
func writtenGraph(apps []App) (*graph, error) {
	g := &graph{nodes: map[Key]*Migration{}, deps: map[Key][]Key{}}
	var problems []string
	for i := range apps {
		if apps[i].NoMigrations && len(apps[i].Models) > 0 {
			models, err := FromModels(apps)
			if err != nil {
				return nil, err
			}
			for _, m := range apps[i].Models {
				if sm := models.ByLabel(m.Label()); sm != nil {
					g.real = append(g.real, sm)
				}
			}
		}
		for j := range apps[i].Migrations {
			if apps[i].NoMigrations {
				break
			}
			one := apps[i].Migrations[j]
			m := &one
			if m.App == "" {
				m.App = apps[i].Label
			}
			switch {
			case m.App != apps[i].Label:
				problems = append(problems, fmt.Sprintf("migration %s stands in application %s", m.Key(), apps[i].Label))
			case m.Name == "":
				problems = append(problems, fmt.Sprintf("application %s has a migration without a name", apps[i].Label))
			case g.nodes[m.Key()] != nil:
				problems = append(problems, fmt.Sprintf("migration %s is listed twice (take one out of its migrations.go, or give one of two files another Name)", m.Key()))
			default:
				g.nodes[m.Key()] = m
				g.keys = append(g.keys, m.Key())
			}
		}
	}
	for _, k := range g.keys {
		m := g.nodes[k]
		for _, d := range m.Dependencies {
			real, err := g.resolve(d)
			if err != nil {
				problems = append(problems, fmt.Sprintf("migration %s: %v", k, err))
				continue
			}
			if real != k {
				g.deps[k] = append(g.deps[k], real)
			}
		}
		for _, d := range m.RunBefore {
			real, err := g.resolve(d)
			if err != nil {
				problems = append(problems, fmt.Sprintf("migration %s: %s", k, strings.Replace(err.Error(), "depends on", "runs before", 1)))
				continue
			}
			g.deps[real] = append(g.deps[real], k)
		}
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("migrate: %s", strings.Join(problems, "\nmigrate: "))
	}
	return g, nil
}

// replaced is the graph that fits a database with some applied migrations: a squashed migration stands in place of those
// that it replaces when all of them are applied or none is; else they stand and it does not. Applied is brought up to
// date: a squashed migration counts as applied when what it replaces does.
//
// Django 6.1 django/db/migrations/loader.py build_graph, replace_migration.
func (g *graph) replaced(applied map[Key]bool) (*graph, error) {
	out := &graph{nodes: maps.Clone(g.nodes), deps: map[Key][]Key{}, keys: slices.Clone(g.keys), real: g.real, limit: g.limit}
	for k, deps := range g.deps {
		out.deps[k] = slices.Clone(deps)
	}
	done := map[Key]bool{}
	var visit func(k Key)
	visit = func(k Key) {
		m := g.nodes[k]
		if done[k] || len(m.Replaces) == 0 {
			return
		}
		done[k] = true
		for _, r := range m.Replaces { // those may be squashed ones themselves
			if g.nodes[r] != nil {
				visit(r)
			}
		}
		all, some := true, false
		for _, r := range m.Replaces {
			all, some = all && applied[r], some || g.touched(r, applied)
		}
		switch {
		case all:
			applied[k] = true
		case some && !applied[k]:
			out.removeSquashed(k)
			return
		}
		out.removeReplaced(k)
	}
	for _, k := range g.keys {
		visit(k)
	}
	if _, err := out.plan(out.keys); err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	return out, nil
}

// touched says that a migration is applied, or one of those that it replaces.
func (g *graph) touched(k Key, applied map[Key]bool) bool {
	if applied[k] || g.nodes[k] == nil {
		return applied[k]
	}
	return slices.ContainsFunc(g.nodes[k].Replaces, func(r Key) bool { return r != k && g.touched(r, applied) })
}

// removeReplaced takes out what a squashed migration replaces; whoever needed that needs the squashed one.
func (g *graph) removeReplaced(k Key) {
	gone := g.nodes[k].Replaces
	for _, r := range gone {
		if g.nodes[r] == nil {
			continue
		}
		for _, d := range g.deps[r] {
			if d != k && !slices.Contains(gone, d) && !slices.Contains(g.deps[k], d) {
				g.deps[k] = append(g.deps[k], d)
			}
		}
		g.remove(r)
	}
	g.deps[k] = slices.DeleteFunc(g.deps[k], func(d Key) bool { return slices.Contains(gone, d) })
	for o, deps := range g.deps {
		if o == k {
			continue
		}
		var now []Key
		for _, d := range deps {
			if slices.Contains(gone, d) {
				d = k
			}
			if !slices.Contains(now, d) {
				now = append(now, d)
			}
		}
		g.deps[o] = now
	}
}

// removeSquashed takes out a squashed migration; whoever needed it needs the last ones of what it replaces.
func (g *graph) removeSquashed(k Key) {
	var last []Key
	for _, r := range g.nodes[k].Replaces {
		needed := slices.ContainsFunc(g.nodes[k].Replaces, func(o Key) bool { return slices.Contains(g.deps[o], r) })
		if g.nodes[r] != nil && !needed {
			last = append(last, r)
		}
	}
	for o, deps := range g.deps {
		if i := slices.Index(deps, k); i >= 0 && o != k {
			g.deps[o] = slices.Concat(deps[:i], last, deps[i+1:])
		}
	}
	g.remove(k)
}

func (g *graph) remove(k Key) {
	delete(g.nodes, k)
	delete(g.deps, k)
	g.keys = slices.DeleteFunc(g.keys, func(o Key) bool { return o == k })
}

func join(keys []Key) string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.Name
	}
	return strings.Join(names, ", ")
}

// resolve finds a dependency; __first__ and __latest__ are the ends of an application's line.
func (g *graph) resolve(k Key) (Key, error) {
	if g.nodes[k] != nil {
		return k, nil
	}
	if k.Name == "__first__" || k.Name == "__latest__" {
		var found []Key
		for _, o := range g.keys {
			if o.App == k.App {
				found = append(found, o)
			}
		}
		if len(found) == 0 {
			return k, fmt.Errorf("depends on %s, which has no migrations", k.App)
		}
		if k.Name == "__first__" {
			return found[0], nil
		}
		return found[len(found)-1], nil
	}
	for _, o := range g.keys {
		if slices.Contains(g.nodes[o].Replaces, k) {
			return o, nil
		}
	}
	names := g.namesOf(k.App)
	if len(names) == 0 {
		return k, fmt.Errorf("depends on %s, which does not exist (no application %q with migrations is among those of the site)", k, k.App)
	}
	return k, fmt.Errorf("depends on %s, which does not exist (%s)", k, meant(k.Name, names))
}

// stateBefore is what the migrations before one make. Where it is one of those that a squashed migration replaces, or
// needs one, the graph without squashed migrations counts.
func (g *graph) stateBefore(k Key) (*State, error) {
	fit, err := g.replaced(map[Key]bool{})
	if err != nil {
		return nil, err
	}
	if fit.nodes[k] == nil { // replaced: take the squashed ones out instead
		fit = &graph{nodes: maps.Clone(g.nodes), deps: maps.Clone(g.deps), keys: slices.Clone(g.keys), real: g.real, limit: g.limit}
		for _, o := range g.keys {
			if slices.Contains(g.nodes[o].Replaces, k) {
				fit.removeSquashed(o)
			}
		}
	}
	order, err := fit.plan([]Key{k})
	if err != nil {
		return nil, err
	}
	s := fit.first()
	for _, o := range order[:len(order)-1] {
		if err := applyState(s, fit.nodes[o]); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// leaves are an application's migrations that no other of it needs.
func (g *graph) leaves(app string) []Key {
	needed := map[Key]bool{}
	for k, deps := range g.deps {
		for _, d := range deps {
			if d.App == k.App {
				needed[d] = true
			}
		}
	}
	var out []Key
	for _, k := range g.keys {
		if k.App == app && !needed[k] {
			out = append(out, k)
		}
	}
	return out
}

// plan puts migrations and all that they need into an order that can run.
func (g *graph) plan(targets []Key) ([]Key, error) {
	var out []Key
	state := map[Key]int{}
	var visit func(k Key, path []Key) error
	visit = func(k Key, path []Key) error {
		switch state[k] {
		case 2:
			return nil
		case 1:
			return fmt.Errorf("migrations depend on each other in a circle: %s", join(append(path, k)))
		}
		state[k] = 1
		for _, d := range g.deps[k] {
			if err := visit(d, append(path, k)); err != nil {
				return err
			}
		}
		state[k] = 2
		out = append(out, k)
		return nil
	}
	for _, k := range targets {
		if err := visit(k, nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// dependents are a migration and all that need it, in the order in which they can be undone.
func (g *graph) dependents(k Key) []Key {
	all, _ := g.plan(g.keys)
	needs := map[Key]bool{k: true}
	var out []Key
	for _, o := range all {
		if o == k {
			out = append(out, o)
			continue
		}
		for _, d := range g.deps[o] {
			if needs[d] {
				needs[o] = true
				out = append(out, o)
				break
			}
		}
	}
	slices.Reverse(out)
	return out
}
