package orm_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// Money is a type of a site's own: an amount with its currency. Its fields are not exported: only the codec knows it.
type Money struct {
	cents    int64
	currency string
}

func (m Money) String() string { return fmt.Sprintf("%s %09d", m.currency, m.cents) }

func parseMoney(s string) (m Money, err error) {
	currency, cents, ok := strings.Cut(s, " ")
	if m.currency = currency; !ok {
		return m, fmt.Errorf("%q is no amount", s)
	}
	m.cents, err = strconv.ParseInt(cents, 10, 64)
	return m, err
}

var moneyCodec = orm.Codec[Money, string]{
	Kind: schema.Char, MaxLength: 20,
	Encode: func(m Money) (string, error) {
		if m.cents < 0 {
			return "", errors.New("no debts")
		}
		return m.String(), nil
	},
	Decode: parseMoney,
}

// sealed keeps texts encrypted: each time another text, so that no look-up makes sense.
func sealed(key string) orm.Codec[string, string] {
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		panic(err)
	}
	box, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return orm.Codec[string, string]{
		Kind: schema.Text, Lookups: []string{},
		Encode: func(s string) (string, error) {
			nonce := make([]byte, box.NonceSize())
			_, _ = rand.Read(nonce)
			return base64.StdEncoding.EncodeToString(box.Seal(nonce, nonce, []byte(s), nil)), nil
		},
		Decode: func(s string) (string, error) {
			b, err := base64.StdEncoding.DecodeString(s)
			if err != nil || len(b) < box.NonceSize() {
				return "", errors.New("not a sealed text")
			}
			out, err := box.Open(nil, b[:box.NonceSize()], b[box.NonceSize():], nil)
			return string(out), err
		},
	}
}

// mac is a text that PostgreSQL has a type for.
var macCodec = orm.Codec[string, string]{
	Kind: schema.Char, MaxLength: 17, DBType: orm.SQL{PostgreSQL: "macaddr"},
	Encode: func(s string) (string, error) { return s, nil }, Decode: func(s string) (string, error) { return s, nil },
	Placeholder: orm.SQL{PostgreSQL: "(({1})::text)::macaddr", All: "LOWER({1})"},
	Select:      orm.SQL{PostgreSQL: "({1})::text", All: "UPPER({1})"},
}

// Color is a Go enum that the database keeps as a text.
type Color int

const (
	Red Color = iota + 1
	Green
)

func (c Color) MarshalText() ([]byte, error) {
	if c != Red && c != Green {
		return nil, fmt.Errorf("no color %d", int(c))
	}
	return []byte([]string{"red", "green"}[c-1]), nil
}

func (c *Color) UnmarshalText(b []byte) error {
	switch string(b) {
	case "red":
		*c = Red
	case "green":
		*c = Green
	default:
		return fmt.Errorf("no color %q", b)
	}
	return nil
}

// Parcel has a column of each way.
type Parcel struct {
	Code   ShelfCode
	Price  Money
	Tax    *Money
	Secret string
	From   netip.Addr
	Note   sql.NullString
	Mac    string
	Color  Color
	Best   Money
}

// ShelfCode is a key of a type of its own.
type ShelfCode struct{ row, place int }

var shelfCodec = orm.Codec[ShelfCode, string]{
	Kind: schema.Char, MaxLength: 10,
	Encode: func(c ShelfCode) (string, error) { return fmt.Sprintf("%c%03d", 'A'+c.row, c.place), nil },
	Decode: func(s string) (c ShelfCode, err error) {
		if len(s) != 4 {
			return c, fmt.Errorf("%q is no shelf", s)
		}
		c.row = int(s[0] - 'A')
		c.place, err = strconv.Atoi(s[1:])
		return c, err
	},
}

func (Parcel) Fields(p *Parcel) []orm.Field {
	return []orm.Field{
		orm.Custom(&p.Code, shelfCodec).PrimaryKey(),
		orm.Custom(&p.Price, moneyCodec).Index(),
		orm.Custom(p.Tax, moneyCodec),
		orm.Custom(&p.Secret, sealed("0123456789abcdef")),
		orm.Custom(&p.From, orm.TextCodec[netip.Addr](39)),
		orm.Custom(&p.Note, orm.ScanCodec[sql.NullString](schema.Char, 50)).Null(),
		orm.Custom(&p.Mac, macCodec),
		orm.Custom(&p.Color, orm.TextCodec[Color](10)).Default(Green).Choices(orm.Choice[Color]{Value: Red, Label: "Red"}),
		orm.Extra(&p.Best),
	}
}

func (Parcel) Meta(p *Parcel) orm.Meta {
	return orm.Meta{
		Table: "orm_test_parcel", Ordering: orm.By(orm.Asc(&p.Code)),
		Constraints: []orm.Constraint{orm.CheckThat("orm_test_price", orm.Gt(&p.Price, Money{0, "A"}))},
	}
}

// Label hangs on a parcel.
type Label struct {
	ID     int64
	Text   string
	Parcel orm.ForeignKey[Parcel, ShelfCode]
}

func (Label) Fields(l *Label) []orm.Field {
	return []orm.Field{orm.Char(&l.Text, 20), orm.Ref(&l.Parcel).OnDelete(orm.Cascade).RelatedName("labels")}
}

func TestCodec(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		p, l := orm.Fields[Parcel](), orm.Fields[Label]()
		models := []orm.Model{orm.ModelOf[Parcel](), orm.ModelOf[Label]()}
		ctx = orm.WithModels(ctx, models...)
		createTables(t, ctx, models...)
		tax := Money{7, "EUR"}
		first := &Parcel{
			Code: ShelfCode{1, 2}, Price: Money{150, "EUR"}, Tax: &tax, Secret: "s3cret", From: netip.MustParseAddr("192.0.2.1"),
			Note: sql.NullString{String: "x", Valid: true}, Mac: "08:00:2B:01:02:03", Color: Red,
		}
		must(t, orm.Create(ctx, first))
		second := &Parcel{Code: ShelfCode{1, 3}, Price: Money{90, "EUR"}, From: netip.MustParseAddr("2001:db8::1"), Mac: "08:00:2b:01:02:04"}
		must(t, orm.Objects[Parcel]().BulkCreate(ctx, []*Parcel{second}))

		q := orm.Objects[Parcel]()
		list, err := q.All(ctx)
		must(t, err)
		got := list[0]
		if len(list) != 2 || got.Code != first.Code || got.Price != first.Price || *got.Tax != tax || got.Secret != "s3cret" || got.From != first.From || got.Note != first.Note || got.Color != Red {
			t.Fatalf("read back: %+v", got)
		}
		if list[1].Tax != nil || list[1].Note.Valid || list[1].Color != Green {
			t.Errorf("nulls: %+v", list[1])
		}
		if !strings.EqualFold(got.Mac, first.Mac) {
			t.Errorf("mac = %s", got.Mac)
		}
		var secret any
		must(t, orm.QueryRows(ctx, "SELECT secret FROM orm_test_parcel WHERE code = 'B002'", nil, func(c []any) error { secret = c[0]; return nil }))
		if s, _ := secret.(string); s == "" || strings.Contains(s, "s3cret") {
			t.Errorf("the secret stands in the table as %v", secret)
		}

		for _, tt := range []struct {
			name string
			p    orm.Predicate
			want int
		}{
			{"equal", orm.Eq(&p.Price, Money{150, "EUR"}), 1},
			{"not equal", orm.Ne(&p.Price, Money{150, "EUR"}), 1},
			{"order", orm.Lt(&p.Price, Money{150, "EUR"}), 1},
			{"range", orm.Between(&p.Price, Money{1, "EUR"}, Money{999, "EUR"}), 2},
			{"in", orm.In(&p.Price, Money{150, "EUR"}, Money{91, "EUR"}), 1},
			{"nullable", orm.Eq(p.Tax, tax), 1},
			{"null", orm.IsNull(&p.Tax), 1},
			{"key", orm.Eq(&p.Code, ShelfCode{1, 3}), 1},
			{"by name, a Go value", orm.Lookup("price", Money{150, "EUR"}), 1},
			{"by name, the stored form", orm.Lookup("price", "EUR 150"), 1},
			{"by name, a list", orm.Lookup("price__in", []Money{{150, "EUR"}, {90, "EUR"}}), 2},
			{"a piece of the stored form", orm.Lookup("price__startswith", "EUR"), 2},
			{"expression", orm.F(&p.Price).Is(Money{150, "EUR"}), 1},
			{"expressions", orm.F(&p.Price).Gt(orm.F(p.Tax)), 1},
			{"text", orm.Eq(&p.From, netip.MustParseAddr("192.0.2.1")), 1},
			{"enum", orm.Eq(&p.Color, Green), 1},
			{"enum by its text", orm.Lookup("color", "red"), 1},
			{"placeholder", orm.Eq(&p.Mac, "08:00:2B:01:02:03"), 1},
			{"placeholders", orm.In(&p.Mac, "08:00:2B:01:02:03", "08:00:2B:01:02:04"), 2},
			{"placeholder under not", orm.Not(orm.Eq(&p.Mac, "08:00:2B:01:02:03")), 1},
			{"scanned", orm.Lookup("note", "x"), 1},
		} {
			t.Run(tt.name, func(t *testing.T) {
				n, err := q.Filter(tt.p).Count(ctx)
				if err != nil || n != tt.want {
					t.Errorf("%d rows, %v, want %d", n, err, tt.want)
				}
			})
		}

		for _, tt := range []struct {
			name string
			p    orm.Predicate
			want string
		}{
			{"no look-ups", orm.Eq(&p.Secret, "s3cret"), `unsupported look-up "exact" for field "secret" (only isnull)`},
			{"no look-ups by name", orm.Lookup("secret__contains", "x"), `unsupported look-up "contains"`},
			{"not encodable", orm.Eq(&p.Price, Money{-1, "EUR"}), `field "price": no debts`},
			{"not readable", orm.Lookup("price", "much"), `"much" is no amount`},
			{"another type", orm.Lookup("price", netip.Addr{}), "field \"price\""},
		} {
			t.Run(tt.name, func(t *testing.T) {
				_, err := q.Filter(tt.p).Count(ctx)
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("error = %v, want %s", err, tt.want)
				}
			})
		}
		if err := orm.Create(ctx, &Parcel{Price: Money{-1, "EUR"}}); err == nil || !strings.Contains(err.Error(), "Parcel.Price: no debts") {
			t.Errorf("a value that cannot be stored: %v", err)
		}

		most, err := orm.Aggregate(ctx, q, orm.Max(&p.Price))
		if err != nil || most != first.Price {
			t.Errorf("Max = %v, %v", most, err)
		}
		type row struct {
			Price Money
			Tax   *Money
			Mac   string
		}
		rows, err := orm.Values(q, func(r *row) []orm.Pick {
			return []orm.Pick{orm.As(&r.Price, orm.F(&p.Price)), orm.As(&r.Tax, orm.F(&p.Tax)), orm.As(&r.Mac, orm.F(&p.Mac))}
		}).All(ctx)
		if err != nil || len(rows) != 2 || rows[0].Price != first.Price || *rows[0].Tax != tax || rows[1].Tax != nil || !strings.EqualFold(rows[0].Mac, first.Mac) {
			t.Errorf("Values = %+v, %v", rows, err)
		}
		maps, err := q.ValuesByName("price", "from").Maps(ctx)
		if err != nil || maps[0]["price"] != any(first.Price) || maps[0]["from"] != any(first.From) {
			t.Errorf("Maps = %v, %v", maps, err)
		}
		noted, err := q.Annotate(orm.As(&p.Best, orm.Coalesce(orm.F(p.Tax), orm.F(&p.Price)))).All(ctx)
		if err != nil || noted[0].Best != tax || noted[1].Best != second.Price {
			t.Errorf("Annotate = %+v, %v", noted, err)
		}

		n, err := q.Filter(orm.Eq(&p.Code, second.Code)).Update(ctx, orm.Set(&p.Price, Money{91, "USD"}), orm.Set(&p.Mac, "08:00:2B:01:02:05"), orm.Set(&p.Secret, "new"))
		must(t, err)
		again, err := q.Get(ctx, orm.Eq(&p.Code, second.Code))
		if err != nil || n != 1 || again.Price != (Money{91, "USD"}) || again.Secret != "new" || !strings.EqualFold(again.Mac, "08:00:2B:01:02:05") {
			t.Errorf("after Update: %d, %+v, %v", n, again, err)
		}
		again.Price, again.Mac = Money{92, "USD"}, "08:00:2B:01:02:06"
		must(t, orm.Save(ctx, again))
		again.Price = Money{93, "USD"}
		_, err = q.BulkUpdate(ctx, []*Parcel{again}, &p.Price, &p.Mac)
		must(t, err)
		again, err = q.Get(ctx, orm.Lookup("pk", second.Code))
		if err != nil || again.Price != (Money{93, "USD"}) || !strings.EqualFold(again.Mac, "08:00:2B:01:02:06") {
			t.Errorf("after Save and BulkUpdate: %+v, %v", again, err)
		}
		after, err := q.OrderBy(orm.Asc(&p.Code)).After(first).All(ctx)
		if err != nil || len(after) != 1 || after[0].Code != second.Code {
			t.Errorf("After = %v, %v", after, err)
		}

		must(t, orm.Create(ctx, &Label{Text: "mine", Parcel: orm.ForeignKey[Parcel, ShelfCode]{ID: first.Code}}))
		label, err := orm.Objects[Label]().Get(ctx, orm.Eq(&l.Parcel.To().Price, first.Price))
		must(t, err)
		owner, err := label.Parcel.Get(ctx)
		if err != nil || owner.Code != first.Code {
			t.Errorf("the label's parcel: %+v, %v", owner, err)
		}
		for _, where := range []orm.Predicate{orm.Is(&l.Parcel, first), orm.Eq(&l.Parcel.ID, first.Code), orm.Lookup("parcel", first), orm.Lookup("parcel_id", first.Code), orm.Lookup("parcel__code", "B002")} {
			if n, err := orm.Objects[Label]().Filter(where).Count(ctx); err != nil || n != 1 {
				t.Errorf("labels by their parcel: %d, %v", n, err)
			}
		}
		joined, err := orm.Objects[Label]().Related(&l.Parcel).All(ctx)
		must(t, err)
		if owner, err := joined[0].Parcel.Get(ctx); err != nil || owner.Price != first.Price {
			t.Errorf("joined: %+v, %v", owner, err)
		}
		_, err = orm.Delete(ctx, first)
		must(t, err)
		if n, err := orm.Objects[Label]().Count(ctx); err != nil || n != 0 {
			t.Errorf("labels of a deleted parcel: %d, %v", n, err)
		}
	})
}

// What migrations know of a column with a codec is plain.
func TestCodecSchema(t *testing.T) {
	t.Parallel()
	m := orm.ModelOf[Parcel]()
	must(t, m.Err())
	color := m.Schema().Field("color")
	if color.Default != any("green") || color.Choices[0].Value != any("red") || color.Kind != schema.Char {
		t.Errorf("color = %+v", color)
	}
	if mac := m.Schema().Field("mac"); mac.DBType.PostgreSQL != "macaddr" {
		t.Errorf("mac = %+v", mac)
	}
}

type badCodec struct {
	ID int64
	A  Money
	B  Money
	C  Money
}

func (badCodec) Fields(b *badCodec) []orm.Field {
	return []orm.Field{
		orm.Custom(&b.A, orm.Codec[Money, string]{}),
		orm.Custom(&b.B, orm.Codec[Money, string]{Kind: schema.Boolean, Encode: moneyCodec.Encode, Decode: moneyCodec.Decode, Placeholder: orm.SQL{All: "F({1}, {2})"}}),
		orm.Custom(&b.C, orm.Codec[Money, struct{ X int }]{Kind: schema.Char, Encode: func(Money) (struct{ X int }, error) { return struct{ X int }{}, nil }, Decode: func(struct{ X int }) (Money, error) { return Money{}, nil }}),
	}
}

func TestCodecMistakes(t *testing.T) {
	t.Parallel()
	err := orm.ModelOf[badCodec]().Err()
	for _, want := range []string{"badCodec.A: the codec of orm_test.Money needs Encode and Decode", "badCodec.B:", "badCodec.C: the codec of orm_test.Money: a struct { X int } does not fit"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Err() = %v, want %s", err, want)
		}
	}
}
