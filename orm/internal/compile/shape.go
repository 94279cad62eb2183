package compile

import (
	"encoding/binary"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
)

// appendComputed appends what decides an expression's SQL. It reports false for expressions that hold values: their
// statement serves one query only.
func appendComputed(b []byte, n expr.Node) ([]byte, bool) {
	switch n := n.(type) {
	case expr.Outer:
		return appendNode(append(b, 'o'), n.Of)
	case expr.Typed:
		return appendNode(append(b, 't', byte(n.Kind)), n.Of)
	case *expr.Aggregate:
		if n.Filter != nil || n.Default != nil || len(n.OrderBy) > 0 || n.Extra != nil {
			return b, false
		}
		b = append(appendText(append(b, 'a'), n.Name), flags(n.Distinct, n.Sample, n.Of != nil))
		if n.Of == nil {
			return b, true
		}
		return appendNode(b, n.Of)
	case expr.Subquery:
		return appendInner(append(b, 's', byte(n.Out)), n.Query)
	}
	return b, false
}

// appendInner is AppendShape for a query inside an expression. Its conditions may hold no values but that of IS NULL, for a
// compiled statement takes new values for the outer query's conditions only.
func appendInner(b []byte, q *expr.Query) ([]byte, bool) {
	for i := range q.Where {
		for j := range q.Where[i].Preds {
			if p := &q.Where[i].Preds[j]; p.Right == nil && p.Op != expr.IsNull {
				return b, false
			}
		}
	}
	if q.Sliced && q.Offset > 0 {
		return b, false
	}
	plain := *q
	plain.Values, plain.GroupBy, plain.HasGroup = nil, nil, false
	b, ok := AppendShape(b, &plain)
	b = append(b, flags(q.Values != nil, q.HasGroup))
	b = binary.AppendUvarint(b, uint64(len(q.Values)))
	for i := range q.Values {
		if ok {
			b, ok = appendAnnotation(b, &q.Values[i])
		}
	}
	b = binary.AppendUvarint(b, uint64(len(q.GroupBy)))
	for _, n := range q.GroupBy {
		if ok {
			b, ok = appendNode(b, n)
		}
	}
	return append(b, ';'), ok
}

func appendAnnotation(b []byte, a *expr.Annotation) ([]byte, bool) {
	b = append(b, 'a', byte(a.After), flags(a.Hidden))
	b = append(append(b, a.Name...), 0)
	b = appendPointer(b, a.Field)
	return appendNode(b, a.Node)
}

// appendRight appends a comparison of two expressions.
func appendRight(b []byte, p *expr.Pred) ([]byte, bool) {
	if p.Val.Kind != dialect.Null || p.Op == expr.Dynamic {
		return b, false
	}
	ok := true
	if b = append(b, 'R'); p.Path != nil {
		b = appendPointer(append(b, 'P'), p.Path)
	} else {
		b, ok = appendNode(b, p.Left)
	}
	if !ok {
		return b, false
	}
	return appendNode(b, p.Right)
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
