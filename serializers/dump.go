package serializers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/nuages-go/nuages/orm"
)

// DumpOptions say what Dump writes.
type DumpOptions struct {
	Options
	// Format is how it is written. Default: JSON.
	Format Format
	// Labels are applications ("news") and models ("news.Article"). Default: all.
	Labels []string
	// Exclude are applications and models to leave out.
	Exclude []string
	// PKs are the primary keys of the objects to write, of one model. Default: all.
	PKs []string
	// All writes the rows that a model's Scope hides too, such as those that orm.SoftDelete keeps. Django: --all, the base manager.
	All bool
	// Warn, if not nil, is told of what was asked for and has no rows of its own: a proxy without its model. Django:
	// ProxyModelWarning.
	Warn func(text string)
	// Progress, if not nil, is called now and then with the number of objects that were written and of all.
	Progress func(done, all int)
}

// Dump writes the objects of applications as one fixture and returns their number. All rows are those of one moment. With
// natural keys the models come in an order in which they can be loaded. Proxies, which have no rows of their own, and models
// that routers keep out of the database are left out. Django: dumpdata.
func Dump(ctx context.Context, w io.Writer, apps []App, o DumpOptions) (n int, err error) {
	models, err := o.models(ctx, apps)
	if err != nil {
		return 0, err
	}
	if o.Format == "" {
		o.Format = JSON
	}
	out, err := NewWriter(w, o.Format, o.Options)
	if err != nil {
		return 0, err
	}
	snapshot := orm.AtomicOptions{DB: o.Using, ReadOnly: true}
	if d, derr := orm.DialectOf(ctx, o.Using); derr == nil && d.Name != "sqlite" && !orm.InTransactionOn(ctx, o.Using) {
		snapshot.Isolation = "repeatable read"
	}
	err = orm.AtomicWith(ctx, snapshot, func(ctx context.Context) error {
		all := 0
		if o.Progress != nil {
			for _, m := range models {
				count, err := o.query(m).Count(ctx)
				if err != nil {
					return err
				}
				all += count
			}
			o.Progress(0, all)
		}
		for _, m := range models {
			for part, err := range o.query(m).Chunks(ctx) {
				if err == nil {
					err = out.write(ctx, part)
				}
				if err != nil {
					return fmt.Errorf("serializers: unable to serialize %s: %w", m.Label(), err)
				}
				if o.Progress != nil {
					o.Progress(out.Count, all)
				}
			}
		}
		return out.Close()
	})
	return out.Count, err
}

// models finds what to write.
func (o *DumpOptions) models(ctx context.Context, apps []App) ([]orm.Model, error) {
	skip, err := excluded(apps, o.Exclude)
	if err != nil {
		return nil, err
	}
	var models []orm.Model
	if len(o.Labels) == 0 {
		for _, a := range apps {
			models = append(models, a.Models...)
		}
	}
	for _, label := range o.Labels {
		list, err := chosen(apps, label)
		if err != nil {
			return nil, err
		}
		models = append(models, list...)
	}
	if len(o.PKs) > 0 && (len(o.Labels) != 1 || len(models) != 1) {
		return nil, errors.New("serializers: primary keys can be given for one model only (dumpdata app.Model --pks 1,2)")
	}
	using := o.Using
	if using == "" {
		using = orm.DefaultDB
	}
	var out []orm.Model
	for _, m := range models {
		if err := m.Err(); err != nil {
			return nil, err
		}
		if o.Warn != nil && m.IsProxy() && !skip(m) && !slices.Contains(models, m.Concrete()) {
			o.Warn(m.Label() + " is a proxy model and won't be serialized.")
		}
		if !skip(m) && !m.IsProxy() && !slices.Contains(out, m) && orm.AllowMigrate(ctx, using, m.App(), m.Name()) {
			out = append(out, m)
		}
	}
	if o.NaturalForeign || o.NaturalPrimary {
		out = SortModels(out)
	}
	return out, nil
}

func (o *DumpOptions) query(m orm.Model) orm.RecordQuery {
	q := m.Records().Using(o.Using).OrderBy()
	if !o.All {
		q = q.Scoped()
	}
	if len(o.PKs) > 0 {
		q = q.Filter(orm.Lookup("pk__in", o.PKs))
	}
	return q
}
