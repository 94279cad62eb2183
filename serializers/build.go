package serializers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/nuages-go/nuages/internal/closest"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// reader makes objects of what a decoder reads.
type reader struct {
	o       LoadOptions
	dec     decoder
	reg     *orm.Registry
	natural *naturalFinder
	// known are the fields of models that were met, by their names in the fixture; own are those that a model has itself.
	known map[fieldName]orm.RecordField
	own   map[orm.Model][]orm.RecordField
}

// fieldName names a field of a model.
type fieldName struct {
	model orm.Model
	name  string
}

// fieldsOf are the fields of a model's own table.
func (rd *reader) fieldsOf(m orm.Model) []orm.RecordField {
	list, ok := rd.own[m]
	if !ok {
		list = m.RecordFields()
		rd.own[m] = list
	}
	return list
}

func newReader(ctx context.Context, r io.Reader, format Format, o LoadOptions) (*reader, error) {
	rd := &reader{o: o, reg: orm.RegistryFrom(ctx), natural: newNaturalFinder(o.Using), known: map[fieldName]orm.RecordField{}, own: map[orm.Model][]orm.RecordField{}}
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
		read, err := extensions(o.Extensions).yaml()
		if err != nil {
			return nil, err
		}
		rd.dec = newYAMLDecoder(r, read)
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
	if f, ok := rd.known[fieldName{m, name}]; ok {
		return f, nil
	}
	f, ok := m.RecordField(name)
	if !ok && strings.HasSuffix(name, "_id") {
		f, ok = m.RecordField(strings.TrimSuffix(name, "_id"))
		ok = ok && f.Schema().ColumnName() == name
	}
	if ok && name != "pk" {
		own := slices.ContainsFunc(rd.fieldsOf(m), func(x orm.RecordField) bool { return x.Schema().Name == f.Schema().Name })
		switch {
		case own && f.Schema().Kind == schema.Generated:
			return orm.RecordField{}, nil // the database computes it again
		case own:
			rd.known[fieldName{m, name}] = f
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
