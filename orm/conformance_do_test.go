package orm_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/expr"
)

// do runs the terminal call of a case and returns what it shows.
func do[T any](ctx context.Context, c *conformanceCase) (any, error) {
	q, sh := build(orm.Objects[T](), c.Steps)
	switch c.Do {
	case "":
		if len(c.Follow) > 0 {
			return follow(ctx, q, c)
		}
		return list(ctx, q, sh)
	case "count":
		if sh.dates != nil {
			list, err := sh.dates(ctx)
			return len(list), err
		}
		return q.Count(ctx)
	case "exists":
		return q.Exists(ctx)
	case "first":
		return orNil(q.First(ctx))
	case "last":
		return orNil(q.Last(ctx))
	case "latest", "earliest":
		if names, ok := c.Args.([]any); ok && len(names) > 0 {
			o, err := orm.LatestByName(ctx, q, c.Do == "latest", strs(names)...)
			return object(o), err
		}
		f := q.Latest
		if c.Do == "earliest" {
			f = q.Earliest
		}
		o, err := f(ctx)
		if err != nil {
			return nil, err
		}
		return object(o), nil
	case "get":
		o, err := q.Get(ctx, orm.PredOf(cond(c.Args)))
		if err != nil {
			return nil, err
		}
		return object(o), nil
	case "contains":
		o, err := orm.Objects[T]().Get(ctx, orm.Lookup("pk", val(c.Args)))
		if err != nil {
			return nil, err
		}
		return q.Contains(ctx, o)
	case "in_bulk":
		return inBulk(ctx, q, c)
	case "aggregate":
		m := c.Args.(map[string]any)
		var picks []orm.Pick
		for _, k := range sortedKeys(m) {
			picks = append(picks, orm.Named(k, orm.Node[any](node(m[k]))))
		}
		return q.AggregateByName(ctx, picks...)
	}
	got, err := write(ctx, q, c)
	if err != nil || c.Then == nil {
		return got, err
	}
	then, err := runThen(ctx, c.Then)
	return map[string]any{"returned": got, "then": then}, err
}

func orNil[T any](o *T, err error) (any, error) {
	if errors.Is(err, orm.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return object(o), nil
}

func inBulk[T any](ctx context.Context, q orm.Query[T], c *conformanceCase) (any, error) {
	keys := c.Args.([]any)[0].([]any)
	name, _ := c.Kwargs["field_name"].(string)
	switch q := any(q).(type) {
	case orm.Query[newsroom.Story]:
		if name == "section" {
			return bulk(ctx, q, &orm.Fields[newsroom.Story]().Section, []newsroom.Section{"a"})
		}
		return bulk(ctx, q, &orm.Fields[newsroom.Story]().ID, nums(keys))
	case orm.Query[newsroom.Author]:
		return bulk(ctx, q, &orm.Fields[newsroom.Author]().ID, nums(keys))
	case orm.Query[newsroom.Tag]:
		if name == "slug" {
			return bulk(ctx, q, &orm.Fields[newsroom.Tag]().Slug, strs(keys))
		}
		return bulk(ctx, q, &orm.Fields[newsroom.Tag]().ID, nums(keys))
	}
	return nil, fmt.Errorf("in_bulk of %T", q)
}

func bulk[T any, K comparable](ctx context.Context, q orm.Query[T], f *K, keys []K) (any, error) {
	m, err := orm.InBulk(ctx, q, f, keys...)
	out := map[string]any{}
	for k, o := range m {
		out[fmt.Sprint(k)] = object(o)
	}
	return out, err
}

func nums(list []any) []int64 {
	out := make([]int64, len(list))
	for i, x := range list {
		out[i] = num(x)
	}
	return out
}

func write[T any](ctx context.Context, q orm.Query[T], c *conformanceCase) (any, error) {
	assign := func(m map[string]any) []orm.Assignment {
		var set []orm.Assignment
		for _, k := range sortedKeys(m) {
			v := val(m[k])
			if n, ok := v.(expr.Node); ok {
				v = orm.Node[any](n)
			}
			set = append(set, orm.SetByName(k, v))
		}
		return set
	}
	fill := func(obj *T, m map[string]any) error {
		if a, ok := any(obj).(*newsroom.Author); ok && a.Email == "" {
			a.Active = true // Python's default, which a false of Go would be taken for
		}
		for _, k := range sortedKeys(m) {
			if err := orm.SetField(obj, k, val(m[k])); err != nil {
				return err
			}
		}
		return nil
	}
	args, _ := c.Args.(map[string]any)
	switch c.Do {
	case "update":
		return q.Update(ctx, assign(args)...)
	case "delete":
		d, err := q.Delete(ctx)
		by := map[string]any{}
		for k, n := range d.ByModel {
			by[k] = n
		}
		return []any{d.Total, by}, err
	case "create":
		obj := new(T)
		if err := fill(obj, args); err != nil {
			return nil, err
		}
		err := q.Create(ctx, obj)
		return map[string]any{"pk_set": reflect.ValueOf(obj).Elem().FieldByName("ID").Int() > 0}, err
	case "bulk_create":
		var objs []*T
		for _, r := range c.Rows {
			obj := new(T)
			if err := fill(obj, r.(map[string]any)); err != nil {
				return nil, err
			}
			objs = append(objs, obj)
		}
		var o orm.BulkOptions
		o.IgnoreConflicts = c.Kwargs["ignore_conflicts"] == true
		if c.Kwargs["update_conflicts"] == true {
			t := orm.Fields[newsroom.Tag]()
			o.UniqueFields, o.UpdateFields = []any{&t.Slug}, []any{&t.Label}
		}
		return map[string]any{"count": len(objs)}, q.BulkCreate(ctx, objs, o)
	case "bulk_update":
		return q.Update(ctx, assign(args)...) // the case gives all objects the same expression
	case "get_or_create", "update_or_create":
		obj := new(T)
		if err := errors.Join(fill(obj, args), fill(obj, c.Defaults)); err != nil {
			return nil, err
		}
		find := q.Filter(orm.PredOf(cond(args)))
		var created bool
		var err error
		if c.Do == "get_or_create" {
			_, created, err = find.GetOrCreate(ctx, obj)
		} else {
			_, created, err = find.UpdateOrCreate(ctx, obj, assign(c.Defaults)...)
		}
		return map[string]any{"created": created}, err
	}
	return nil, fmt.Errorf("unknown call %q", c.Do)
}

func runThen(ctx context.Context, s *subQuery) (any, error) {
	switch s.Model {
	case "Story":
		return listOf[newsroom.Story](ctx, s.Steps)
	case "Author":
		return listOf[newsroom.Author](ctx, s.Steps)
	case "Tag":
		return listOf[newsroom.Tag](ctx, s.Steps)
	case "Review":
		return listOf[newsroom.Review](ctx, s.Steps)
	case "Profile":
		return listOf[newsroom.Profile](ctx, s.Steps)
	}
	return nil, fmt.Errorf("unknown model %q", s.Model)
}

func listOf[T any](ctx context.Context, steps [][]any) (any, error) {
	q, sh := build(orm.Objects[T](), steps)
	return list(ctx, q, sh)
}

// follow walks attribute paths of the objects, counting the queries.
func follow[T any](ctx context.Context, q orm.Query[T], c *conformanceCase) (any, error) {
	log := &orm.QueryLog{}
	ctx = orm.WithQueryLog(ctx, log)
	objs, err := q.All(ctx)
	if err != nil {
		return nil, err
	}
	var rows []any
	for _, o := range objs {
		row := map[string]any{}
		for _, path := range c.Follow {
			if slices.Contains(orm.Deferred(o), path) { // what Django does when the attribute is read
				ref := reflect.ValueOf(orm.Fields[T]()).Elem().FieldByName(goNames[path])
				if err := orm.Load(ctx, o, ref.Addr().Interface()); err != nil {
					return nil, err
				}
			}
			v, err := attribute(ctx, o, strings.Split(path, "."))
			if err != nil {
				return nil, err
			}
			row[path] = v
		}
		rows = append(rows, row)
	}
	return map[string]any{"rows": rows, "queries": log.Count()}, nil
}

var goNames = map[string]string{"title": "Title", "words": "Words", "body": "Body", "author": "Author", "editor": "Editor", "name": "Name", "mentor": "Mentor", "tags": "Tags", "stories": "Stories", "review_set": "Reviews", "bio": "Bio", "profile": "Profile"}

func attribute(ctx context.Context, o any, path []string) (any, error) {
	name := goNames[path[0]]
	f := reflect.ValueOf(o).Elem().FieldByName(name).Addr().Interface()
	if lazy, ok := f.(interface {
		TemplateValue(ctx context.Context) (any, error)
	}); ok {
		v, err := lazy.TemplateValue(ctx)
		if err != nil || v == nil {
			return nil, err
		}
		if rv := reflect.ValueOf(v); rv.Kind() == reflect.Slice {
			out := []any{}
			for i := range rv.Len() {
				out = append(out, rv.Index(i).Elem().FieldByName("ID").Int())
			}
			return out, nil
		}
		return attribute(ctx, v, path[1:])
	}
	return reflect.ValueOf(f).Elem().Interface(), nil
}
