package serializers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/nuages-go/nuages/internal/closest"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/schema"
)

// LoadOptions say how a fixture is read.
type LoadOptions struct {
	// Using names the database. Default: "default".
	Using string
	// IgnoreNonexistent leaves out fields and models that the site does not have. Django: ignorenonexistent.
	IgnoreNonexistent bool
	// ForwardReferences lets relations by natural key name objects that come later: such fields wait (Deserialized.Waits).
	// Django: handle_forward_references.
	ForwardReferences bool
	// Zone is where moments without a zone are. Default: UTC.
	Zone *time.Location
	// Name stands in errors: the file's name.
	Name string
}

// Deserialized is an object that was read from a fixture and is not saved yet. Django: DeserializedObject.
type Deserialized struct {
	record  *orm.Record
	raw     *rawObject
	reader  *reader
	many    []manyValues
	waiting []waitingField
}

// manyValues is what a many-to-many relation of an object is to hold.
type manyValues struct {
	field orm.RecordField
	keys  []dialect.Value
}

// waitingField is a relation to an object that is not there yet.
type waitingField struct {
	field orm.RecordField
	value rawValue
}

// Object is the object, a *T. Its relations to many are not in it.
func (d *Deserialized) Object() any { return d.record.Object() }

// Model describes the object's model.
func (d *Deserialized) Model() orm.Model { return d.record.Model() }

// PK is the object's primary key, nil if it has none yet.
func (d *Deserialized) PK() any {
	pk, err := pkOf(d.record, d.Model().KeyFields())
	if err != nil {
		return nil
	}
	return pk
}

// Waits says that a relation of the object names another by a natural key that nothing has yet. Save leaves it null;
// SaveWaiting looks again.
func (d *Deserialized) Waits() bool { return len(d.waiting) > 0 }

// Save writes the object as it is (orm.SaveRecords) and then its relations to many.
func (d *Deserialized) Save(ctx context.Context) error {
	return saveAll(ctx, d.reader.o.Using, []*Deserialized{d})
}

// SaveWaiting looks again for the objects that relations wait for, and saves the object with them. One that is still not
// there is an error. Django: save_deferred_fields.
func (d *Deserialized) SaveWaiting(ctx context.Context) error {
	if err := d.resolve(ctx); err != nil {
		return err
	}
	if len(d.waiting) > 0 {
		return d.missing()
	}
	return d.Save(ctx)
}

// resolve looks for what relations wait for.
func (d *Deserialized) resolve(ctx context.Context) error {
	list := d.waiting
	d.waiting = nil
	for _, w := range list {
		if err := d.reader.setField(ctx, d, w.field, w.value); err != nil {
			return err
		}
	}
	return nil
}

// missing is the error of an object that waits in vain.
func (d *Deserialized) missing() error {
	w := d.waiting[0]
	to, _ := w.field.Related()
	e := d.raw.wrong(d.reader.o.Name, w.field.Schema().Name, w.value, fmt.Errorf("%s matching query does not exist", to.Name()))
	e.Hint = "no object in the database or in the fixtures has this natural key"
	e.Err = orm.ErrNotFound
	return e
}

// Deserialize reads the objects of a fixture one by one. It ends with the first error, a *DeserializationError for a mistake
// in the fixture. The context must know the site's models (orm.WithModels). Nothing is saved. Django:
// serializers.deserialize.
func Deserialize(ctx context.Context, r io.Reader, format Format, o LoadOptions) iter.Seq2[*Deserialized, error] {
	return func(yield func(*Deserialized, error) bool) {
		rd, err := newReader(ctx, r, format, o)
		if err != nil {
			yield(nil, err)
			return
		}
		for {
			d, err := rd.next(ctx)
			switch {
			case errors.Is(err, io.EOF):
				return
			case err != nil:
				yield(nil, err)
				return
			case d != nil && !yield(d, nil):
				return
			}
		}
	}
}

// reader makes objects of what a decoder reads.
type reader struct {
	o       LoadOptions
	dec     decoder
	reg     *orm.Registry
	natural *naturalFinder
}

func newReader(ctx context.Context, r io.Reader, format Format, o LoadOptions) (*reader, error) {
	rd := &reader{o: o, reg: orm.RegistryFrom(ctx), natural: newNaturalFinder(o.Using)}
	if rd.o.Zone == nil {
		rd.o.Zone = time.UTC
	}
	if rd.reg == nil {
		return nil, errors.New("serializers: the context does not know the site's models (orm.WithModels)")
	}
	switch format {
	case JSON:
		rd.dec = newJSONDecoder(r)
	case JSONL:
		rd.dec = newJSONLDecoder(r)
	case XML:
		rd.dec = newXMLDecoder(r)
	case YAML:
		rd.dec = newYAMLDecoder(r)
	default:
		_, err := ParseFormat(string(format))
		return nil, err
	}
	return rd, nil
}

// next reads an object. It is nil for one that is left out.
func (rd *reader) next(ctx context.Context) (*Deserialized, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	raw, err := rd.dec.next()
	if errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	if err != nil {
		e := &DeserializationError{File: rd.o.Name, Text: err.Error(), Err: err}
		if s, ok := errors.AsType[*syntaxError](err); ok {
			e.Line = s.line
		}
		if raw != nil {
			e.Object, e.Model = raw.index, raw.model
		}
		return nil, e
	}
	return rd.build(ctx, raw)
}

// build makes an object of its model.
//
// Django 6.1 django/core/serializers/python.py Deserializer.
func (rd *reader) build(ctx context.Context, raw *rawObject) (*Deserialized, error) {
	if !raw.hasModel {
		return nil, raw.at(rd.o.Name, "Error deserializing object: 'model'", "each object says its model: \"app.name\"", nil)
	}
	m, err := rd.model(raw)
	if m.IsZero() {
		return nil, err
	}
	if !raw.hasFields {
		return nil, raw.at(rd.o.Name, "Error deserializing object: 'fields'", "each object has its fields, which may be empty: {}", nil)
	}
	d := &Deserialized{record: m.NewRecord(), raw: raw, reader: rd}
	if raw.hasPK {
		if err := rd.setKey(d); err != nil {
			return nil, err
		}
	}
	for _, f := range raw.fields {
		field, err := rd.field(m, raw, f.name)
		if err != nil {
			return nil, err
		}
		if field.IsZero() {
			continue
		}
		if err := rd.setField(ctx, d, field, f.value); err != nil {
			return nil, err
		}
	}
	d.record.Fill()
	if err := rd.complete(ctx, d); err != nil {
		return nil, err
	}
	return d, nil
}

// model finds the model of an object; none without an error is one that is left out.
func (rd *reader) model(raw *rawObject) (orm.Model, error) {
	m, ok := rd.reg.Model(raw.model)
	if ok || rd.o.IgnoreNonexistent {
		return m, nil
	}
	var labels []string
	for _, m := range rd.reg.Models() {
		labels = append(labels, strings.ToLower(m.Label()))
	}
	hint := "load it with --ignorenonexistent to leave such objects out"
	if near := closest.Match(strings.ToLower(raw.model), labels); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return orm.Model{}, raw.at(rd.o.Name, "Invalid model identifier: "+shorten(raw.model), hint, nil)
}

// field finds a field of a model; none without an error is one that is left out.
func (rd *reader) field(m orm.Model, raw *rawObject, name string) (orm.RecordField, error) {
	f, ok := m.RecordField(name)
	if !ok && strings.HasSuffix(name, "_id") {
		f, ok = m.RecordField(strings.TrimSuffix(name, "_id"))
		ok = ok && f.Schema().ColumnName() == name
	}
	if ok && name != "pk" {
		own := slices.ContainsFunc(m.RecordFields(), func(x orm.RecordField) bool { return x.Schema().Name == f.Schema().Name })
		switch {
		case own && f.Schema().Kind == schema.Generated:
			return orm.RecordField{}, nil // the database computes it again
		case own:
			return f, nil
		case rd.o.IgnoreNonexistent:
			return orm.RecordField{}, nil
		}
		e := raw.at(rd.o.Name, fmt.Sprintf("Error deserializing object: %s.%s belongs to a parent", m.Name(), name), "write the parent's row as an object of its own, with the same pk", nil)
		e.Field = name
		return orm.RecordField{}, e
	}
	if rd.o.IgnoreNonexistent {
		return orm.RecordField{}, nil
	}
	var names []string
	for _, f := range m.RecordFields() {
		names = append(names, f.Schema().Name)
	}
	e := raw.at(rd.o.Name, fmt.Sprintf("Error deserializing object: %s has no field named '%s'", m.Name(), shorten(name)), "it has: "+strings.Join(names, ", "), nil)
	e.Field = name
	if near := closest.Match(name, names); near != "" {
		e.Hint = fmt.Sprintf("did you mean %q?", near)
	}
	return orm.RecordField{}, e
}

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
	for _, f := range m.RecordFields() {
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
