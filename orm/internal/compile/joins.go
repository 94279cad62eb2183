package compile

import (
	"slices"
	"strconv"

	"github.com/nuages-go/nuages/orm/internal/plan"
)

// alias is one table in the FROM clause.
type alias struct {
	name, table string
	model       *plan.Model
	parent      int
	leftColumn  string
	rightColumn string
	more        []plan.ColumnPair // further columns that are joined
	left        bool              // LEFT OUTER JOIN
	nullable    bool
	refs        int
	base        bool
	multi       bool // one row of the parent may have many here
	// src is set for what is not a plain table or has conditions of its own.
	src *source
}

// pairs are the columns that the table is joined by.
func (a *alias) pairs() []plan.ColumnPair {
	return append([]plan.ColumnPair{{From: a.leftColumn, To: a.rightColumn}}, a.more...)
}

// writeJoin writes what the table is joined by.
func (a *alias) writeJoin(w *writer, parent string) {
	w.qualified(parent, a.leftColumn)
	w.str(" = ")
	w.qualified(a.name, a.rightColumn)
	for _, p := range a.more {
		w.str(" AND ")
		w.qualified(parent, p.From)
		w.str(" = ")
		w.qualified(a.name, p.To)
	}
}

// reuse is the set of many-valued joins that the conditions of one Filter call share.
type reuse map[int]bool

func (b *builder) addBase() {
	table := b.model.TableIn(b.c.D.MaxName)
	a := &alias{name: table, table: table, model: b.model, base: true, refs: 1}
	if b.depth > 0 {
		a.name = b.prefix() + "0"
	}
	b.aliases = append(b.aliases, a)
	b.used = map[string]bool{a.name: true}
}

// prefix is the letter of the aliases of a subquery: U, V, W ...
func (b *builder) prefix() string {
	p := ""
	for d := b.depth; d > 0; d -= 6 {
		p += string(rune('T' + min(d, 6)))
	}
	return p
}

// join adds a table, or finds the one that is there already. Many-valued joins are found only among those of the same
// Filter call: that is what makes Filter(a, b) differ from Filter(a).Filter(b).
//
// Django 6.1 django/db/models/sql/query.py join.
func (b *builder) join(parent int, m *plan.Model, table, left, right string, more []plan.ColumnPair, nullable, multi bool, can reuse) int {
	for i := len(b.aliases) - 1; i > 0; i-- {
		a := b.aliases[i]
		if a.src != nil || a.parent != parent || a.table != table || a.leftColumn != left || a.rightColumn != right || !slices.Equal(a.more, more) {
			continue
		}
		if multi && can != nil && !can[i] {
			continue
		}
		a.refs++
		return i
	}
	a := &alias{
		table: table, model: m, parent: parent, leftColumn: left, rightColumn: right, more: more, nullable: nullable, refs: 1, multi: multi,
		left: nullable || b.aliases[parent].left,
	}
	switch {
	case b.depth > 0:
		a.name = b.prefix() + strconv.Itoa(len(b.aliases))
	case b.used[table]:
		a.name = "T" + strconv.Itoa(len(b.aliases)+1)
	default:
		a.name = table
	}
	b.used[a.name] = true
	b.aliases = append(b.aliases, a)
	return len(b.aliases) - 1
}

// walk joins the tables of the relations and returns the aliases passed, beginning with the base.
func (b *builder) walk(steps []*plan.Relation, can reuse) []int { return b.walkFrom(0, steps, can) }

// walkFrom is walk from another table than the base.
func (b *builder) walkFrom(at int, steps []*plan.Relation, can reuse) []int {
	joins := []int{at}
	for _, rel := range steps {
		if rel.Kind == plan.Many || rel.Kind == plan.ManyBack {
			at = b.join(at, rel.Through, rel.Through.TableIn(b.c.D.MaxName), rel.FromColumn, rel.Left, nil, true, true, can)
			joins = append(joins, at)
			at = b.join(at, rel.To, rel.To.TableIn(b.c.D.MaxName), rel.Right, rel.ToColumn, nil, false, false, can)
			joins = append(joins, at)
			continue
		}
		at = b.join(at, rel.To, rel.To.TableIn(b.c.D.MaxName), rel.FromColumn, rel.ToColumn, rel.More, rel.Null || rel.Kind != plan.Forward, rel.Multi(), can)
		joins = append(joins, at)
	}
	return joins
}

// trim leaves out the last join when the column wanted is the one that joins: author__id is author_id, tags__id is
// the column of the table between.
func (b *builder) trim(steps []*plan.Relation, joins []int, column string) ([]int, string, bool) {
	trimmed := false
	for i := len(steps) - 1; i >= 0; i-- {
		rel := steps[i]
		last := b.aliases[joins[len(joins)-1]]
		if rel.Kind == plan.Forward {
			own := near(rel, column)
			if own == "" || !trims(rel) {
				break
			}
			last.refs--
			joins, column, trimmed = joins[:len(joins)-1], own, true
			continue
		}
		if column != last.rightColumn {
			break
		}
		switch rel.Kind {
		case plan.Many, plan.ManyBack:
			last.refs--
			joins, column, trimmed = joins[:len(joins)-1], rel.Right, true
		}
		break
	}
	return joins, column, trimmed
}

// promote makes joins outer, and those that hang on them.
//
// Django 6.1 django/db/models/sql/query.py promote_joins.
func (b *builder) promote(list []int) {
	for len(list) > 0 {
		i := list[0]
		list = list[1:]
		a := b.aliases[i]
		if a.base || a.left || !a.nullable && !b.aliases[a.parent].left {
			continue
		}
		a.left = true
		for j, child := range b.aliases {
			if !child.base && child.parent == i {
				list = append(list, j)
			}
		}
	}
}

// demote makes joins inner, and those that they hang on.
func (b *builder) demote(list []int) {
	for len(list) > 0 {
		i := list[0]
		list = list[1:]
		a := b.aliases[i]
		if a.base || !a.left {
			continue
		}
		a.left = false
		list = append(list, a.parent)
	}
}

// votes decides which joins of a group of conditions may be inner: those that every branch of an OR needs, and all that an
// AND needs.
//
// Django 6.1 django/db/models/sql/query.py JoinPromoter.
type votes struct {
	or, xor bool
	kids    int
	count   map[int]int
}

func newVotes(or, xor, negated bool, kids int) *votes {
	if negated && !xor {
		or = !or
	}
	return &votes{or: or, xor: xor, kids: kids, count: map[int]int{}}
}

func (v *votes) add(joins map[int]bool) {
	for j := range joins {
		v.count[j]++
	}
}

func (v *votes) settle(b *builder) map[int]bool {
	var up, down []int
	need := map[int]bool{}
	for j := range b.aliases {
		n := v.count[j]
		if n == 0 {
			continue
		}
		if (v.or || v.xor) && n < v.kids {
			up = append(up, j)
		}
		if !v.or && !v.xor || v.or && n == v.kids {
			down = append(down, j)
			need[j] = true
		}
	}
	b.promote(up)
	b.demote(down)
	return need
}
