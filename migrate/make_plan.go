package migrate

import (
	"slices"
	"strconv"
	"strings"
)

// Plan returns the migrations that are missing for the models. Questions that come up are refused.
func Plan(apps []App) ([]Migration, error) {
	g, err := newGraph(apps)
	if err != nil {
		return nil, err
	}
	answers := &Answers{AllowDrop: true}
	ms, _, err := plan(g, apps, nil, answers)
	if err == nil {
		err = answers.Refused()
	}
	return ms, err
}

// plan returns the missing migrations with their names and dependencies, for some applications and what they need, or all;
// and the state before them.
func plan(g *graph, apps []App, only []string, q Questions) ([]Migration, *State, error) {
	before, err := g.state()
	if err != nil {
		return nil, nil, err
	}
	want, err := FromModels(apps)
	if err != nil {
		return nil, nil, err
	}
	ms, err := Changes(before, want, q)
	if err != nil {
		return nil, nil, err
	}
	ms = nameAll(g, ms)
	if len(only) > 0 {
		ms = trim(ms, only)
	}
	return ms, before, nil
}

// state is what all written migrations make.
func (g *graph) state() (*State, error) {
	order, err := g.plan(g.keys)
	if err != nil {
		return nil, err
	}
	s := g.first()
	for _, k := range order {
		if err := applyState(s, g.nodes[k]); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// nameAll optimises new migrations and gives them names, and names to what they depend on.
func nameAll(g *graph, ms []Migration) []Migration {
	last := map[string]Key{}
	number := map[string]int{}
	names := make([]Key, len(ms)+1)
	for i := range ms {
		m := &ms[i]
		m.Operations = Optimize(m.Operations, m.App)
		if number[m.App] == 0 {
			number[m.App] = nextNumber(g, m.App)
			if leaves := g.leaves(m.App); len(leaves) > 0 {
				last[m.App] = leaves[0]
			}
		}
		prev, has := last[m.App]
		first := !has
		m.Initial = first || has && g.nodes[prev] == nil && len(g.leaves(m.App)) == 0
		m.Name = Name(number[m.App], m.Operations, first)
		var deps []Key
		if has {
			deps = append(deps, prev)
		}
		for _, d := range m.Dependencies {
			switch {
			case strings.HasPrefix(d.Name, "#"):
				n, _ := strconv.Atoi(d.Name[1:])
				d = names[n]
			case d.Name == "":
				leaves := g.leaves(d.App)
				if len(leaves) == 0 {
					continue // its tables are made without migrations
				}
				d = leaves[0]
			}
			if !slices.Contains(deps, d) {
				deps = append(deps, d)
			}
		}
		m.Dependencies = deps
		names[i+1] = m.Key()
		last[m.App] = m.Key()
		number[m.App]++
	}
	return ms
}

// trim keeps the migrations of some applications and what they need.
func trim(ms []Migration, only []string) []Migration {
	needed := map[Key]bool{}
	for _, m := range slices.Backward(ms) {
		if !slices.Contains(only, m.App) && !needed[m.Key()] {
			continue
		}
		needed[m.Key()] = true
		for _, d := range m.Dependencies {
			if i := slices.IndexFunc(ms, func(o Migration) bool { return o.App == d.App }); d.Name == "__first__" && i >= 0 {
				d = ms[i].Key()
			}
			needed[d] = true
		}
	}
	return slices.DeleteFunc(ms, func(m Migration) bool { return !needed[m.Key()] })
}

func nextNumber(g *graph, app string) int {
	n := 0
	for _, k := range g.keys {
		if k.App != app {
			continue
		}
		digits, _, _ := strings.Cut(k.Name, "_")
		if v, err := strconv.Atoi(digits); err == nil && v > n {
			n = v
		}
	}
	return n + 1
}
