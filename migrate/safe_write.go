package migrate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
)

func postgresDialect() *dialect.Dialect { return dialect.PostgreSQL() }

// bundle is the operations of one planned migration in one step.
type bundle struct {
	app         string
	chunk, step int
	nonAtomic   bool
	ops         []Operation
}

// bundles sorts the pieces by step, then in the planned order. Operations that need no transaction stand apart from others.
func (s *safety) bundles() []bundle {
	slices.SortStableFunc(s.pieces, func(a, b piece) int {
		if a.step != b.step {
			return a.step - b.step
		}
		return a.chunk - b.chunk
	})
	var out []bundle
	for _, p := range s.pieces {
		_, fill := p.op.(Backfill)
		nonAtomic := fill || needsNonAtomic(p.op)
		if n := len(out); n > 0 && out[n-1].chunk == p.chunk && out[n-1].step == p.step && out[n-1].nonAtomic == nonAtomic {
			out[n-1].ops = append(out[n-1].ops, p.op)
			continue
		}
		out = append(out, bundle{p.app, p.chunk, p.step, nonAtomic, []Operation{p.op}})
	}
	return out
}

// migrations makes the steps into migrations: those of an application in a line, each after what the planned one needed.
func (s *safety) migrations(planned []Migration) ([]Migration, map[Key]string, error) {
	type place struct {
		key  Key
		step int
	}
	last := map[string]Key{}      // by application
	number := map[string]int{}    // the next one, by application
	parts := map[Key][]place{}    // of planned migrations
	steps := map[string]int{}     // how many an application has
	written := map[string][]int{} // which, by application
	var out []Migration
	var numbers []int
	list := s.bundles()
	for _, b := range list {
		if !slices.Contains(written[b.app], b.step) {
			written[b.app] = append(written[b.app], b.step)
			steps[b.app]++
		}
	}
	for _, b := range list {
		plan := &planned[b.chunk]
		if number[b.app] == 0 {
			number[b.app] = nextNumber(s.g, b.app)
		}
		m := Migration{App: b.app, Operations: Optimize(b.ops, b.app), NonAtomic: b.nonAtomic, LockTimeout: safeLockTimeout}
		prev, has := last[b.app]
		if m.Initial = !has && plan.Initial; m.Initial || b.step == expand && steps[b.app] == 1 && len(list) == len(planned) {
			m.LockTimeout = 0 // nothing had to be divided
		}
		m.Name = Name(number[b.app], m.Operations, m.Initial)
		if has {
			m.Dependencies = append(m.Dependencies, prev)
		}
		for _, d := range plan.Dependencies {
			if places := parts[d]; len(places) > 0 { // the last part that runs no later than this one
				at := places[0].key
				for _, p := range places {
					if p.step <= b.step {
						at = p.key
					}
				}
				d = at
			} else if has && d.App == b.app {
				continue // in the line already
			}
			if d != m.Key() && !slices.Contains(m.Dependencies, d) {
				m.Dependencies = append(m.Dependencies, d)
			}
		}
		last[b.app] = m.Key()
		number[b.app]++
		parts[plan.Key()] = append(parts[plan.Key()], place{m.Key(), b.step})
		out, numbers = append(out, m), append(numbers, b.step)
	}
	if err := s.same(planned, out); err != nil {
		return nil, nil, err
	}
	notes := map[Key]string{}
	for i := range out {
		if steps[out[i].App] > 1 || s.noted(out[i].App) {
			slices.Sort(written[out[i].App])
			again := slices.ContainsFunc(parts[planned[list[i].chunk].Key()], func(p place) bool { return p.step == numbers[i] && p.key.Name < out[i].Name })
			notes[out[i].Key()] = s.text(&out[i], numbers[i], written[out[i].App], again)
		}
	}
	return out, notes, nil
}

// same looks whether the steps lead where the plan does, and lets the last migration of an application set the options that
// are left.
func (s *safety) same(planned, steps []Migration) error {
	from, err := s.g.state()
	if err != nil {
		return err
	}
	to := from.Clone()
	for i := range planned {
		if err := applyState(to, &planned[i]); err != nil {
			return err
		}
	}
	for i := range steps {
		if err := applyState(from, &steps[i]); err != nil {
			return err
		}
	}
	left, err := Changes(from, to, &Answers{AllowDrop: true})
	if err != nil {
		return err
	}
	for _, m := range left {
		for _, op := range m.Operations {
			if _, ok := op.(AlterModelOptions); !ok {
				return fmt.Errorf("migrate: --safe cannot divide the changes of %s: %q is left (write them without --safe)", m.App, op.Describe())
			}
			for i := range slices.Backward(steps) {
				if steps[i].App == m.App {
					steps[i].Operations = append(steps[i].Operations, op)
					break
				}
			}
		}
	}
	return nil
}

// dropsNote is the note of the last step.
const dropsNote = "Run it when nothing uses the old columns and tables any more: what it drops is gone."

func (s *safety) noted(app string) bool {
	return slices.ContainsFunc(s.notes, func(n note) bool { return n.app == app })
}

// text is what stands above a migration. Again says that it is not the first of its step.
func (s *safety) text(m *Migration, step int, steps []int, again bool) string {
	place := fmt.Sprintf("step %d of %d", slices.Index(steps, step)+1, len(steps))
	if again {
		return fmt.Sprintf("%s is %s, continued: run it after the file before. One of the two runs in a transaction, the other must not.", VariableName(m.Name), place)
	}
	when := map[int]string{
		expand:   "Run it before the new code is deployed: the code that runs now does not mind.",
		settle:   "Run it when the new code has replaced the old everywhere. Others may use the tables meanwhile; interrupted, it goes on where it stopped.",
		contract: dropsNote,
	}
	parts := []string{fmt.Sprintf("%s is %s. %s", VariableName(m.Name), place, when[step])}
	for _, n := range s.notes {
		if n.app == m.App && n.step == step {
			parts = append(parts, n.text)
		}
	}
	return strings.Join(parts, "\n\n")
}
