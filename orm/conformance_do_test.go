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

// do runs the terminal call of a case and returns what it shows, with the number of queries if the case asks for it.
func do[T any](ctx context.Context, c *conformanceCase) (any, error) {
	log := &orm.QueryLog{}
	got, err := act[T](orm.WithQueryLog(ctx, log), c)
	if err == nil && c.CountQueries {
		got = map[string]any{"rows": got, "queries": log.Count()}
	}
	if err != nil || c.Then == nil {
		return got, err
	}
	then, err := runThen(ctx, c.Then)
	return map[string]any{"returned": got, "then": then}, err
}

func act[T any](ctx context.Context, c *conformanceCase) (any, error) {
	q, sh := build(orm.Objects[T](), c.Steps)
	switch c.Do {
	case "", "list":
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
	return write(ctx, q, c)
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

// inBulk is in_bulk(keys, field_name=…) by the field's name.
func inBulk[T any](ctx context.Context, q orm.Query[T], c *conformanceCase) (any, error) {
	name, args := "id", c.Kwargs["id_list"]
	if named, ok := c.Kwargs["field_name"].(string); ok && named != "pk" {
		name = named
	}
	if list, ok := c.Args.([]any); ok && len(list) > 0 {
		args = list[0]
	}
	if _, ok := any(q).(orm.Query[newsroom.Profile]); ok && name == "id" {
		name = "author"
	}
	keys, some := args.([]any)
	ref, err := columnRef[T](name)
	if err != nil {
		return nil, err
	}
	switch ref := ref.(type) {
	case *int64:
		return bulk(ctx, q, ref, nums(keys), some)
	case *string:
		return bulk(ctx, q, ref, strs(keys), some)
	case *newsroom.Section:
		sections := make([]newsroom.Section, len(keys))
		for i, k := range keys {
			sections[i] = newsroom.Section(fmt.Sprint(k))
		}
		return bulk(ctx, q, ref, sections, some)
	case *orm.FK[newsroom.Author]:
		return bulk(ctx, q, &ref.ID, nums(keys), some)
	}
	return nil, fmt.Errorf("in_bulk by %s, a %T", name, ref)
}

func bulk[T any, K comparable](ctx context.Context, q orm.Query[T], f *K, keys []K, some bool) (any, error) {
	ask := func() (map[K]*T, error) { return orm.InBulk(ctx, q, f, keys...) }
	if !some {
		ask = func() (map[K]*T, error) { return orm.InBulkAll(ctx, q, f) }
	}
	m, err := ask()
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
			name := strings.TrimSuffix(k, "__exact")
			if strings.Contains(name, "__") { // a look-up says what to find, not what to make
				continue
			}
			if err := orm.SetField(obj, name, val(m[k])); err != nil {
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
		if n, ok := c.Kwargs["batch_size"]; ok && n != nil {
			o.BatchSize = int(num(n))
		}
		for key, into := range map[string]*[]any{"unique_fields": &o.UniqueFields, "update_fields": &o.UpdateFields} {
			names, _ := c.Kwargs[key].([]any)
			refs, err := columnRefs[T](names)
			if err != nil {
				return nil, err
			}
			*into = refs
		}
		return map[string]any{"count": len(objs)}, q.BulkCreate(ctx, objs, o)
	case "bulk_update":
		if len(args) == 0 {
			return nil, errors.New("bulk_update of no field")
		}
		return q.Update(ctx, assign(args)...) // the case gives all objects the same expression
	case "get_or_create", "update_or_create":
		obj, exact := new(T), map[string]any{}
		for k, v := range args { // other look-ups find, but say nothing of a new object
			if k = strings.TrimSuffix(k, "__exact"); !strings.Contains(k, "__") {
				exact[k] = v
			}
		}
		if err := errors.Join(fill(obj, exact), fill(obj, c.Defaults)); err != nil {
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

// follow walks attribute paths of the objects.
func follow[T any](ctx context.Context, q orm.Query[T], c *conformanceCase) (any, error) {
	objs, err := q.All(ctx)
	if err != nil {
		return nil, err
	}
	rows := []any{}
	for _, o := range objs {
		row := map[string]any{}
		for _, path := range c.Follow {
			if slices.Contains(orm.Deferred(o), path) { // what Django does when the attribute is read
				ref, err := columnRef[T](path)
				if err != nil {
					return nil, err
				}
				if err := orm.Load(ctx, o, ref); err != nil {
					return nil, err
				}
			}
			v, err := attribute(ctx, reflect.ValueOf(o), strings.Split(path, "."))
			if err != nil {
				return nil, err
			}
			row[path] = v
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// member is the field of a struct that a name of Django's means: review_set is Reviews, author_id the key in Author.
func member(o reflect.Value, name string) reflect.Value {
	if base, ok := strings.CutSuffix(name, "_set"); ok {
		name = strings.TrimSuffix(base, "y") + map[bool]string{true: "ies", false: "s"}[strings.HasSuffix(base, "y")]
	}
	called := func(name string) reflect.Value {
		return o.FieldByNameFunc(func(field string) bool {
			return strings.EqualFold(strings.ReplaceAll(field, "_", ""), strings.ReplaceAll(name, "_", ""))
		})
	}
	f := called(name)
	if base, ok := strings.CutSuffix(name, "_id"); ok && !f.IsValid() {
		if f = called(base); f.IsValid() && f.Kind() == reflect.Struct {
			f = f.FieldByName("ID")
		}
	}
	return f
}

// columnRef is the address that means a field, by its name.
func columnRef[T any](name string) (any, error) {
	f := member(reflect.ValueOf(orm.Fields[T]()).Elem(), name)
	if !f.IsValid() {
		return nil, fmt.Errorf("%T has no field %q", *new(T), name)
	}
	return f.Addr().Interface(), nil
}

func columnRefs[T any](names []any) ([]any, error) {
	var refs []any
	for _, name := range names {
		ref, err := columnRef[T](fmt.Sprint(name))
		if err != nil {
			return nil, err
		}
		refs = append(refs, ref)
	}
	return refs, nil
}

// attribute reads a path of attributes. A relation to many shows its keys, or what the rest of the path is of each.
func attribute(ctx context.Context, o reflect.Value, path []string) (any, error) {
	if len(path) == 0 {
		return object(o.Interface()), nil
	}
	f := member(o.Elem(), path[0])
	if path[0] == "pk" {
		return keyOf(o.Elem()), nil
	}
	if !f.IsValid() {
		return nil, fmt.Errorf("%s has no attribute %q", o.Type(), path[0])
	}
	lazy, ok := f.Addr().Interface().(interface {
		TemplateValue(ctx context.Context) (any, error)
	})
	if !ok {
		return f.Interface(), nil
	}
	v, err := lazy.TemplateValue(ctx)
	if err != nil || v == nil {
		return nil, err
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Slice {
		return attribute(ctx, rv, path[1:])
	}
	out := []any{}
	for i := range rv.Len() {
		item := any(keyOf(rv.Index(i).Elem()))
		if len(path) > 1 {
			if item, err = attribute(ctx, rv.Index(i), path[1:]); err != nil {
				return nil, err
			}
		}
		out = append(out, item)
	}
	return out, nil
}
