package orm_test

import (
	"fmt"
	"strings"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/expr"
)

// applyShape applies the steps that name relations: joins with conditions, and slices of prefetched lists.
func applyShape[T any](q orm.Query[T], s []any) (orm.Query[T], bool) {
	switch s[0] {
	case "filtered":
		return joinFiltered(q, s[2].(string), s[3].(map[string]any)), true
	case "filtered_filter":
		return q.Filter(columnPreds(joinedRow(q), s[2].(map[string]any))...), true
	case "filtered_exclude":
		return q.Exclude(columnPreds(joinedRow(q), s[2].(map[string]any))...), true
	case "filtered_annotate":
		e := s[3].(map[string]any)
		a := aggregate(e).(*expr.Aggregate)
		a.Of = orm.ColumnNode(joinedRow(q), e["of"].(string))
		return q.Annotate(orm.Named(s[2].(string), orm.Node[any](a))), true
	case "filtered_order":
		o := expr.Order{Node: orm.ColumnNode(joinedRow(q), s[2].(string)), Desc: s[3].(bool)}
		return q.OrderBy(orm.OrdersOf([]expr.Order{o, {Name: "pk"}})...), true
	case "prefetch_slice":
		return prefetchSlice(q, s[1].(string), sub(s[2])), true
	}
	return q, false
}

// The rows of joins with conditions.
var (
	joinedTag    = orm.Other[newsroom.Tag]()
	joinedAuthor = orm.Other[newsroom.Author]()
	joinedStory  = orm.Other[newsroom.Story]()
	joinedReview = orm.Other[newsroom.Review]()
)

func joinFiltered[T any](q orm.Query[T], rel string, on map[string]any) orm.Query[T] {
	st, au := orm.Fields[newsroom.Story](), orm.Fields[newsroom.Author]()
	switch orm.QuerySpec(q).Model.GoName() + "." + rel {
	case "Story.tags":
		return q.LeftJoin(orm.FilteredRelation(&st.Tags, joinedTag, columnPreds(joinedTag, on)...))
	case "Story.reviewers":
		return q.LeftJoin(orm.FilteredRelation(&st.Reviewers, joinedAuthor, columnPreds(joinedAuthor, on)...))
	case "Story.author":
		return q.LeftJoin(orm.FilteredRelation(&st.Author, joinedAuthor, columnPreds(joinedAuthor, on)...))
	case "Story.editor":
		return q.LeftJoin(orm.FilteredRelation(&st.Editor, joinedAuthor, columnPreds(joinedAuthor, on)...))
	case "Story.related":
		return q.LeftJoin(orm.FilteredRelation(&st.Related, joinedStory, columnPreds(joinedStory, on)...))
	case "Story.review":
		return q.LeftJoin(orm.FilteredRelation(&st.Reviews, joinedReview, columnPreds(joinedReview, on)...))
	case "Author.stories":
		return q.LeftJoin(orm.FilteredRelation(&au.Stories, joinedStory, columnPreds(joinedStory, on)...))
	case "Author.students":
		return q.LeftJoin(orm.FilteredRelation(&au.Students, joinedAuthor, columnPreds(joinedAuthor, on)...))
	case "Author.mentor":
		return q.LeftJoin(orm.FilteredRelation(&au.Mentor, joinedAuthor, columnPreds(joinedAuthor, on)...))
	}
	panic("no relation " + orm.QuerySpec(q).Model.GoName() + "." + rel)
}

// joinedRow names the columns of the one table that the query joins.
func joinedRow[T any](q orm.Query[T]) any {
	ref := orm.QuerySpec(q).Joins[0].Ref
	for _, row := range []any{joinedTag, joinedAuthor, joinedStory, joinedReview} {
		if orm.RefOf(row) == ref {
			return row
		}
	}
	panic("the query joins nothing")
}

// columnPreds are conditions on columns of a reference value, by the names of the columns.
func columnPreds(row any, conds map[string]any) []orm.Predicate {
	var out []orm.Predicate
	for _, k := range sortedKeys(conds) {
		name, look, _ := strings.Cut(k, "__")
		op := expr.Exact
		if look != "" {
			var ok bool
			if op, ok = expr.OpNamed(look); !ok {
				panic(fmt.Sprint("no look-up ", look))
			}
		}
		p := orm.LookupPred(orm.Lookup("pk", val(conds[k]))) // for its value
		out = append(out, orm.PredOf(expr.Pred{Op: op, Left: orm.ColumnNode(row, name), Val: p.Val}))
	}
	return out
}

// prefetchSlice loads a relation by a query of its own.
func prefetchSlice[T any](q orm.Query[T], rel string, part *expr.Query) orm.Query[T] {
	switch q := any(q).(type) {
	case orm.Query[newsroom.Author]:
		if rel == "stories" {
			return any(orm.PrefetchQuery(q, &orm.Fields[newsroom.Author]().Stories, orm.QueryOf[newsroom.Story](part))).(orm.Query[T])
		}
	case orm.Query[newsroom.Story]:
		if rel == "tags" {
			return any(orm.PrefetchQuery(q, &orm.Fields[newsroom.Story]().Tags, orm.QueryOf[newsroom.Tag](part))).(orm.Query[T])
		}
	}
	panic(fmt.Sprint("no relation ", rel))
}
