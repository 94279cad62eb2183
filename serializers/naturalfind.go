package serializers

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

// naturalFinder finds rows by natural keys, and remembers what it found.
type naturalFinder struct {
	using string
	found map[string]dialect.Value
	// before is called before the database is asked: what waits to be written may be what is looked for.
	before func(ctx context.Context) error
}

func newNaturalFinder(using string) *naturalFinder {
	return &naturalFinder{using: using, found: map[string]dialect.Value{}}
}

// find is the value of the field by of the object with a natural key. It is orm.ErrNotFound when there is none.
func (n *naturalFinder) find(ctx context.Context, m orm.Model, by orm.RecordField, parts []rawValue) (val dialect.Value, err error) {
	key := make([]any, len(parts))
	var id strings.Builder
	id.WriteString(m.Label() + " " + by.Schema().Name)
	for i, p := range parts {
		if key[i], err = naturalPart(p); err != nil {
			return val, err
		}
		fmt.Fprintf(&id, " %q", scalarText(key[i]))
	}
	if val, ok := n.found[id.String()]; ok {
		return val, nil
	}
	r, err := n.get(ctx, m, key)
	if err != nil {
		return val, err
	}
	if len(n.found) > naturalMax {
		clear(n.found)
	}
	val = r.Value(by)
	n.found[id.String()] = val
	return val, nil
}

// naturalPart is a part of a natural key as a condition takes it.
func naturalPart(p rawValue) (any, error) {
	v, err := p.scalar()
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case rawValue:
		return nil, errors.New("a natural key is a list of single values")
	case nil, bool, string:
		return v, nil
	default:
		return scalarText(v), nil
	}
}

// get reads the object with a natural key.
func (n *naturalFinder) get(ctx context.Context, m orm.Model, key []any) (*orm.Record, error) {
	if n.before != nil {
		if err := n.before(ctx); err != nil {
			return nil, err
		}
	}
	ps, err := naturalFilter(m, key)
	if err != nil {
		return nil, err
	}
	list, err := m.Records().Using(n.using).OrderBy().Filter(ps...).Slice(0, 2).All(ctx)
	switch {
	case err != nil:
		return nil, err
	case len(list) == 0:
		return nil, fmt.Errorf("%s matching query does not exist: %w", m.Name(), orm.ErrNotFound)
	case len(list) > 1:
		return nil, fmt.Errorf("get() returned more than one %s: %w", m.Name(), orm.ErrMultiple)
	}
	return list[0], nil
}

// adopt gives a record without a primary key that of the row with the same natural key, if there is one.
//
// Django 6.1 django/core/serializers/base.py build_instance.
func (n *naturalFinder) adopt(ctx context.Context, r *orm.Record) error {
	keys, err := newNaturalKeys(n.using).of(ctx, []*orm.Record{r})
	if err != nil || keys[0] == nil {
		return err
	}
	key := make([]any, len(keys[0]))
	for i, v := range keys[0] {
		if key[i] = v; v != nil {
			if _, plain := v.(bool); !plain {
				key[i] = plainText(v)
			}
		}
	}
	there, err := n.get(ctx, r.Model(), key)
	if errors.Is(err, orm.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, f := range r.Model().KeyFields() {
		if err := r.Set(f, there.Value(f)); err != nil {
			return err
		}
	}
	return nil
}
