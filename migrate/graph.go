package migrate

import (
	"fmt"
	"slices"
	"strings"
)

// graph is all migrations with their order.
type graph struct {
	nodes map[Key]*Migration
	// deps are the migrations that each needs, in a fixed order.
	deps map[Key][]Key
	keys []Key
}

// newGraph checks the migrations of all applications, conflicting lines included, and reports every mistake at once.
func newGraph(apps []App) (*graph, error) {
	g, err := readGraph(apps)
	if err != nil {
		return nil, err
	}
	var problems []string
	for _, app := range apps {
		if leaves := g.leaves(app.Label); len(leaves) > 1 {
			problems = append(problems, fmt.Sprintf("%s in %s", join(leaves), app.Label))
		}
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("migrate: conflicting migrations; more than one is the last: %s (run makemigrations --merge)", strings.Join(problems, "; "))
	}
	return g, nil
}

// readGraph is newGraph without the check for conflicting lines.
func readGraph(apps []App) (*graph, error) {
	g := &graph{nodes: map[Key]*Migration{}, deps: map[Key][]Key{}}
	var problems []string
	for i := range apps {
		for j := range apps[i].Migrations {
			m := &apps[i].Migrations[j]
			if m.App == "" {
				m.App = apps[i].Label
			}
			switch {
			case m.App != apps[i].Label:
				problems = append(problems, fmt.Sprintf("migration %s stands in application %s", m.Key(), apps[i].Label))
			case m.Name == "":
				problems = append(problems, fmt.Sprintf("application %s has a migration without a name", apps[i].Label))
			case g.nodes[m.Key()] != nil:
				problems = append(problems, fmt.Sprintf("migration %s is listed twice", m.Key()))
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
			if real, err := g.resolve(d); err == nil {
				g.deps[real] = append(g.deps[real], k)
			}
		}
	}
	if len(problems) == 0 {
		if _, err := g.plan(g.keys); err != nil {
			problems = append(problems, err.Error())
		}
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("migrate: %s", strings.Join(problems, "; "))
	}
	return g, nil
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
	return k, fmt.Errorf("depends on %s, which does not exist", k)
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
