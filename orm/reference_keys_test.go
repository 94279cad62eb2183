package orm_test

import (
	"context"

	"github.com/nuages-go/nuages/orm"
)

var (
	stalls  = orm.Objects[Stall]().OrderBy(orm.ByName("pk"))
	booked  = orm.Objects[Booking]().OrderBy(orm.Asc(&booking.Name))
	stall   = orm.Fields[Stall]()
	booking = orm.Fields[Booking]()
	shift   = orm.Fields[Shift]()
	a1      = &Stall{Hall: "a", Row: 1}
)

var refKeys = []refRow{
	{"filter(pk=('a', 1))", stalls.Filter(orm.Key(stall).Is(&Stall{Hall: "a", Row: 1})), "a1", "of the object only the fields of the key count; by name: `orm.Lookup(\"pk\", []any{\"a\", 1})`"},
	{"filter(pk__in=[…])", stalls.Filter(orm.Lookup("pk__in", [][]any{{"a", 2}, {"b", 1}})), "a2 b1", "typed: `orm.Key(stall).In(list...)`"},
	{"filter(pk__gt=('a', 1))", stalls.Filter(orm.Key(stall).Above(a1)), "a2 b1 b2", "from the first column to the last; `AtLeast`, `Below`, `AtMost`"},
	{"filter(pk__lte=('a', 2))", stalls.Filter(orm.Lookup("pk__lte", []any{"a", 2})), "a1 a2", ""},
	{"exclude(pk=('a', 1))", stalls.Exclude(orm.Key(stall).Is(a1)), "a2 b1 b2", ""},
	{"filter(pk__in=subquery)", stalls.Filter(orm.Key(stall).InQuery(orm.Keys(stalls.Filter(orm.Eq(&stall.Row, 2))))), "a2 b2", "by name a query of the columns serves too: `ValuesByName(\"hall\", \"row\")`"},
	{"filter(Exists(… OuterRef('pk')))", stalls.Filter(orm.ExistsIn(orm.Objects[Shift]().Filter(orm.Key(shift.Stall.To()).Eq(orm.OuterKey(stall))))), "a1 b1", ""},
	{"order_by('-pk')", stalls.OrderBy(orm.ByName("-pk")), "b2 b1 a2 a1", "typed: `orm.Key(stall).Desc()`"},
	{"values('pk')", run(func(ctx context.Context) (any, error) { return stalls.Limit(2).ValuesByName("pk").Rows(ctx) }), "[[[a 1]] [[a 2]]]", "a `[]any` of the columns"},
	{"count('pk')", run(func(ctx context.Context) (any, error) {
		return orm.Aggregate(ctx, stalls, orm.CountOf(orm.Key(stall)))
	}), "4", "with `Distinct` too; other aggregates are errors"},
	{"in_bulk([('a', 1), …])", run(func(ctx context.Context) (any, error) {
		type key struct {
			Hall string
			Row  int64
		}
		byKey, err := orm.InBulkKeys(ctx, stalls, key{"a", 1}, key{"b", 2})
		return len(byKey), err
	}), "2", "a map by a struct of your own"},
	{"filter(stall=obj)", booked.Filter(orm.Is(&booking.Stall, a1)), "n0 n1", "of a foreign key over several columns, `orm.ForeignObject`"},
	{"filter(stall__isnull=True)", booked.Filter(orm.IsNull(&booking.Stall)), "n3", "one of its columns is null"},
	{"filter(stall__label='a2')", booked.Filter(orm.Eq(&booking.Stall.To().Label, "a2")), "n2", ""},
	{"filter(stall__pk__in=[…])", booked.Filter(orm.Key(booking.Stall.To()).In(a1)), "n0 n1", ""},
	{"filter(bookings__name='n2')", stalls.Filter(orm.Eq(&orm.Rev[Booking](&booking.Stall).Name, "n2")), "a2", ""},
	{"exclude(shifts=('a', 1, 2))", stalls.Exclude(orm.Lookup("shifts", []any{"a", 1, 2})), "a2 b1 b2", ""},
	{"select_related('stall')", booked.Related(&booking.Stall), "n0 n1 n2 n3", ""},
	{"prefetch_related('bookings')", stalls.Prefetch(&stall.Bookings), "a1 a2 b1 b2", ""},
	{"booking.stall = obj; booking.save()", run(func(ctx context.Context) (any, error) {
		b := &Booking{Name: "new"}
		b.Stall.Set(a1)
		return nil, orm.Save(ctx, b)
	}), "", "fills its columns in"},
}
