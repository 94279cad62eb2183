package serializers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

// Source is one fixture to load.
type Source struct {
	// Name stands in errors, Format is how it is written.
	Name   string
	Format Format
	// Open gives the text, unpacked.
	Open func() (io.ReadCloser, error)
}

// Result counts what was loaded: the objects that were saved, those that were read, and the fixtures. Empty are the names
// of fixtures that have no objects.
type Result struct {
	Saved, Read, Fixtures int
	Empty                 []string
}

// String says it as loaddata does.
func (r Result) String() string {
	if r.Saved == r.Read {
		return fmt.Sprintf("Installed %d object(s) from %d fixture(s)", r.Saved, r.Fixtures)
	}
	return fmt.Sprintf("Installed %d object(s) (of %d) from %d fixture(s)", r.Saved, r.Read, r.Fixtures)
}

// loadBatch is the number of objects of a model that are written together.
const loadBatch = 500

// Load reads fixtures and saves their objects, all in one transaction on one database. Rows may point to rows that come
// later, by key or by natural key; at the end every foreign key must lead somewhere. Sequences are set behind the keys.
// Models that routers keep out of the database (orm.AllowMigrate) are left out. Skip, if not nil, leaves out further ones.
// Django: loaddata.
func Load(ctx context.Context, o LoadOptions, skip func(orm.Model) bool, sources ...Source) (Result, error) {
	var res Result
	o.ForwardReferences = true
	err := orm.Unchecked(ctx, o.Using, func(ctx context.Context) ([]orm.Model, error) {
		l := &loader{o: o, skip: skip, res: &res}
		for _, src := range sources {
			if err := l.source(ctx, src); err != nil {
				return nil, err
			}
		}
		if err := l.finish(ctx); err != nil {
			return nil, err
		}
		return l.models, orm.ResetSequences(ctx, o.Using, l.models...)
	})
	if broken, ok := errors.AsType[*orm.BrokenReference](err); ok {
		err = fmt.Errorf("serializers: problem installing fixtures: %w", broken)
	}
	if err != nil {
		return Result{}, err
	}
	return res, nil
}

// loader saves objects in the order of the fixtures, many at once.
type loader struct {
	o       LoadOptions
	skip    func(orm.Model) bool
	res     *Result
	models  []orm.Model
	pending []*Deserialized
	waiting []*Deserialized
}

// source reads one fixture.
func (l *loader) source(ctx context.Context, src Source) (err error) {
	r, err := src.Open()
	if err != nil {
		return fmt.Errorf("serializers: %w", err)
	}
	defer func() {
		if cerr := r.Close(); err == nil {
			err = cerr
		}
	}()
	o := l.o
	o.Name = src.Name
	rd, err := newReader(ctx, r, src.Format, o)
	if err != nil {
		return err
	}
	rd.natural.before = l.flush
	found := 0
	for {
		d, err := rd.next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if d == nil {
			continue
		}
		found++
		if err := l.add(ctx, d); err != nil {
			return err
		}
	}
	if err := l.flush(ctx); err != nil {
		return err
	}
	if found == 0 {
		l.res.Empty = append(l.res.Empty, src.Name)
	}
	l.res.Read += found
	l.res.Fixtures++
	return nil
}

// add takes an object up.
func (l *loader) add(ctx context.Context, d *Deserialized) error {
	m := d.Model()
	using := l.o.Using
	if using == "" {
		using = orm.DefaultDB
	}
	if l.skip != nil && l.skip(m) || !orm.AllowMigrate(ctx, using, m.App(), m.Name()) {
		return nil
	}
	l.res.Saved++
	if !slices.Contains(l.models, m) {
		l.models = append(l.models, m)
	}
	if d.Waits() {
		l.waiting = append(l.waiting, d)
		if d.needsAll() {
			return nil
		}
	}
	if len(l.pending) > 0 && (l.pending[0].Model() != m || len(l.pending) >= loadBatch) {
		if err := l.flush(ctx); err != nil {
			return err
		}
	}
	l.pending = append(l.pending, d)
	return nil
}

// needsAll says that the object cannot be saved before what it waits for is there.
func (d *Deserialized) needsAll() bool {
	for _, w := range d.waiting {
		if !w.field.IsMany() && !w.field.Schema().Null {
			return true
		}
	}
	return len(d.Model().NaturalKey()) > 0 && !d.record.HasKey()
}

// flush writes what is pending.
func (l *loader) flush(ctx context.Context) error {
	list := l.pending
	l.pending = nil
	return saveAll(ctx, l.o.Using, list)
}

// finish saves the objects that waited for others. One may wait for another, so it goes on as long as there is progress.
func (l *loader) finish(ctx context.Context) error {
	for len(l.waiting) > 0 {
		var still []*Deserialized
		for _, d := range l.waiting {
			if err := d.resolve(ctx); err != nil {
				return err
			}
			if d.Waits() {
				still = append(still, d)
				continue
			}
			if err := d.reader.complete(ctx, d); err != nil {
				return err
			}
			if err := saveAll(ctx, l.o.Using, []*Deserialized{d}); err != nil {
				return err
			}
		}
		if len(still) == len(l.waiting) {
			return still[0].missing()
		}
		l.waiting = still
	}
	return nil
}

// saveAll writes objects of one model and their relations to many.
func saveAll(ctx context.Context, using string, list []*Deserialized) error {
	if len(list) == 0 {
		return nil
	}
	records := make([]*orm.Record, len(list))
	for i, d := range list {
		records[i] = d.record
	}
	fail := func(list []*Deserialized, err error) error {
		if r, ok := errors.AsType[*orm.RecordError](err); ok {
			return list[r.Index].refused(r.Err)
		}
		return err
	}
	if err := orm.SaveRecords(ctx, using, records); err != nil {
		return fail(list, err)
	}
	for _, f := range list[0].Model().RecordFields() {
		if !f.IsMany() {
			continue
		}
		var owners []*Deserialized
		var with []*orm.Record
		var keys [][]dialect.Value
		for _, d := range list {
			for _, m := range d.many {
				if m.field == f {
					owners, with, keys = append(owners, d), append(with, d.record), append(keys, m.keys)
				}
			}
		}
		if err := orm.SetMany(ctx, using, with, f, keys); err != nil {
			return fail(owners, err)
		}
	}
	return nil
}

// refused is the error of an object that the database did not take.
func (d *Deserialized) refused(err error) error {
	pk := "None"
	if d.raw.hasPK {
		pk = shorten(d.raw.pk.String())
	} else if key := d.PK(); key != nil {
		pk = pkText(key)
	}
	return d.raw.at(d.reader.o.Name, fmt.Sprintf("Could not load %s(pk=%s): %v", d.Model().Label(), pk, err), "", err)
}
