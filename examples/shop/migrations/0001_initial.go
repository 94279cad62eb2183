// Code written by makemigrations; it may be edited.

package migrations

import (
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

func m0001Initial() migrate.Migration {
	return migrate.Migration{
		App: "shop", Name: "0001_initial", Initial: true,
		Operations: []migrate.Operation{
			migrate.CreateModel{
				Name: "Category",
				Fields: []schema.Field{
					{Name: "id", Kind: schema.BigAuto, PrimaryKey: true},
					{Name: "name", Kind: schema.Char, MaxLength: 100},
					{Name: "parent", Kind: schema.ForeignKey, Null: true, Rel: &schema.Relation{To: "shop.Category", OnDelete: schema.Protect, RelatedName: "children"}},
				},
			},
			migrate.CreateModel{
				Name: "Product",
				Fields: []schema.Field{
					{Name: "id", Kind: schema.BigAuto, PrimaryKey: true},
					{Name: "title", Kind: schema.Char, MaxLength: 200},
					{Name: "sku", Kind: schema.Char, MaxLength: 20, Unique: true},
					{Name: "category", Kind: schema.ForeignKey, Rel: &schema.Relation{To: "shop.Category", OnDelete: schema.Protect, RelatedName: "products"}},
					{Name: "price", Kind: schema.Decimal, Digits: 10, Places: 2},
					{Name: "stock", Kind: schema.PositiveInteger},
					{Name: "attributes", Kind: schema.JSON},
				},
				Options: schema.Options{Ordering: []string{"title", "id"}},
			},
			migrate.CreateModel{
				Name: "Customer",
				Fields: []schema.Field{
					{Name: "id", Kind: schema.BigAuto, PrimaryKey: true},
					{Name: "name", Kind: schema.Char, MaxLength: 100},
					{Name: "email", Kind: schema.Email, MaxLength: 254},
				},
				Options: schema.Options{Constraints: []schema.Constraint{
					{Name: "shop_customer_email", Expressions: []schema.Expression{expr.Func{Name: "Lower", Args: []expr.Node{expr.Name{Name: "email"}}, Out: schema.Text}}},
				}},
			},
			migrate.CreateModel{
				Name: "Order",
				Fields: []schema.Field{
					{Name: "id", Kind: schema.BigAuto, PrimaryKey: true},
					{Name: "customer", Kind: schema.ForeignKey, Rel: &schema.Relation{To: "shop.Customer", OnDelete: schema.Protect, RelatedName: "orders"}},
					{Name: "placed", Kind: schema.DateTime},
				},
			},
			migrate.CreateModel{
				Name: "Line",
				Fields: []schema.Field{
					{Name: "order", Kind: schema.ForeignKey, Rel: &schema.Relation{To: "shop.Order", OnDelete: schema.Cascade, RelatedName: "lines"}},
					{Name: "no", Kind: schema.BigInteger},
					{Name: "product", Kind: schema.ForeignKey, Rel: &schema.Relation{To: "shop.Product", OnDelete: schema.Protect, RelatedName: "lines"}},
					{Name: "quantity", Kind: schema.PositiveInteger},
					{Name: "price", Kind: schema.Decimal, Digits: 10, Places: 2},
				},
				Options: schema.Options{Constraints: []schema.Constraint{
					{Name: "shop_line_quantity", Check: expr.Where("quantity__gte", 1)},
				}, PrimaryKey: []string{"order", "no"}},
			},
			migrate.CreateModel{
				Name: "Review",
				Fields: []schema.Field{
					{Name: "id", Kind: schema.BigAuto, PrimaryKey: true},
					{Name: "product", Kind: schema.ForeignKey, Rel: &schema.Relation{To: "shop.Product", OnDelete: schema.Cascade, RelatedName: "reviews"}},
					{Name: "stars", Kind: schema.SmallInteger},
					{Name: "text", Kind: schema.Text},
				},
				Options: schema.Options{Constraints: []schema.Constraint{
					{Name: "shop_review_stars", Check: expr.Where("stars__range", []any{1, 5})},
				}},
			},
		},
	}
}
