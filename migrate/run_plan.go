package migrate

import (
	"fmt"
	"slices"
	"strings"
)

// step is a migration with its direction.
type step struct {
	key      Key
	backward bool
}

// consistent refuses a history in which a migration was applied before one that it needs.
func (r *runner) consistent() error {
	for _, k := range r.g.keys {
		if !r.applied[k] {
			continue
		}
		for _, d := range r.g.deps[k] {
			if !r.applied[d] {
				return fmt.Errorf("migrate: migration %s is applied before its dependency %s on database %q (inconsistent history)", k, d, or(r.o.DB, "default"))
			}
		}
	}
	return nil
}

// plan decides what to do.
func (r *runner) plan() ([]step, error) {
	if r.o.Prune {
		return nil, nil
	}
	var targets []Key
	switch {
	case r.o.App == "":
		targets = r.g.keys
	case !slices.ContainsFunc(r.apps, func(a App) bool { return a.Label == r.o.App }):
		return nil, noApp(r.apps, r.o.App)
	case r.o.Target == "zero":
		return r.backTo(func(k Key) bool { return k.App == r.o.App })
	case r.o.Target != "":
		k, err := r.find(r.o.App, r.o.Target)
		if err != nil {
			return nil, err
		}
		if r.applied[k] { // go back to it: undo those of the application that come after
			after := r.g.dependents(k)
			return r.backTo(func(d Key) bool { return d != k && d.App == k.App && slices.Contains(after, d) })
		}
		targets = []Key{k}
	default:
		for _, k := range r.g.keys {
			if k.App == r.o.App {
				targets = append(targets, k)
			}
		}
		if len(targets) == 0 {
			return nil, fmt.Errorf("migrate: application %q has no migrations", r.o.App)
		}
	}
	order, err := r.g.plan(targets)
	if err != nil {
		return nil, err
	}
	var steps []step
	for _, k := range order {
		if !r.applied[k] {
			steps = append(steps, step{key: k})
		}
	}
	return steps, nil
}

// backTo is the undoing of some migrations and of all that need them, last first.
func (r *runner) backTo(undo func(Key) bool) ([]step, error) {
	order, err := r.g.plan(r.g.keys)
	if err != nil {
		return nil, err
	}
	gone := map[Key]bool{}
	var steps []step
	for _, k := range order {
		if undo(k) || slices.ContainsFunc(r.g.deps[k], func(d Key) bool { return gone[d] }) {
			gone[k] = true
			if r.applied[k] {
				steps = append(steps, step{key: k, backward: true})
			}
		}
	}
	slices.Reverse(steps)
	return steps, nil
}

// find returns the migration with a name or a unique beginning of one.
func (r *runner) find(app, name string) (Key, error) {
	var found []Key
	for _, k := range r.g.keys {
		if k.App != app {
			continue
		}
		if k.Name == name {
			return k, nil
		}
		if strings.HasPrefix(k.Name, name) {
			found = append(found, k)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		k := Key{app, name}
		for _, o := range r.g.keys {
			if slices.Contains(r.g.nodes[o].Replaces, k) {
				return Key{}, fmt.Errorf("migrate: %s is replaced by %s (name that one)", k, o)
			}
		}
		return Key{}, fmt.Errorf("migrate: application %q has no migration %q (%s)", app, name, meant(name, r.g.namesOf(app)))
	}
	return Key{}, fmt.Errorf("migrate: %q names more than one migration of %q: %s", name, app, join(found))
}
