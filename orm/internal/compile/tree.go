package compile

import (
	"github.com/nuages-go/nuages/orm/expr"
)

// truth is what is known of a condition before it runs.
type truth int8

const (
	unknown     truth = 0
	alwaysTrue  truth = 1
	alwaysFalse truth = -1
)

// rwhere is a resolved condition: a leaf with a write function, or a group.
type rwhere struct {
	op      expr.Op // AndOp, OrOp, XorOp; 0 for a leaf
	negated bool
	kids    []rwhere
	write   func(w *writer)
	known   truth // of a leaf
	agg     bool  // holds an aggregate: belongs to HAVING
	window  bool  // holds a window function
	groups  []*rexpr
	// sealed says that the condition is whole and its state known: is.
	sealed bool
	is     truth
}

// seal finds the states of all parts once: a condition that is being written asks for them at each level.
func (n *rwhere) seal() {
	for i := range n.kids {
		n.kids[i].seal()
	}
	n.is, n.sealed = n.state(), true
}

// state says whether the condition is known to hold, or not to.
func (n *rwhere) state() truth {
	if n.sealed {
		return n.is
	}
	var s truth
	switch {
	case n.op == 0 && n.write == nil && n.known == unknown:
		s = alwaysTrue // nothing asked
	case n.op == 0:
		s = n.known
	default:
		full, empty := 0, 0
		for i := range n.kids {
			switch n.kids[i].state() {
			case alwaysTrue:
				full++
			case alwaysFalse:
				empty++
			}
		}
		switch {
		case n.op == expr.AndOp && empty > 0, n.op == expr.OrOp && len(n.kids) > 0 && empty == len(n.kids):
			s = alwaysFalse
		case n.op == expr.AndOp && full == len(n.kids), n.op == expr.OrOp && full > 0, len(n.kids) == 0:
			s = alwaysTrue
		case n.op == expr.XorOp && full+empty == len(n.kids):
			s = alwaysFalse
			if full%2 == 1 {
				s = alwaysTrue
			}
		}
	}
	if n.negated {
		s = -s
	}
	return s
}

func (n *rwhere) isEmpty() bool { return n.op == 0 && n.write == nil && n.known == unknown }

func (n *rwhere) hasAgg() bool {
	if n.agg {
		return true
	}
	for i := range n.kids {
		if n.kids[i].hasAgg() {
			return true
		}
	}
	return false
}

func (n *rwhere) hasWindow() bool {
	if n.window {
		return true
	}
	for i := range n.kids {
		if n.kids[i].hasWindow() {
			return true
		}
	}
	return false
}

func (n *rwhere) columns(into []*rexpr) []*rexpr {
	into = append(into, n.groups...)
	for i := range n.kids {
		into = n.kids[i].columns(into)
	}
	return into
}

// split takes the condition apart: what rows must hold, what groups must hold, and what needs window functions.
func (n *rwhere) split() (where, having, qualify rwhere) {
	if !n.hasAgg() && !n.hasWindow() {
		return *n, rwhere{}, rwhere{}
	}
	if n.op == expr.AndOp && !n.negated {
		where, having, qualify = rwhere{op: expr.AndOp}, rwhere{op: expr.AndOp}, rwhere{op: expr.AndOp}
		for i := range n.kids {
			w, h, q := n.kids[i].split()
			if !w.isEmpty() {
				where.kids = append(where.kids, w)
			}
			if !h.isEmpty() {
				having.kids = append(having.kids, h)
			}
			if !q.isEmpty() {
				qualify.kids = append(qualify.kids, q)
			}
		}
		return none(where), none(having), none(qualify)
	}
	if n.hasWindow() {
		return rwhere{}, rwhere{}, *n
	}
	return rwhere{}, *n, rwhere{}
}

func none(n rwhere) rwhere {
	if len(n.kids) == 0 {
		return rwhere{}
	}
	return n
}

// clause writes the keyword and the condition, if there is anything to say.
func (n *rwhere) clause(w *writer, keyword string) {
	if n.isEmpty() || n.state() == alwaysTrue {
		return
	}
	w.str(keyword)
	if n.op == expr.AndOp && !n.negated {
		n.join(w, " AND ")
		return
	}
	n.sql(w)
}

// sql writes the condition. Parts that are known are left out.
func (n *rwhere) sql(w *writer) {
	switch n.state() {
	case alwaysTrue:
		w.str("1 = 1")
		return
	case alwaysFalse:
		w.str("1 = 0")
		return
	}
	if n.negated {
		w.str("NOT ")
	}
	if n.op == 0 {
		if n.negated {
			w.str("(")
		}
		n.write(w)
		if n.negated {
			w.str(")")
		}
		return
	}
	if n.op == expr.XorOp {
		n.parity(w)
		return
	}
	live := 0
	for i := range n.kids {
		if n.kids[i].state() == unknown {
			live++
		}
	}
	paren := n.negated || live > 1
	if paren {
		w.str("(")
	}
	if n.op == expr.AndOp {
		n.join(w, " AND ")
	} else {
		n.join(w, " OR ")
	}
	if paren {
		w.str(")")
	}
}

func (n *rwhere) join(w *writer, word string) {
	if len(n.kids) > wide && w.d.Name == "sqlite" {
		live := make([]*rwhere, 0, len(n.kids))
		for i := range n.kids {
			if n.kids[i].state() == unknown {
				live = append(live, &n.kids[i])
			}
		}
		balanced(w, live, word, (*rwhere).sql)
		return
	}
	first := true
	for i := range n.kids {
		if n.kids[i].state() != unknown {
			continue
		}
		if !first {
			w.str(word)
		}
		first = false
		n.kids[i].sql(w)
	}
}

// wide is the number of conditions in a row that SQLite takes without brackets: it reads a AND b AND c as (a AND b) AND c,
// and refuses expressions that are more than 1000 deep.
const wide = 200

// balanced writes conditions in brackets of equal size, so that the expression is as deep as its logarithm.
func balanced(w *writer, list []*rwhere, word string, write func(n *rwhere, w *writer)) {
	if len(list) <= wide {
		for i, n := range list {
			if i > 0 {
				w.str(word)
			}
			write(n, w)
		}
		return
	}
	size := (len(list) + wide - 1) / wide
	for i := 0; i < len(list); i += size {
		if i > 0 {
			w.str(word)
		}
		w.str("(")
		balanced(w, list[i:min(i+size, len(list))], word, write)
		w.str(")")
	}
}

// parity writes XOR for databases without one: an odd number of the conditions hold.
func (n *rwhere) parity(w *writer) {
	w.str("(")
	list := make([]*rwhere, len(n.kids))
	for i := range n.kids {
		list[i] = &n.kids[i]
	}
	balanced(w, list, " + ", func(n *rwhere, w *writer) {
		w.str("CASE WHEN ")
		n.sql(w)
		w.str(" THEN 1 ELSE 0 END")
	})
	w.str(") % 2 = 1")
}
