package serializers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
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
	// Extensions add formats. Default: none, YAML is not read.
	Extensions []Extension
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
