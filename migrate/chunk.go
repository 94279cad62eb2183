package migrate

import (
	"fmt"
	"slices"
	"strings"
)

// chunks sorts the operations that were found into migrations. Each application gets one if its operations can all run
// after those of other applications; where applications wait for each other, several.
//
// Django 6.1 django/db/migrations/autodetector.py _build_migration_list.
func (d *detector) chunks() ([]Migration, error) {
	makers := map[string][]*node{}
	for _, n := range d.nodes {
		for _, p := range n.provides {
			makers[p] = append(makers[p], n)
		}
	}
	// waits are the operations that must have run before one.
	waits := func(n *node) []*node {
		var out []*node
		for _, key := range n.after {
			for _, m := range makers[key] {
				if m != n {
					out = append(out, m)
				}
			}
		}
		return out
	}

	var labels []string
	queues := map[string][]*node{}
	for _, n := range d.nodes {
		if queues[n.app] == nil {
			labels = append(labels, n.app)
		}
		queues[n.app] = append(queues[n.app], n)
	}
	slices.Sort(labels)
	for _, app := range labels {
		sorted, err := sortNodes(queues[app], waits)
		if err != nil {
			return nil, err
		}
		queues[app] = sorted
	}

	var out []Migration
	written := map[*node]int{} // the migration that has it, from 1
	chop := false
	for {
		left, progress := false, false
		for _, app := range labels {
			queue := queues[app]
			if len(queue) == 0 {
				continue
			}
			left = true
			n := ready(queue, written, waits)
			if n == 0 || n < len(queue) && !chop {
				continue
			}
			out = append(out, d.chunk(app, queue[:n], len(out)+1, written, waits, out))
			queues[app] = queue[n:]
			progress, chop = true, false
		}
		switch {
		case !left:
			return out, nil
		case progress:
		case chop:
			return nil, fmt.Errorf("migrate: the changes of %s wait for each other (make them in two steps)", strings.Join(labels, ", "))
		default:
			chop = true
		}
	}
}

// ready is how many operations at the front of an application's queue can run now.
func ready(queue []*node, written map[*node]int, waits func(*node) []*node) int {
	here := map[*node]bool{}
	for i, n := range queue {
		for _, w := range waits(n) {
			if written[w] == 0 && !here[w] {
				return i
			}
		}
		here[n] = true
	}
	return len(queue)
}

// chunk makes a migration of operations. Its dependencies are still without names: the number of the migration that it
// waits for, and "" for the last written migration of an application that it points to.
func (d *detector) chunk(app string, nodes []*node, number int, written map[*node]int, waits func(*node) []*node, done []Migration) Migration {
	m := Migration{App: app}
	need := func(k Key) {
		if !slices.Contains(m.Dependencies, k) {
			m.Dependencies = append(m.Dependencies, k)
		}
	}
	for _, n := range nodes {
		m.Operations = append(m.Operations, n.op)
		for _, label := range n.uses {
			if to := d.to.ByLabel(label); to != nil && to.Swappable && to.App != app {
				need(Swappable(to.Label()))
				if m.swapped == nil {
					m.swapped = map[string]string{}
				}
				m.swapped[to.App] = to.Label()
			}
		}
		for _, w := range waits(n) {
			if w.app != app && m.swapped[w.app] == "" {
				need(Key{w.app, fmt.Sprint("#", written[w])})
			}
		}
		for _, label := range n.uses {
			other, _, _ := strings.Cut(label, ".")
			if other != app && (d.from.ByLabel(label) != nil || d.was.ByLabel(label) != nil) && d.was.has(other) && !slices.ContainsFunc(m.Dependencies, func(k Key) bool { return k.App == other }) {
				need(Key{other, ""})
			}
		}
		written[n] = number
	}
	return m
}

// sortNodes puts an application's operations into an order in which each comes after those that it waits for, and
// otherwise keeps theirs.
func sortNodes(nodes []*node, waits func(*node) []*node) ([]*node, error) {
	mine := map[*node]bool{}
	for _, n := range nodes {
		mine[n] = true
	}
	state := map[*node]int{}
	var out []*node
	var visit func(n *node) error
	visit = func(n *node) error {
		switch state[n] {
		case 1:
			return fmt.Errorf("migrate: %s: %q waits for itself (make the change in two steps)", n.app, n.op.Describe())
		case 2:
			return nil
		}
		state[n] = 1
		for _, w := range waits(n) {
			if !mine[w] {
				continue
			}
			if err := visit(w); err != nil {
				return err
			}
		}
		state[n] = 2
		out = append(out, n)
		return nil
	}
	for _, n := range nodes {
		if err := visit(n); err != nil {
			return nil, err
		}
	}
	return out, nil
}
