package orm_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
)

type (
	// Entry is the table of the history.
	Entry struct{ orm.Change }

	Ledger struct {
		ID     int64
		Name   string
		Cents  int64
		Rate   orm.Decimal
		Due    *time.Time
		Secret string
		Owner  orm.FK[Teller]
		orm.Audited[Entry]
	}
	Teller struct {
		ID   int64
		Name string
		orm.Audited[Entry]
	}
	// Sheet is deleted softly.
	Sheet struct {
		ID   int64
		Text string
		orm.SoftDelete
		orm.Audited[Entry]
	}
)

func (Ledger) Fields(l *Ledger) []orm.Field {
	return []orm.Field{
		orm.Char(&l.Name, 40).Unique(), orm.Numeric(&l.Rate, 8, 2), orm.Ref(&l.Owner).OnDelete(orm.Cascade).Null(),
	}
}

func (Ledger) UnauditedFields() []string { return []string{"secret"} }

// history is what an object's history says, the oldest first.
func history[T any](t *testing.T, ctx context.Context, obj *T) string {
	t.Helper()
	list, err := orm.HistoryOf[Entry](obj).OrderBy(orm.Asc(&orm.Fields[Entry]().ID)).All(ctx)
	must(t, err)
	var out []string
	for _, c := range list {
		var values []string
		for name, v := range c.Values {
			text := func(s *string) string {
				if s == nil {
					return "-"
				}
				return *s
			}
			values = append(values, name+"="+text(v.Old)+">"+text(v.New))
		}
		slices.Sort(values)
		out = append(out, fmt.Sprint(c.Actor, " ", c.Action, " ", strings.Join(values, ",")))
	}
	return strings.Join(out, "; ")
}

var auditModels = []orm.Model{orm.ModelOf[Entry](), orm.ModelOf[Teller](), orm.ModelOf[Ledger](), orm.ModelOf[Sheet]()}

// Every change of an audited model is in its history, with what was and what is.
func TestAudited(t *testing.T) {
	l := orm.Fields[Ledger]()
	ledgers := orm.Objects[Ledger]()
	eachDatabase(t, auditModels, func(t *testing.T, ctx context.Context) {
		ctx = orm.WithActor(ctx, "ada")
		due := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		book := &Ledger{Name: "a", Cents: 5, Rate: orm.MustDecimal("1.5"), Secret: "s"}
		must(t, orm.Create(ctx, book))
		book.Cents, book.Due, book.Secret = 7, &due, "t"
		must(t, orm.Save(ctx, book))
		must(t, orm.Save(ctx, book)) // nothing has changed
		must(t, orm.Save(orm.WithActor(ctx, "bob"), book, orm.SetTo(&l.Cents, orm.F(&l.Cents).Plus(1))))
		must(t, second(ledgers.Filter(orm.Eq(&l.Name, "a")).Update(ctx, orm.Set(&l.Name, "b"), orm.SetTo(&l.Cents, orm.F(&l.Cents).Times(2)))))
		book.Name, book.Rate = "c", orm.MustDecimal("2")
		must(t, second(ledgers.BulkUpdate(ctx, []*Ledger{book}, &l.Name, &l.Rate)))
		id := book.ID
		want := fmt.Sprintf("ada create cents=->5,id=->%d,name=->a,rate=->1.50", id) +
			"; ada update cents=5>7,due=->2026-03-01 12:00:00+00:00; bob update cents=7>8; ada update cents=8>16,name=a>b; ada update name=b>c,rate=1.50>2.00"
		if got := history(t, ctx, book); got != want {
			t.Errorf("history:\n%s\nwant\n%s", got, want)
		}
		// What was there counts, not what the object believes.
		must(t, second(orm.Delete(orm.WithActor(ctx, "cy"), &Ledger{ID: id})))
		got, ok := strings.CutPrefix(history(t, ctx, &Ledger{ID: id}), want+"; ")
		if want := fmt.Sprintf("cy delete cents=16>-,due=2026-03-01 12:00:00+00:00>-,id=%d>-,name=c>-,rate=2.00>-", id); got != want || !ok {
			t.Errorf("the delete:\n%s\nwant\n%s", got, want)
		}

		// Rows of a bulk create, and those that a cascade takes.
		teller := &Teller{Name: "k"}
		must(t, orm.Create(ctx, teller))
		books := []*Ledger{{Name: "x", Owner: orm.To(teller)}, {Name: "y", Owner: orm.To(teller)}}
		must(t, ledgers.BulkCreate(ctx, books))
		kept := *teller
		must(t, second(orm.Objects[Teller]().Delete(ctx)))
		if got := history(t, ctx, &kept); !strings.HasSuffix(got, fmt.Sprintf("delete id=%d>-,name=k>-", kept.ID)) {
			t.Errorf("teller: %s", got)
		}
		for _, b := range books {
			want := fmt.Sprintf("ada create cents=->0,id=->%[1]d,name=->%[2]s,owner=->%[3]d,rate=->0.00; ada delete cents=0>-,id=%[1]d>-,name=%[2]s>-,owner=%[3]d>-,rate=0.00>-", b.ID, b.Name, kept.ID)
			if got := history(t, ctx, b); got != want {
				t.Errorf("history:\n%s\nwant\n%s", got, want)
			}
		}
	})
}

// A change and its entry are one: both are there or neither.
func TestAuditedTogether(t *testing.T) {
	l, entries := orm.Fields[Ledger](), orm.Objects[Entry]()
	ledgers := orm.Objects[Ledger]()
	eachDatabase(t, auditModels, func(t *testing.T, ctx context.Context) {
		sheet := &Sheet{Text: "one"}
		must(t, orm.Create(ctx, sheet))
		must(t, second(orm.Delete(ctx, sheet)))
		must(t, orm.Restore(ctx, sheet))
		got := history(t, ctx, sheet)
		if parts := strings.Split(got, "; "); len(parts) != 3 || !strings.HasPrefix(parts[1], " delete deleted_at=->20") || !strings.HasPrefix(parts[2], " update deleted_at=20") {
			t.Errorf("a soft delete: %s", got)
		}

		books := []*Ledger{{Name: "a"}, {Name: "b"}}
		must(t, ledgers.BulkCreate(ctx, books))
		before, err := entries.Count(ctx)
		must(t, err)
		books[1].Name = "a"
		failing := map[string]error{
			"Save":            orm.Save(ctx, books[1]),
			"Create":          orm.Create(ctx, &Ledger{Name: "a"}),
			"BulkCreate":      ledgers.BulkCreate(ctx, []*Ledger{{Name: "c"}, {Name: "a"}}),
			"Update":          second(ledgers.Update(ctx, orm.Set(&l.Name, "a"))),
			"Save of no row":  orm.Save(ctx, &Ledger{ID: 999, Name: "z"}, &l.Name),
			"conflicts":       ledgers.BulkCreate(ctx, []*Ledger{{Name: "a"}}, orm.BulkOptions{IgnoreConflicts: true}),
			"Upsert":          second(ledgers.Upsert(ctx, []*Ledger{{Name: "a"}}, orm.UpsertOptions{On: []any{&l.Name}})),
			"UpdateReturning": second(ledgers.UpdateReturning(ctx, orm.Set(&l.Cents, 1))),
			"UpdateFrom":      second(ledgers.UpdateFrom(ctx, orm.Set(&l.Cents, 1))),
			"Update of a key": second(ledgers.Update(ctx, orm.SetTo(&l.ID, orm.F(&l.ID).Plus(100)))),
			"undone by us": orm.Atomic(ctx, func(ctx context.Context) error {
				return errors.Join(orm.Create(ctx, &Ledger{Name: "d"}), errors.New("no"))
			}),
			"history of a new": second(orm.HistoryOf[Entry](&Ledger{}).All(ctx)),
		}
		for name, err := range failing {
			if err == nil {
				t.Errorf("%s: no error", name)
			}
		}
		if after, err := entries.Count(ctx); after != before || err != nil {
			t.Errorf("%d entries, %v, want %d", after, err, before)
		}
		quiet := orm.WithoutAudit(ctx)
		must(t, orm.Create(quiet, &Ledger{Name: "e"}))
		must(t, second(ledgers.UpdateReturning(quiet, orm.Set(&l.Cents, 3))))
		must(t, second(ledgers.Filter(orm.Eq(&l.Name, "e")).Delete(quiet)))
		if after, err := entries.Count(ctx); after != before || err != nil {
			t.Errorf("without audit: %d entries, %v, want %d", after, err, before)
		}
		// Rows that a condition finds twice, and by an annotation, are recorded once.
		tellers := orm.Objects[Teller]()
		twice := &Teller{Name: "t"}
		must(t, orm.Create(ctx, twice))
		must(t, ledgers.BulkCreate(ctx, []*Ledger{{Name: "f", Owner: orm.To(twice), Cents: 1}, {Name: "g", Owner: orm.To(twice), Cents: 1}}))
		rich := tellers.Filter(orm.Eq(&orm.Rev[Ledger](&l.Owner).Cents, 1)).Distinct()
		if n, err := rich.Update(ctx, orm.Set(&orm.Fields[Teller]().Name, "u")); n != 1 || err != nil {
			t.Errorf("Update over a relation: %d, %v", n, err)
		}
		if got, want := history(t, ctx, twice), fmt.Sprintf(" create id=->%d,name=->t;  update name=t>u", twice.ID); got != want {
			t.Errorf("history: %q, want %q", got, want)
		}
		// More rows than one statement takes.
		var many []*Ledger
		for i := range 1200 {
			many = append(many, &Ledger{Name: fmt.Sprint("m", i)})
		}
		must(t, ledgers.BulkCreate(ctx, many))
		if n, err := ledgers.Filter(orm.StartsWith(&l.Name, "m")).Update(ctx, orm.SetTo(&l.Cents, orm.F(&l.Cents).Plus(1))); n != 1200 || err != nil {
			t.Errorf("%d rows updated, %v", n, err)
		}
		if n, err := entries.Filter(orm.Lookup("action", "update"), orm.Lookup("model", "orm_test.Ledger")).Count(ctx); n != 1200 || err != nil {
			t.Errorf("%d entries, %v, want 1200", n, err)
		}
	})
}
