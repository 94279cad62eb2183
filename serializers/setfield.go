package serializers

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/schema"
)

// setKey sets the primary key. A null is none.
func (rd *reader) setKey(d *Deserialized) error {
	fields := d.Model().KeyFields()
	fail := func(err error) error {
		e := d.raw.wrong(rd.o.Name, "", nil, err)
		return e
	}
	if v, err := d.raw.pk.scalar(); err != nil {
		return fail(err)
	} else if v == nil {
		return nil
	}
	values := []rawValue{d.raw.pk}
	if len(fields) > 1 {
		list, ok, err := d.raw.pk.list()
		if err != nil {
			return fail(err)
		}
		if !ok || len(list) != len(fields) {
			return fail(fmt.Errorf("the key of %s is a list of %d values", d.Model().Name(), len(fields)))
		}
		values = list
	}
	for i, f := range fields {
		v, err := values[i].scalar()
		if err != nil {
			return fail(err)
		}
		val, err := stored(columnKind(f), v, rd.o.Zone)
		if err == nil {
			err = d.record.Set(f, val)
		}
		if err != nil {
			return fail(err)
		}
	}
	return nil
}

// columnKind describes the values of a column; those of a relation are of the field that it leads to, in the end.
func columnKind(f orm.RecordField) *schema.Field {
	for {
		to, by := f.Related()
		if to.IsZero() || by.IsZero() {
			return f.Schema()
		}
		f = by
	}
}

// setField sets a field of an object.
func (rd *reader) setField(ctx context.Context, d *Deserialized, f orm.RecordField, raw rawValue) error {
	err := rd.set(ctx, d, f, raw)
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if _, ok := errors.AsType[*DeserializationError](err); ok {
		return err
	}
	return d.raw.wrong(rd.o.Name, f.Schema().Name, raw, err)
}

func (rd *reader) set(ctx context.Context, d *Deserialized, f orm.RecordField, raw rawValue) error {
	if f.IsMany() {
		return rd.setMany(ctx, d, f, raw)
	}
	if f.Schema().Kind == schema.JSON {
		text, null, err := raw.json()
		if err != nil {
			return err
		}
		if null && f.Schema().Null {
			return d.record.Set(f, dialect.Value{})
		}
		return d.record.Set(f, dialect.Value{Kind: dialect.JSON, S: string(text)})
	}
	val, wait, err := rd.value(ctx, f, raw)
	if wait {
		d.waiting = append(d.waiting, waitingField{f, raw})
		return err
	}
	if err == nil {
		err = d.record.Set(f, val)
	}
	return err
}

// value reads a column, or one element of a many-to-many relation. Wait says that no object has its natural key yet.
func (rd *reader) value(ctx context.Context, f orm.RecordField, raw rawValue) (val dialect.Value, wait bool, err error) {
	if to, by := f.Related(); !to.IsZero() {
		list, isList, err := raw.list()
		if err != nil {
			return val, false, err
		}
		if isList && len(list) > 0 {
			val, err = rd.natural.find(ctx, to, by, list)
			if errors.Is(err, orm.ErrNotFound) && rd.o.ForwardReferences {
				return val, true, nil
			}
			return val, false, err
		}
	}
	v, err := raw.scalar()
	if err != nil {
		return val, false, err
	}
	val, err = stored(columnKind(f), v, rd.o.Zone)
	return val, false, err
}

func (rd *reader) setMany(ctx context.Context, d *Deserialized, f orm.RecordField, raw rawValue) error {
	if f.HasThrough() {
		return fmt.Errorf("the rows of %s are objects of the model between (list them as such)", f.Schema().Name)
	}
	list, ok, err := raw.list()
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("%s is a list of keys", f.Schema().Name)
	}
	m := manyValues{field: f}
	for _, item := range list {
		val, wait, err := rd.value(ctx, f, item)
		if wait {
			d.waiting = append(d.waiting, waitingField{f, raw})
			return nil
		}
		if err == nil && val.Kind == dialect.Null {
			err = errors.New("a null is no key")
		}
		if err != nil {
			e := d.raw.wrong(rd.o.Name, f.Schema().Name, item, err)
			return e
		}
		m.keys = append(m.keys, val)
	}
	d.many = append(d.many, m)
	return nil
}

// complete finds the row of an object without a key by its natural key, and refuses one that lacks what it needs.
func (rd *reader) complete(ctx context.Context, d *Deserialized) error {
	m := d.Model()
	if !d.record.HasKey() && len(m.NaturalKey()) > 0 && !d.Waits() {
		if err := rd.natural.adopt(ctx, d.record); err != nil {
			return d.raw.at(rd.o.Name, err.Error(), "", err)
		}
	}
	for _, f := range rd.fieldsOf(m) {
		s := f.Schema()
		waits := slices.ContainsFunc(d.waiting, func(w waitingField) bool { return w.field == f })
		if f.IsMany() || d.record.Given(f) || f.HasDefault() || s.Null || s.Kind == schema.Generated || waits {
			continue
		}
		if isKey := slices.Contains(m.KeyFields(), f); isKey && !d.record.HasKey() || s.Rel != nil && !isKey || s.Kind == schema.Date || s.Kind == schema.DateTime {
			e := d.raw.at(rd.o.Name, fmt.Sprintf("Error deserializing object: %s.%s has no value", m.Name(), s.Name), "add it to the object", nil)
			e.Field = s.Name
			return e
		}
	}
	return nil
}
