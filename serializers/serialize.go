package serializers

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/internal/closest"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/schema"
)

// Options say what of the objects is written, and how. The zero value writes all fields, on one line where the format has
// lines. Django: the keyword arguments of serialize.
type Options struct {
	// Indent is the number of blanks of each level of indentation, 64 at most. Default: 0, none (YAML has its own).
	Indent int
	// Fields are the names of the fields to write. Default: all.
	Fields []string
	// NaturalForeign writes relations by the natural key of what they lead to, where its model has one; NaturalPrimary leaves
	// out the primary key of objects that have a natural key. Django: use_natural_foreign_keys, use_natural_primary_keys.
	NaturalForeign, NaturalPrimary bool
	// Using names the database that related objects are read from. Default: "default".
	Using string
}

// encoder writes objects in a format.
type encoder interface {
	start() error
	object(o *Object) error
	end() error
}

// Writer writes objects of any models as one fixture. Close ends it. It is not safe for concurrent use.
type Writer struct {
	buf   *bufio.Writer
	enc   encoder
	dump  dumper
	begun bool
	err   error
	// Count is the number of objects that were written.
	Count int
}

// maxIndent keeps a typing error from filling the disk with blanks.
const maxIndent = 64

// NewWriter begins a fixture. Nothing is written before the first object, or Close.
func NewWriter(w io.Writer, format Format, o Options) (*Writer, error) {
	if o.Indent < 0 || o.Indent > maxIndent {
		return nil, fmt.Errorf("serializers: an indent of %d is not possible (choose 0 to %d)", o.Indent, maxIndent)
	}
	buf := bufio.NewWriterSize(w, 64<<10)
	out := &Writer{buf: buf, dump: newDumper(o)}
	switch format {
	case JSON:
		out.enc = newJSON(buf, o.Indent)
	case JSONL:
		out.enc = newJSONL(buf)
	case XML:
		out.enc = newXML(buf, o.Indent)
	case YAML:
		out.enc = newYAML(buf, o.Indent)
	default:
		_, err := ParseFormat(string(format))
		return nil, err
	}
	return out, nil
}

// Query writes the objects of a query, chunk by chunk.
func (w *Writer) Query(ctx context.Context, q orm.RecordQuery) error {
	for part, err := range q.Chunks(ctx) {
		if err != nil {
			return err
		}
		if err := w.write(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// Objects writes objects: pointers to values of models.
func (w *Writer) Objects(ctx context.Context, objs ...any) error {
	for _, obj := range objs {
		r, err := orm.RecordOf(obj)
		if err == nil {
			err = w.dump.load(ctx, r)
		}
		if err != nil {
			return err
		}
		if err := w.write(ctx, []*orm.Record{r}); err != nil {
			return err
		}
	}
	return nil
}

// load reads what the query of an object left out of what is to be written.
func (d *dumper) load(ctx context.Context, r *orm.Record) error {
	var fields []orm.RecordField
	for _, name := range d.o.Fields {
		if f, ok := r.Model().RecordField(name); ok {
			fields = append(fields, f)
		}
	}
	return r.Load(ctx, fields...)
}

func (w *Writer) write(ctx context.Context, records []*orm.Record) error {
	if err := w.begin(); err != nil {
		return err
	}
	objects, err := w.dump.objects(ctx, records)
	if err != nil {
		return err
	}
	for i := range objects {
		if err := w.enc.object(&objects[i]); err != nil {
			w.err = fmt.Errorf("serializers: %s: %w", describe(&objects[i]), err)
			return w.err
		}
		w.Count++
	}
	return nil
}

func (w *Writer) begin() error {
	if !w.begun && w.err == nil {
		w.begun = true
		w.err = w.enc.start()
	}
	return w.err
}

// Close writes the end of the fixture. It does not close the writer below.
func (w *Writer) Close() error {
	if err := w.begin(); err != nil {
		return err
	}
	if err := w.enc.end(); err != nil {
		return err
	}
	return w.buf.Flush()
}

// describe names an object in messages.
func describe(o *Object) string {
	if o.NoPK {
		return o.Model
	}
	return fmt.Sprintf("%s(pk=%s)", o.Model, pkText(o.PK))
}

// Serialize writes the objects of a query as a fixture. Django: serializers.serialize.
//
//	err := serializers.Serialize(ctx, w, serializers.JSON, live().Records(), serializers.Options{Indent: 2})
func Serialize(ctx context.Context, w io.Writer, format Format, q orm.RecordQuery, o Options) error {
	out, err := NewWriter(w, format, o)
	if err != nil {
		return err
	}
	if err := out.Query(ctx, q); err != nil {
		return err
	}
	return out.Close()
}

// Objects are the objects of a query as Go values. Django: the "python" format.
func Objects(ctx context.Context, q orm.RecordQuery, o Options) iter.Seq2[*Object, error] {
	return func(yield func(*Object, error) bool) {
		d := newDumper(o)
		for part, err := range q.Chunks(ctx) {
			var objects []Object
			if err == nil {
				objects, err = d.objects(ctx, part)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range objects {
				if !yield(&objects[i], nil) {
					return
				}
			}
		}
	}
}

// dumper makes Objects of records.
type dumper struct {
	o     Options
	keys  *naturalKeys
	plans map[orm.Model]*dumpPlan
}

func newDumper(o Options) dumper {
	return dumper{o: o, keys: newNaturalKeys(o.Using), plans: map[orm.Model]*dumpPlan{}}
}

// dumpPlan is what is written of a model.
type dumpPlan struct {
	label  string
	fields []dumpField
	pk     []orm.RecordField
	// natural says that objects are named by their natural key.
	natural bool
}

// dumpField is a field that is written; natural is the model that it names by natural keys, by its field by.
type dumpField struct {
	orm.RecordField
	natural bool
	to      orm.Model
	by      orm.RecordField
}

// plan finds what to write of a model.
//
// Django 6.1 django/core/serializers/base.py Serializer.serialize: the columns of the model's own table but its key, then
// many-to-many relations without a model between.
func (d *dumper) plan(m orm.Model) (*dumpPlan, error) {
	if p := d.plans[m]; p != nil {
		return p, nil
	}
	if err := m.Err(); err != nil {
		return nil, err
	}
	m = m.Concrete()
	p := &dumpPlan{label: strings.ToLower(m.Label()), pk: m.KeyFields(), natural: d.o.NaturalPrimary && len(m.NaturalKey()) > 0}
	var names []string
	for _, f := range m.RecordFields() {
		s := f.Schema()
		switch {
		case s.PrimaryKey && !(d.o.NaturalPrimary && s.Rel != nil && s.Rel.ParentLink):
			continue
		case f.IsMany() && f.HasThrough():
			continue
		}
		names = append(names, s.Name)
		if s.NotSerialized || d.o.Fields != nil && !slices.Contains(d.o.Fields, s.Name) {
			continue
		}
		df := dumpField{RecordField: f}
		if df.to, df.by = f.Related(); !df.to.IsZero() {
			df.natural = d.o.NaturalForeign && len(df.to.NaturalKey()) > 0
		}
		if df.natural {
			if _, err := naturalPaths(df.to); err != nil {
				return nil, err
			}
		}
		p.fields = append(p.fields, df)
	}
	for _, name := range d.o.Fields {
		if !slices.Contains(names, name) {
			hint := "it has: " + strings.Join(names, ", ")
			if near := closest.Match(name, names); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			return nil, fmt.Errorf("serializers: %s has no field %q to write (%s)", m.Name(), name, hint)
		}
	}
	d.plans[m] = p
	return p, nil
}

// objects makes the Objects of records of one model. Related rows are read for all of them at once.
func (d *dumper) objects(ctx context.Context, records []*orm.Record) ([]Object, error) {
	if len(records) == 0 {
		return nil, nil
	}
	p, err := d.plan(records[0].Model())
	if err != nil {
		return nil, err
	}
	out := make([]Object, len(records))
	space := make([]Field, len(records)*len(p.fields))
	for i, r := range records {
		out[i] = Object{Model: p.label, Fields: space[i*len(p.fields) : (i+1)*len(p.fields)], of: r}
		if out[i].PK, err = pkOf(r, p.pk); err != nil {
			return nil, err
		}
	}
	for i, f := range p.fields {
		fill := d.column
		if f.IsMany() {
			fill = d.many
		}
		if err := fill(ctx, f, records, func(at int, v any) {
			out[at].Fields[i] = Field{Name: f.Schema().Name, Value: v, field: f.RecordField}
		}); err != nil {
			return nil, err
		}
	}
	if p.natural {
		keys, err := d.keys.of(ctx, records)
		if err != nil {
			return nil, err
		}
		for i, key := range keys {
			out[i].NoPK = key != nil
		}
	}
	return out, nil
}

// column reads a column of records.
func (d *dumper) column(ctx context.Context, f dumpField, records []*orm.Record, put func(at int, v any)) error {
	values := make([]dialect.Value, len(records))
	for i, r := range records {
		v := r.Value(f.RecordField)
		if err, failed := v.X.(error); failed {
			return fmt.Errorf("serializers: %s.%s: %w", r.Model().Name(), f.GoName(), err)
		}
		values[i] = v
		if !f.natural {
			put(i, goValue(f.kind(), v))
		}
	}
	if !f.natural {
		return nil
	}
	if err := d.keys.load(ctx, f.to, f.by, values); err != nil {
		return err
	}
	for i, v := range values {
		put(i, d.keys.value(f, v))
	}
	return nil
}

// kind describes the values of a column: those of a relation are of the field that it leads to.
func (f dumpField) kind() *schema.Field {
	if f.to.IsZero() {
		return f.Schema()
	}
	return f.by.Schema()
}

// many reads a many-to-many relation of records.
func (d *dumper) many(ctx context.Context, f dumpField, records []*orm.Record, put func(at int, v any)) error {
	lists, err := orm.ManyKeys(ctx, d.o.Using, records, f.RecordField)
	if err != nil {
		return err
	}
	if f.natural {
		if err := d.keys.load(ctx, f.to, f.by, slices.Concat(lists...)); err != nil {
			return err
		}
	}
	for i, list := range lists {
		values := make([]any, len(list))
		for j, v := range list {
			if f.natural {
				values[j] = d.keys.value(f, v)
			} else {
				values[j] = goValue(f.kind(), v)
			}
		}
		put(i, values)
	}
	return nil
}

// pkOf is the primary key of a record, nil for one that has none.
func pkOf(r *orm.Record, fields []orm.RecordField) (any, error) {
	values := make([]any, len(fields))
	for i, f := range fields {
		kind := f.Schema()
		if to, by := f.Related(); !to.IsZero() {
			kind = by.Schema()
		}
		v := r.Value(f)
		if err, failed := v.X.(error); failed {
			return nil, fmt.Errorf("serializers: %s.%s: %w", r.Model().Name(), f.GoName(), err)
		}
		values[i] = goValue(kind, v)
	}
	if len(values) == 1 {
		if !r.HasKey() {
			return nil, nil
		}
		return values[0], nil
	}
	return values, nil
}
