package migrate_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// priced computes with values whose kind Go's literals do not tell.
type priced struct {
	ID    int64
	Price orm.Decimal
	Gross orm.Decimal
	Until time.Time
}

func (priced) Fields(p *priced) []orm.Field {
	return []orm.Field{
		orm.Numeric(&p.Price, 10, 2),
		orm.Generated(&p.Gross, orm.F(&p.Price).Times(orm.MustDecimal("1.19")), schema.Field{Kind: schema.Decimal, Digits: 12, Places: 4}, true),
		orm.Date(&p.Until),
	}
}

func (priced) Meta(*priced) orm.Meta { return orm.Meta{App: "shop", Name: "Priced"} }

// TestWrittenKinds writes a migration with decimals in an expression, and runs what it says: the kind must not get lost on
// the way through the file.
func TestWrittenKinds(t *testing.T) {
	t.Parallel()
	apps := []migrate.App{{Label: "shop", Models: []orm.Model{orm.ModelOf[priced]()}}}
	out, err := call(t, open(t), apps, "", "makemigrations", "--dry-run", "-v", "3")
	if err != nil || !strings.Contains(out, `Right: expr.ValOf(schema.Decimal, "1.19")`) {
		t.Fatalf("makemigrations: %v\n%s", err, out)
	}
	databases(t, func(t *testing.T, ctx context.Context) {
		ms, err := migrate.Plan(apps)
		if err != nil {
			t.Fatal(err)
		}
		product := ms[0].Operations[0].(migrate.CreateModel)
		for i := range product.Fields {
			if product.Fields[i].Name == "gross" { // as it stands in the file
				product.Fields[i].Expression = expr.Binary{Op: "*", Left: expr.Name{Name: "price"}, Right: expr.ValOf(schema.Decimal, "1.19")}
			}
		}
		ms[0].Operations[0] = product
		apps := []migrate.App{{Label: "shop", Models: apps[0].Models, Migrations: ms}}
		if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
			t.Fatal(err)
		}
		row := &priced{Price: orm.MustDecimal("10.50"), Until: time.Now()}
		if err := orm.Create(ctx, row); err != nil {
			t.Fatal(err)
		}
		if row.Gross.String() != "12.4950" {
			t.Errorf("the computed price is %s, want 12.4950", row.Gross)
		}
		if again, err := migrate.Plan(apps); err != nil || len(again) != 0 {
			t.Errorf("the written migration differs from the models: %v, %v", again, err)
		}
	})
}

// TestBrokenExpression looks whether a mistake in an expression names the field.
func TestBrokenExpression(t *testing.T) {
	t.Parallel()
	ms := []migrate.Migration{{App: "shop", Name: "0001_initial", Operations: []migrate.Operation{migrate.CreateModel{Name: "Broken", Fields: []schema.Field{
		{Name: "id", Kind: schema.BigAuto, PrimaryKey: true},
		{Name: "price", Kind: schema.Decimal, Digits: 6, Places: 2},
		{Name: "gross", Kind: schema.Generated, Stored: true, Output: &schema.Field{Kind: schema.Decimal, Digits: 6, Places: 2}, Expression: expr.Binary{Op: "*", Left: expr.Name{Name: "price"}, Right: expr.Val("1.19")}},
	}}}}}
	err := migrate.Run(open(t), []migrate.App{{Label: "shop", Migrations: ms}}, migrate.Options{})
	if err == nil || !strings.Contains(err.Error(), "shop.0001_initial: Create model Broken: the expression of the field gross: ") {
		t.Errorf("the error is %v", err)
	}
}
