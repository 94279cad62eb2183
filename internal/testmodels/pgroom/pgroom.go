// Package pgroom has the model of the conformance files with what PostgreSQL alone knows: ranges, arrays, hstore, search
// vectors, methods of indexes, exclusion constraints.
package pgroom

import (
	"github.com/nuages-go/nuages/orm"
)

// All lists the models.
func All() []orm.Model { return []orm.Model{orm.ModelOf[Booking]()} }

// Booking takes a room for some time. Types without a kind of field are the text that PostgreSQL writes for them.
type Booking struct {
	ID        int64
	Room      string
	Span      string
	Days      *string
	Seats     string
	Price     *string
	Guests    string
	Grid      *string
	Extra     map[string]any
	Attrs     *string
	Search    *string
	Cancelled bool
}

// Fields describes the columns.
func (Booking) Fields(b *Booking) []orm.Field {
	return []orm.Field{
		orm.Char(&b.Room, 20),
		orm.Custom(&b.Span, orm.AsText("tstzrange")),
		orm.Custom(b.Days, orm.AsText("daterange")),
		orm.Custom(&b.Seats, orm.AsText("int4range")).Default("[1,10)"),
		orm.Custom(b.Price, orm.AsText("numrange")),
		orm.Custom(&b.Guests, orm.AsText("varchar(30)[8]")).Default("{}"),
		orm.Custom(b.Grid, orm.AsText("integer[][]")),
		orm.JSON(&b.Extra).DefaultFunc(func() map[string]any { return map[string]any{} }),
		orm.Custom(b.Attrs, orm.AsText("hstore")),
		orm.Custom(b.Search, orm.AsText("tsvector")),
	}
}

// Meta has the indexes and constraints.
func (Booking) Meta(b *Booking) orm.Meta {
	return orm.Meta{
		Indexes: []orm.Index{
			orm.IndexOn(&b.Guests).Name("booking_guests_gin").Using("gin"),
			orm.IndexOn(&b.Extra).Name("booking_extra_gin").Using("gin").OpClasses("jsonb_path_ops"),
			orm.IndexOn(&b.Span).Name("booking_span_gist").Using("gist").With("fillfactor = 80"),
			orm.IndexOn(&b.Room).Name("booking_room_brin").Using("brin").With("pages_per_range = 4"),
			orm.IndexOn(&b.Room).Name("booking_room_hash").Using("hash"),
			orm.IndexOn(&b.Room).Name("booking_room_spgist").Using("spgist"),
			orm.IndexOn(&b.Room).Name("booking_room_btree").Using("btree").With("fillfactor = 70"),
			orm.IndexOn(&b.Room).Name("booking_room_incl").Include(&b.Cancelled),
			orm.IndexExpr("booking_room_pattern", orm.Lower(&b.Room)).OpClasses("varchar_pattern_ops"),
		},
		Constraints: []orm.Constraint{
			orm.Exclude("booking_no_overlap", "spgist", orm.ExcludeOn(&b.Span, "&&")).Where(orm.Eq(&b.Cancelled, false)),
			orm.UniqueOn("booking_deferred", &b.Room, &b.Seats).Deferred(),
			orm.UniqueOn("booking_nulls", &b.Room, &b.Days).NullsNotDistinct(),
			orm.UniqueOn("booking_include", &b.Room).Include(&b.Extra).Where(orm.Eq(&b.Cancelled, true)),
		},
	}
}
