package orm

import (
	"context"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// ManyKeys reads the keys of the objects that a many-to-many relation of records leads to: a list for each record, in the
// default order of the other model. All records are of one model.
func ManyKeys(ctx context.Context, using string, records []*Record, f RecordField) ([][]dialect.Value, error) {
	out := make([][]dialect.Value, len(records))
	if len(records) == 0 {
		return out, nil
	}
	rel, pk := f.f.Rel, records[0].m.PK
	if pk == nil {
		return out, nil
	}
	at := make(map[dialect.Value]int, len(records))
	var owners []dialect.Value
	for i, r := range records {
		owner := pk.Codec.Get(pk.At(r.p))
		at[owner] = i
		owners = append(owners, owner)
	}
	seen := map[dialect.Value]bool{}
	left, right := keyReader(pk), keyReader(rel.To.PK)
	for part := range slices.Chunk(owners, 400) {
		db, s, err := route(ctx, &using, rel.Through, false, "")
		if err != nil {
			return nil, err
		}
		sql, args := db.pairsSQL(rel, part)
		err = db.query(ctx, s, sql, args, false, func(r dialect.Row) error {
			l, err := left(r, 0)
			if err != nil {
				return err
			}
			k, err := right(r, 1)
			if i, ok := at[l]; ok && err == nil {
				out[i] = append(out[i], k)
				seen[k] = true
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, sortKeys(ctx, using, rel.To, seen, out)
}

// pairsSQL reads the table between for some owners.
func (db *DB) pairsSQL(rel *plan.Relation, owners []dialect.Value) (string, []dialect.Value) {
	d := db.d
	b := d.AppendQuoted([]byte("SELECT "), rel.Left)
	b = d.AppendQuoted(append(b, ", "...), rel.Right)
	b = d.AppendQuoted(append(b, " FROM "...), rel.Through.TableIn(d.MaxName))
	b = append(d.AppendQuoted(append(b, " WHERE "...), rel.Left), " IN ("...)
	args := make([]dialect.Value, len(owners))
	for i, v := range owners {
		if i > 0 {
			b = append(b, ", "...)
		}
		args[i] = d.Bind(v)
		b = d.AppendParam(b, i+1)
	}
	b = d.AppendQuoted(append(b, ") ORDER BY "...), rel.Left)
	b = d.AppendQuoted(append(b, ", "...), rel.Right)
	return string(b), args
}

// sortKeys puts lists of keys into the default order of their model. They come in the order of the keys, which is right
// where the model has none.
func sortKeys(ctx context.Context, using string, m *plan.Model, seen map[dialect.Value]bool, lists [][]dialect.Value) error {
	if len(m.Order) == 0 || len(seen) < 2 {
		return nil
	}
	rank := make(map[dialect.Value]int, len(seen))
	// The order of a part says nothing about another: all keys are one query's.
	keys := make([]dialect.Value, 0, len(seen))
	for k := range seen {
		keys = append(keys, k)
	}
	q := Model{m}.Records().Using(using)
	db, _, err := route(ctx, &q.s.DB, m, false, "")
	if err != nil {
		return err
	}
	if len(keys) > db.d.MaxParams-64 {
		return nil // the keys' own order is an order too
	}
	q.s.Only = []*plan.Field{m.PK}
	addStep(&q.s, expr.Pred{Op: expr.In, Left: expr.Name{Name: "pk"}, Val: dialect.ListValue(keys)})
	found, err := q.All(ctx)
	if err != nil {
		return err
	}
	for i, r := range found {
		rank[m.PK.Codec.Get(m.PK.At(r.p))] = i
	}
	for _, list := range lists {
		slices.SortStableFunc(list, func(a, b dialect.Value) int { return rank[a] - rank[b] })
	}
	return nil
}

// SetMany makes a many-to-many relation of records hold exactly the objects with the keys, a list for each record. All
// records are of one model, with their keys set. Receivers are told with ManyEvent.Raw. Django: manager.set(keys, raw=True).
func SetMany(ctx context.Context, using string, records []*Record, f RecordField, keys [][]dialect.Value) error {
	if len(records) == 0 {
		return nil
	}
	rel, pk := f.f.Rel, records[0].m.PK
	if f.HasThrough() || pk == nil {
		return fmt.Errorf("orm: %s.%s has a through model, whose rows are records of their own", records[0].m.GoName(), f.GoName())
	}
	return AtomicWith(WithRaw(ctx), AtomicOptions{DB: using}, func(ctx context.Context) error {
		db, s, err := database(ctx, using)
		if err != nil {
			return err
		}
		have, err := ManyKeys(ctx, alias(using), records, f)
		if err != nil {
			return err
		}
		rows := &pairRows{ctx: ctx, db: db, s: s, rel: rel}
		for i, r := range records {
			e := &pairing{ctx: ctx, db: db, s: s, using: using, rel: rel, holder: r.p, owner: pk.Codec.Get(pk.At(r.p))}
			switch {
			case len(have[i]) == 0 && len(keys[i]) == 0:
			case len(have[i]) == 0 && !e.announced() && !e.symmetrical():
				err = rows.add(e.owner, missingKeys(keys[i], nil))
			default:
				err = e.set(keys[i])
			}
			if err != nil {
				return &RecordError{i, r, err}
			}
		}
		return rows.flush()
	})
}

// pairRows collects new rows of a table between, and writes many by one statement.
type pairRows struct {
	ctx  context.Context
	db   *DB
	s    *scope
	rel  *plan.Relation
	args []dialect.Value
}

func (p *pairRows) add(owner dialect.Value, keys []dialect.Value) error {
	for _, k := range keys {
		p.args = append(p.args, p.db.d.Bind(owner), p.db.d.Bind(k))
		if len(p.args) >= 900 {
			if err := p.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *pairRows) flush() error {
	if len(p.args) == 0 {
		return nil
	}
	d := p.db.d
	b := d.AppendQuoted([]byte("INSERT INTO "), p.rel.Through.TableIn(d.MaxName))
	b = d.AppendQuoted(append(b, " ("...), p.rel.Left)
	b = d.AppendQuoted(append(b, ", "...), p.rel.Right)
	b = append(b, ") VALUES "...)
	for i := 0; i < len(p.args); i += 2 {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = d.AppendParam(append(b, '('), i+1)
		b = append(d.AppendParam(append(b, ", "...), i+2), ')')
	}
	_, err := p.db.exec(p.ctx, p.s, string(b), p.args)
	p.args = p.args[:0]
	return err
}
