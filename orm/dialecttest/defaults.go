package dialecttest

import (
	"fmt"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// Parcel has columns that the database fills.
type Parcel struct {
	ID     int64
	Name   string
	Weight int64
	Lot    string
	Double int64
}

// Fields gives two columns a default of the database, and computes a third.
func (Parcel) Fields(p *Parcel) []orm.Field {
	return []orm.Field{
		orm.Char(&p.Name, 100),
		orm.BigInteger(&p.Weight).DBDefault(7),
		orm.Char(&p.Lot, 20).DBDefault("none"),
		orm.Generated(&p.Double, orm.F(&p.Weight).Times(2), schema.Field{Kind: schema.BigInteger}, true),
	}
}

// Meta names the table.
func (Parcel) Meta(*Parcel) orm.Meta { return orm.Meta{Table: "dialecttest_parcel"} }

// Label has a key of its own and a default of the database.
type Label struct {
	Code  string
	Color string
}

// Fields makes the code the key.
func (Label) Fields(l *Label) []orm.Field {
	return []orm.Field{orm.Char(&l.Code, 20).PrimaryKey(), orm.Char(&l.Color, 20).DBDefault("red")}
}

// Meta names the table.
func (Label) Meta(*Label) orm.Meta { return orm.Meta{Table: "dialecttest_label"} }

// testDefaults: an object has what the database put into its row, whatever the database tells of it.
func testDefaults(t *testing.T, e *env) {
	one := &Parcel{Name: "one"}
	must(t, orm.Create(e.ctx, one))
	want(t, "created", show(*one), "{ID:1 Name:one Weight:7 Lot:none Double:14}")
	two := &Parcel{Name: "two", Weight: 50, Lot: "x"}
	must(t, orm.Create(e.ctx, two))
	want(t, "created with values", show(*two), "{ID:2 Name:two Weight:50 Lot:x Double:100}")
	kept := &Parcel{ID: 900, Name: "kept"}
	must(t, orm.Save(e.ctx, kept))
	want(t, "created with a key", show(*kept), "{ID:900 Name:kept Weight:7 Lot:none Double:14}")
	label := &Label{Code: "Fragile"}
	must(t, orm.Create(e.ctx, label))
	want(t, "label", show(*label), "{Code:Fragile Color:red}")

	// Objects with and without values, all mixed: each has its own.
	var list []*Parcel
	for i := range 230 {
		p := &Parcel{Name: fmt.Sprint("p", i)}
		if i%2 == 0 {
			p.Weight = int64(i + 1)
		}
		if i%3 == 0 {
			p.Lot = "third"
		}
		if i%5 == 0 {
			p.ID = int64(1000 + i)
		}
		list = append(list, p)
	}
	must(t, orm.Objects[Parcel]().BulkCreate(e.ctx, list))
	for i, p := range list {
		expect := Parcel{ID: p.ID, Name: fmt.Sprint("p", i), Weight: 7, Lot: "none"}
		if i%2 == 0 {
			expect.Weight = int64(i + 1)
		}
		if i%3 == 0 {
			expect.Lot = "third"
		}
		if i%5 == 0 {
			expect.ID = int64(1000 + i)
		}
		expect.Double = 2 * expect.Weight
		if p.ID == 0 || *p != expect {
			t.Fatalf("object %d = %+v, want %+v", i, *p, expect)
		}
		got, err := orm.Objects[Parcel]().Get(e.ctx, orm.Eq(&parcel.ID, p.ID))
		must(t, err)
		want(t, "row", show(*got), show(expect))
	}
	labels := []*Label{{Code: "a"}, {Code: "B", Color: "blue"}, {Code: "ç"}}
	must(t, orm.Objects[Label]().BulkCreate(e.ctx, labels))
	want(t, "labels", show(*labels[0])+show(*labels[1])+show(*labels[2]), "{Code:a Color:red}{Code:B Color:blue}{Code:ç Color:red}")
}

// testBulkUpdate writes columns of every kind of several rows, each row its own values.
func testBulkUpdate(t *testing.T, e *env) {
	var list []*Sample
	for i := range 450 {
		s := fullSample()
		s.Name = fmt.Sprint("sample ", i)
		list = append(list, s)
	}
	must(t, orm.Objects[Sample]().BulkCreate(e.ctx, list))
	untouched := fullSample()
	must(t, orm.Create(e.ctx, untouched))
	for i, s := range list {
		s.Name, s.Body, s.Small, s.Big, s.Ratio, s.Active = fmt.Sprintf(`"%d" \ ' ?`, i), "not written", int16(i), int64(i)<<40, float64(i)/7, i%2 == 0
		s.At, s.Day, s.Clock, s.Span = s.At.Add(time.Duration(i)*time.Microsecond), s.Day.AddDate(0, 0, i), time.Duration(i)*time.Millisecond, -time.Duration(i)*time.Hour
		s.Price, s.Blob, s.Key, s.Data = orm.MustDecimal(fmt.Sprintf("%d.25", i)), []byte{0xff, 0, byte(i), 0x80}, [16]byte{byte(i), 0xfe}, map[string]any{"n": float64(i)}
		if i%2 == 1 {
			s.MaybeName, s.MaybePrice, s.MaybeDay, s.MaybeKey, s.MaybeBig = nil, nil, nil, nil, nil
		}
	}
	n, err := orm.Objects[Sample]().BulkUpdate(e.ctx, append(list, &Sample{ID: 999_999}), &sample.Name, &sample.Small, &sample.Big, &sample.Ratio,
		&sample.Active, &sample.At, &sample.Day, &sample.Clock, &sample.Span, &sample.Price, &sample.Blob, &sample.Key, &sample.Data,
		&sample.MaybeName, &sample.MaybePrice, &sample.MaybeDay, &sample.MaybeKey, &sample.MaybeBig)
	must(t, err)
	want(t, "rows", n, len(list))
	fresh := map[int64]*Sample{}
	all, err := orm.Objects[Sample]().All(e.ctx)
	must(t, err)
	for _, s := range all {
		fresh[s.ID] = s
	}
	for _, s := range list {
		s.Body = fullSample().Body
		same(t, fresh[s.ID], s)
	}
	same(t, fresh[untouched.ID], untouched)
}

var parcel = orm.Fields[Parcel]()
