package migrate

import (
	"reflect"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/schema"
)

// Optimize returns fewer operations with the same effect: fields, indexes and options are folded into the CreateModel that
// they belong to, what is made and dropped again falls away, repeated changes become one. SQL and Go code are barriers
// unless they are elidable; those are left out.
//
// Django 6.1 django/db/migrations/optimizer.py.
func Optimize(ops []Operation, app string) []Operation {
	for {
		next := optimizeOnce(ops, app)
		if len(next) == len(ops) && slices.EqualFunc(next, ops, func(a, b Operation) bool { return a.Describe() == b.Describe() && source(a) == source(b) }) {
			return next
		}
		ops = next
	}
}

func optimizeOnce(ops []Operation, app string) []Operation {
	var out []Operation
	for i, op := range ops {
		right := true
		for j, other := range ops[i+1:] {
			result, folded := reduce(op, other, app)
			if !folded {
				right = right && passes(op, other, app)
				continue
			}
			between := ops[i+1 : i+1+j]
			switch {
			case right:
				out = append(append(out, between...), result...)
			case !slices.ContainsFunc(between, func(o Operation) bool { return !passes(o, other, app) }):
				out = append(append(out, result...), between...)
			default:
				goto keep
			}
			return append(out, ops[i+j+2:]...)
		}
	keep:
		out = append(out, op)
	}
	return out
}

// target is what an operation works on: a model, and a field of it.
func targetOf(op Operation) (model, field string) {
	switch op := inner(op).(type) {
	case CreateModel:
		return op.Name, ""
	case DeleteModel:
		return op.Name, ""
	case RenameModel:
		return op.Old, ""
	case AlterModelTable:
		return op.Model, ""
	case AlterModelTableComment:
		return op.Model, ""
	case AlterModelOptions:
		return op.Model, ""
	case AlterUniqueTogether:
		return op.Model, ""
	case AddField:
		return op.Model, op.Field.Name
	case AlterField:
		return op.Model, op.Field.Name
	case RemoveField:
		return op.Model, op.Name
	case RenameField:
		return op.Model, op.Old
	case AddIndex:
		return op.Model, ""
	case RemoveIndex:
		return op.Model, ""
	case RenameIndex:
		return op.Model, ""
	case AddConstraint:
		return op.Model, ""
	case RemoveConstraint:
		return op.Model, ""
	case AlterConstraint:
		return op.Model, ""
	case AddIndexConcurrently:
		return op.Model, ""
	case RemoveIndexConcurrently:
		return op.Model, ""
	case AddConstraintNotValid:
		return op.Model, ""
	case ValidateConstraint:
		return op.Model, ""
	case Backfill:
		return op.Model, ""
	case AlterIndexTogether:
		return op.Model, ""
	case AlterModelManagers:
		return op.Model, ""
	case AlterOrderWithRespectTo:
		return op.Model, ""
	}
	return "", ""
}

// labels are the models that an operation speaks of; all is true for those of which that is not known.
func labels(op Operation, app string) (list []string, all bool) {
	model, _ := targetOf(op)
	if model == "" {
		return nil, true
	}
	list = []string{stateKey(app, model)}
	fields := func(fs ...schema.Field) {
		for _, f := range fs {
			if f.Rel != nil && f.Rel.To != "self" {
				list = append(list, low(f.Rel.To))
				if f.Rel.Through != "" {
					list = append(list, low(f.Rel.Through))
				}
			}
		}
	}
	switch op := op.(type) {
	case Online:
		return labels(op.Operation, app)
	case RenameModel:
		list = append(list, stateKey(app, op.New))
	case CreateModel:
		fields(op.Fields...)
		for _, base := range op.Bases {
			list = append(list, low(base))
		}
	case AddField:
		fields(op.Field)
	case AlterField:
		fields(op.Field)
	}
	return list, false
}

// passes says that two operations may change places.
func passes(a, b Operation, app string) bool {
	la, allA := labels(a, app)
	lb, allB := labels(b, app)
	_, goneA := a.(DeleteModel)
	_, goneB := b.(DeleteModel)
	if allA || allB || goneA || goneB { // a model that goes may point to any other
		return false
	}
	if aboutTable(a) && aboutTable(b) && !sameType(a, b) {
		return true
	}
	ma, fa := targetOf(a)
	mb, fb := targetOf(b)
	if fa != "" && fb != "" && strings.EqualFold(ma, mb) { // two fields of one model
		ra, okA := a.(RenameField)
		rb, okB := b.(RenameField)
		if okA && (ra.New == fb || okB && ra.New == rb.New) || okB && rb.New == fa {
			return false
		}
		return fa != fb && len(la) == 1 && len(lb) == 1
	}
	return !slices.ContainsFunc(la, func(l string) bool { return slices.Contains(lb, l) })
}

// aboutTable says that an operation changes the table as a whole and nothing that others of its sort look at.
func aboutTable(op Operation) bool {
	switch op.(type) {
	case AlterModelTable, AlterModelTableComment, AlterModelOptions, AlterModelManagers:
		return true
	}
	return false
}

func elidable(op Operation) bool {
	e, ok := op.(Elider)
	return ok && e.IsElidable()
}

// reduce makes one operation of two, or none, or says that it cannot.
func reduce(a, b Operation, app string) ([]Operation, bool) {
	switch {
	case elidable(a):
		return []Operation{b}, true
	case elidable(b):
		return []Operation{a}, true
	}
	if r, ok := a.(Reducer); ok {
		if out, ok := r.Reduce(b, app); ok {
			return out, true
		}
	}
	_, onlineA := a.(Online)
	if _, onlineB := b.(Online); onlineA || onlineB {
		return reduceOnline(inner(a), inner(b), app)
	}
	ma, fa := targetOf(a)
	mb, fb := targetOf(b)
	if ma == "" || mb == "" {
		return nil, false
	}
	if r, ok := a.(RenameModel); ok {
		if s, ok := b.(RenameModel); ok && strings.EqualFold(r.New, s.Old) {
			if r.Old == s.New {
				return nil, true
			}
			return []Operation{RenameModel{r.Old, s.New}}, true
		}
		return nil, false
	}
	if !strings.EqualFold(ma, mb) {
		return nil, false
	}
	if c, ok := a.(CreateModel); ok {
		return foldIntoCreate(c, b, app)
	}
	if _, ok := b.(DeleteModel); ok {
		return []Operation{b}, true
	}
	if fa != "" && fb != "" {
		return reduceField(a, b, fa, fb)
	}
	return reduceOption(a, b)
}

// reduceOnline is reduce for operations of which one was Online: what is left of them is too, but for those that work on
// tables that nobody uses.
func reduceOnline(a, b Operation, app string) ([]Operation, bool) {
	out, ok := reduce(a, b, app)
	for i, op := range out {
		switch op.(type) {
		case CreateModel, DeleteModel, RemoveField, RemoveConstraint:
		default:
			out[i] = Online{op}
		}
	}
	return out, ok
}

// foldIntoCreate makes the model as it is after the second operation.
func foldIntoCreate(c CreateModel, b Operation, app string) ([]Operation, bool) {
	if _, ok := b.(DeleteModel); ok {
		return nil, true
	}
	s := NewState()
	name := c.Name
	if r, ok := b.(RenameModel); ok {
		name = r.New
	}
	if f, ok := b.(AddField); ok && f.Field.Kind == schema.ManyToMany && f.Field.Rel.Through != "" {
		return nil, false // the model in between comes later
	}
	if c.State(s, app) != nil || b.State(s, app) != nil {
		return nil, false
	}
	m := s.Model(app, name)
	if m == nil {
		return nil, false
	}
	out := CreateModel{Name: name, Fields: withoutPlace(m.Fields, &m.Options), Bases: m.Bases, Options: m.Options}
	if !m.Proxy && m.Table != schema.DefaultTable(app, name) {
		out.Table = m.Table
	}
	return []Operation{out}, true
}

func reduceField(a, b Operation, fa, fb string) ([]Operation, bool) {
	if r, ok := a.(RenameField); ok {
		s, ok := b.(RenameField)
		if !ok || r.New != s.Old {
			return nil, false
		}
		if r.Old == s.New {
			return nil, true
		}
		return []Operation{RenameField{r.Model, r.Old, s.New}}, true
	}
	if fa != fb {
		return nil, false
	}
	switch a := a.(type) {
	case AddField:
		switch b := b.(type) {
		case AlterField:
			a.Field = b.Field
			return []Operation{a}, true
		case RemoveField:
			return nil, true
		case RenameField:
			a.Field.Name = b.New
			return []Operation{a}, true
		}
	case AlterField:
		switch b := b.(type) {
		case AlterField:
			if b.OneOff == nil {
				b.OneOff = a.OneOff
			}
			return []Operation{b}, true
		case RemoveField:
			return []Operation{b}, true
		case RenameField:
			if a.Field.Column == "" {
				a.Field.Name = b.New
				return []Operation{b, a}, true
			}
		}
	}
	return nil, false
}

func reduceOption(a, b Operation) ([]Operation, bool) {
	switch a := a.(type) {
	case AlterModelTable, AlterModelTableComment, AlterModelOptions, AlterUniqueTogether, AlterIndexTogether, AlterModelManagers, AlterOrderWithRespectTo:
		if category(a) == category(b) && sameType(a, b) {
			return []Operation{b}, true
		}
	case AddIndexConcurrently:
		switch dropped, now := indexLater(a.Index.Name, b); {
		case dropped:
			return nil, true
		case now != "":
			a.Index.Name = now
			return []Operation{a}, true
		}
	case AddConstraintNotValid:
		switch b := b.(type) {
		case ValidateConstraint:
			return []Operation{AddConstraint(a)}, b.Name == a.Constraint.Name
		case RemoveConstraint:
			return nil, b.Name == a.Constraint.Name
		}
	case AddIndex:
		switch dropped, now := indexLater(a.Index.Name, b); {
		case dropped:
			return nil, true
		case now != "":
			a.Index.Name = now
			return []Operation{a}, true
		}
	case RenameIndex:
		switch b := b.(type) {
		case RenameIndex:
			if a.New == b.Old {
				return []Operation{RenameIndex{a.Model, a.Old, b.New}}, true
			}
		case RemoveIndex:
			if a.New == b.Name {
				return []Operation{RemoveIndex{a.Model, a.Old}}, true
			}
		case RemoveIndexConcurrently:
			if a.New == b.Name {
				return []Operation{RemoveIndexConcurrently{a.Model, a.Old}}, true
			}
		}
	case AddConstraint:
		switch b := b.(type) {
		case ValidateConstraint:
			return []Operation{a}, b.Name == a.Constraint.Name
		case RemoveConstraint:
			return nil, b.Name == a.Constraint.Name
		case AlterConstraint:
			if b.Constraint.Name == a.Constraint.Name {
				return []Operation{AddConstraint(b)}, true
			}
		}
	case AlterConstraint:
		switch b := b.(type) {
		case AlterConstraint:
			return []Operation{b}, b.Constraint.Name == a.Constraint.Name
		case RemoveConstraint:
			return []Operation{b}, b.Name == a.Constraint.Name
		}
	}
	return nil, false
}

// indexLater says what a later operation does to an index: it drops it, or gives it another name.
func indexLater(name string, b Operation) (dropped bool, now string) {
	switch b := b.(type) {
	case RemoveIndex:
		return b.Name == name, ""
	case RemoveIndexConcurrently:
		return b.Name == name, ""
	case RenameIndex:
		if b.Old == name {
			return false, b.New
		}
	}
	return false, ""
}

func sameType(a, b Operation) bool { return reflect.TypeOf(a) == reflect.TypeOf(b) }
