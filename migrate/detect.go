package migrate

import (
	"github.com/nuages-go/nuages/orm/schema"
)

// Changes compares two states and returns the migrations that lead from one to the other, without names: for each
// application its operations in chunks, in an order that runs across applications. Questions decides what the states alone
// cannot tell.
//
// Django 6.1 django/db/migrations/autodetector.py _detect_changes: the order in which operations are found.
func Changes(from, to *State, q Questions) ([]Migration, error) {
	d := &detector{was: from, from: from.Clone(), to: to, q: q}
	steps := []func() error{
		d.movedModels, d.renamedModels, d.renamedFields, d.deletedModels, d.createdModels, d.alteredOptions, d.removedConstraints, d.removedIndexes,
		d.renamedIndexes, d.removedUniqueTogether, d.removedFields, d.addedFields, d.alteredFields, d.alteredOrders, d.alteredUniqueTogether,
		d.addedIndexes, d.addedConstraints, d.alteredTables,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return d.chunks()
}

// detector finds operations. From has the renames that were found applied to it; was has not.
type detector struct {
	was, from, to *State
	q             Questions
	nodes         []*node
	// kept pairs the models that are on both sides.
	kept []pair
}

type pair struct{ old, now *schema.Model }

// node is an operation with what it provides and what must have come before: "model app.x", "gone app.x.f" and so on.
type node struct {
	app      string
	op       Operation
	provides []string
	after    []string
	// uses are labels of models of other applications that the operation points to.
	uses []string
}

func modelKey(label string) string        { return "model " + low(label) }
func goneKey(label string) string         { return "gone " + low(label) }
func fieldKey(label, field string) string { return "field " + low(label) + " " + low(field) }
func noFieldKey(label, field string) string {
	return "nofield " + low(label) + " " + low(field)
}

// orderKey and noOrderKey are of AlterOrderWithRespectTo: the model has its order, and no longer that by a field.
func orderKey(label string) string          { return "order " + low(label) }
func noOrderKey(label, field string) string { return "noorder " + low(label) + " " + low(field) }

func (d *detector) add(app string, op Operation, provides, after, uses []string) {
	d.nodes = append(d.nodes, &node{app: app, op: op, provides: provides, after: after, uses: uses})
}

// managed calls f for the models on both sides whose tables are ours.
func (d *detector) managed(f func(old, now *schema.Model) error) error {
	for _, p := range d.kept {
		if !p.now.HasTable() {
			continue
		}
		if err := f(p.old, p.now); err != nil {
			return err
		}
	}
	return nil
}
