package serializers

import (
	"context"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

// naturalPaths are the look-ups that find an object by its natural key, one for each part: the key of a relation takes the
// place of the relation.
func naturalPaths(m orm.Model) ([]string, error) { return walkNatural(m, nil) }

func walkNatural(m orm.Model, above []orm.Model) ([]string, error) {
	if slices.Contains(above, m) {
		return nil, fmt.Errorf("serializers: the natural key of %s leads back to itself (Meta.NaturalKey)", m.Name())
	}
	var out []string
	for _, f := range m.NaturalKey() {
		to, _ := f.Related()
		if to.IsZero() || len(to.NaturalKey()) == 0 {
			out = append(out, f.Schema().Name)
			continue
		}
		inner, err := walkNatural(to, append(above, m))
		if err != nil {
			return nil, err
		}
		for _, name := range inner {
			out = append(out, f.Schema().Name+"__"+name)
		}
	}
	return out, nil
}

// NaturalKey is the natural key of an object, nil if it has none: its model has no Meta.NaturalKey, or all parts are null.
// Django: natural_key.
func NaturalKey(ctx context.Context, obj any) (Key, error) {
	r, err := orm.RecordOf(obj)
	if err == nil {
		err = r.Load(ctx, r.Model().NaturalKey()...)
	}
	if err != nil {
		return nil, err
	}
	keys, err := newNaturalKeys("").of(ctx, []*orm.Record{r})
	if err != nil {
		return nil, err
	}
	return keys[0], nil
}

// GetByNaturalKey returns the object with a natural key. It is orm.ErrNotFound when there is none. Django:
// get_by_natural_key.
//
//	ada, err := serializers.GetByNaturalKey[auth.User](ctx, "ada")
func GetByNaturalKey[T any](ctx context.Context, key ...any) (*T, error) {
	ps, err := naturalFilter(orm.ModelOf[T](), key)
	if err != nil {
		return nil, err
	}
	return orm.Objects[T]().Get(ctx, ps...)
}

// naturalFilter are the conditions for the object with a natural key.
func naturalFilter(m orm.Model, key []any) ([]orm.Predicate, error) {
	paths, err := naturalPaths(m)
	switch {
	case err != nil:
		return nil, err
	case len(paths) == 0:
		return nil, fmt.Errorf("serializers: %s has no natural key (Meta.NaturalKey)", m.Name())
	case len(key) != len(paths):
		return nil, fmt.Errorf("serializers: the natural key of %s has %d parts (%s), not %d", m.Name(), len(paths), paths, len(key))
	}
	ps := make([]orm.Predicate, len(key))
	for i, v := range key {
		if v == nil {
			ps[i] = orm.Lookup(paths[i]+"__isnull", true)
		} else {
			ps[i] = orm.Lookup(paths[i], v)
		}
	}
	return ps, nil
}

// naturalKeys reads natural keys, many at once, and remembers them.
type naturalKeys struct {
	using string
	known map[naturalOf]map[dialect.Value]Key
	size  int
}

// naturalOf says which keys: those of a model, by the values of a field.
type naturalOf struct {
	m  orm.Model
	by string
}

// naturalMax is how many natural keys are remembered.
const naturalMax = 50_000

func newNaturalKeys(using string) *naturalKeys {
	return &naturalKeys{using: using, known: map[naturalOf]map[dialect.Value]Key{}}
}

// load reads the natural keys of the objects of a model whose field by has one of the values.
func (n *naturalKeys) load(ctx context.Context, m orm.Model, by orm.RecordField, values []dialect.Value) error {
	of := naturalOf{m, by.Schema().Name}
	if n.size > naturalMax {
		clear(n.known)
		n.size = 0
	}
	known := n.known[of]
	if known == nil {
		known = map[dialect.Value]Key{}
		n.known[of] = known
	}
	var want []dialect.Value
	asked := map[dialect.Value]bool{}
	for _, v := range values {
		if _, have := known[v]; !have && !asked[v] && v.Kind != dialect.Null {
			asked[v] = true
			want = append(want, v)
		}
	}
	for part := range slices.Chunk(want, 400) {
		found, err := m.Records().Using(n.using).OrderBy().Filter(orm.Lookup(of.by+"__in", part)).All(ctx)
		if err != nil {
			return err
		}
		keys, err := n.of(ctx, found)
		if err != nil {
			return err
		}
		for i, r := range found {
			known[r.Value(by)] = keys[i]
			n.size++
		}
	}
	return nil
}

// value is what stands for a relation to the object whose field has a value: its natural key, or the value of an object
// without one.
func (n *naturalKeys) value(f dumpField, v dialect.Value) any {
	if v.Kind == dialect.Null {
		return nil
	}
	if key := n.known[naturalOf{f.to, f.by.Schema().Name}][v]; key != nil {
		return key
	}
	return goValue(f.kind(), v)
}

// of are the natural keys of records of one model, nil for those that have none.
func (n *naturalKeys) of(ctx context.Context, records []*orm.Record) ([]Key, error) {
	out := make([]Key, len(records))
	if len(records) == 0 {
		return out, nil
	}
	m := records[0].Model()
	if _, err := naturalPaths(m); err != nil {
		return nil, err
	}
	for _, f := range m.NaturalKey() {
		df := dumpField{RecordField: f}
		df.to, df.by = f.Related()
		df.natural = !df.to.IsZero() && len(df.to.NaturalKey()) > 0
		values := make([]dialect.Value, len(records))
		for i, r := range records {
			values[i] = r.Value(f)
		}
		if df.natural {
			if err := n.load(ctx, df.to, df.by, values); err != nil {
				return nil, err
			}
		}
		for i, v := range values {
			if !df.natural {
				out[i] = append(out[i], goValue(df.kind(), v))
				continue
			}
			inner := n.known[naturalOf{df.to, df.by.Schema().Name}][v]
			if inner == nil { // null, or a row that is gone
				paths, _ := naturalPaths(df.to)
				inner = make(Key, len(paths))
			}
			out[i] = append(out[i], inner...)
		}
	}
	for i, key := range out {
		if !slices.ContainsFunc(key, func(v any) bool { return v != nil }) {
			out[i] = nil
		}
	}
	return out, nil
}
