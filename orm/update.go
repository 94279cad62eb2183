package orm

import (
	"context"
	"slices"

	"github.com/nuages-go/nuages/orm/expr"
)

// Update sets columns of all rows of the query by one statement and returns the number of rows that matched. It does not
// load objects, and AutoNow does not apply.
func (q Query[T]) Update(ctx context.Context, set ...Assignment) (int, error) {
	if len(set) == 0 {
		return 0, nil
	}
	db, s, err := q.writing(ctx)
	if err != nil {
		return 0, err
	}
	q.refuseCombined("update")
	if q.s.Err != nil {
		return 0, q.s.Err
	}
	if err := q.s.Model.Ready(); err != nil {
		return 0, err
	}
	if s.audits(q.s.Model) && !q.s.Sliced {
		n, err := updateAudited(ctx, q.s, assigns(set))
		if err == nil && s.hooks != nil {
			err = s.sendUpdate(ctx, q.s.Model, assigns(set), n, q.s.DB)
		}
		return n, err
	}
	var few [4]expr.Assign // most updates need no more, and no memory
	list := few[:0]
	for i := range set {
		list = append(list, set[i].a)
	}
	if q.s.Model.InParts() && setsParents(q.s.Model, list) {
		rows := q.s // a copy, so that only these queries cost memory
		n, err := updateParts(ctx, &rows, slices.Clone(list))
		if err == nil && s.hooks != nil {
			err = s.sendUpdate(ctx, q.s.Model, slices.Clone(list), n, q.s.DB)
		}
		return n, err
	}
	space := db.args.get()
	st, args, err := db.updateStatement(s, &q.s, list, *space)
	defer func() { db.args.put(space, args) }()
	if err != nil || st.Empty {
		return 0, err
	}
	bound := st.Args
	if args != nil {
		bound = args
	}
	res, err := db.exec(ctx, s, st.SQL, bound)
	if err == nil && s.hooks != nil {
		err = s.sendUpdate(ctx, q.s.Model, slices.Clone(list), int(res.RowsAffected), q.s.DB)
	}
	return int(res.RowsAffected), err
}
