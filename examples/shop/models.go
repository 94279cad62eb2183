// Package shop is the tables of a shop, and the questions that a shop asks of them: an example for the guide "Queries by
// example". Its tests run all of it on SQLite.
package shop

import (
	"time"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"

	"github.com/nuages-go/nuages/examples/shop/migrations"
)

// Models are the tables of the shop.
func Models() []orm.Model {
	return []orm.Model{
		orm.ModelOf[Category](), orm.ModelOf[Product](), orm.ModelOf[Customer](), orm.ModelOf[Order](), orm.ModelOf[Line](),
		orm.ModelOf[Review](),
	}
}

// App is what package migrate needs of the shop.
func App() migrate.App {
	return migrate.App{Label: "shop", Models: Models(), Migrations: migrations.All()}
}

// Category is a part of the catalogue, which is a tree.
type Category struct {
	ID     int64
	Name   string
	Parent orm.FK[Category]
}

// Fields describes the columns.
func (Category) Fields(c *Category) []orm.Field {
	return []orm.Field{orm.Char(&c.Name, 100), orm.Ref(&c.Parent).Null().RelatedName("children")}
}

// Attributes are what only some products have. They are a JSON document.
type Attributes struct {
	Color string   `json:"color,omitempty"`
	Sizes []string `json:"sizes,omitempty"`
}

// Product is what the shop sells.
type Product struct {
	ID         int64
	Title      string
	SKU        string
	Category   orm.FK[Category]
	Price      orm.Decimal
	Stock      int
	Attributes Attributes
	Reviews    orm.Many[Review]
}

// Fields describes the columns.
func (Product) Fields(p *Product) []orm.Field {
	return []orm.Field{
		orm.Char(&p.Title, 200),
		orm.Char(&p.SKU, 20).Unique(),
		orm.Ref(&p.Category).RelatedName("products"),
		orm.Numeric(&p.Price, 10, 2),
		orm.PositiveInteger(&p.Stock), // the database refuses less than none
		orm.JSON(&p.Attributes),
		orm.HasMany(&p.Reviews, &orm.Fields[Review]().Product),
	}
}

// Meta names the order of lists.
func (Product) Meta(p *Product) orm.Meta {
	return orm.Meta{Ordering: orm.By(orm.Asc(&p.Title), orm.Asc(&p.ID))}
}

// Customer is somebody who buys.
type Customer struct {
	ID    int64
	Name  string
	Email string
}

// Fields describes the columns.
func (Customer) Fields(c *Customer) []orm.Field {
	return []orm.Field{orm.Char(&c.Name, 100), orm.Email(&c.Email)}
}

// Meta has each address once, however it is written.
func (Customer) Meta(c *Customer) orm.Meta {
	return orm.Meta{Constraints: []orm.Constraint{orm.UniqueExpr("shop_customer_email", orm.Lower(&c.Email))}}
}

// Order is what a customer has bought at once.
type Order struct {
	ID       int64
	Customer orm.FK[Customer]
	Placed   time.Time
	Lines    orm.Many[Line]
}

// Fields describes the columns.
func (Order) Fields(o *Order) []orm.Field {
	return []orm.Field{orm.Ref(&o.Customer).RelatedName("orders"), orm.HasMany(&o.Lines, &orm.Fields[Line]().Order)}
}

// Line is a product in an order. Its key is the order and the number of the line.
type Line struct {
	Order    orm.FK[Order]
	No       int
	Product  orm.FK[Product]
	Quantity int
	Price    orm.Decimal
}

// Fields describes the columns.
func (Line) Fields(l *Line) []orm.Field {
	return []orm.Field{
		orm.Ref(&l.Order).OnDelete(orm.Cascade).RelatedName("lines"),
		orm.Ref(&l.Product).RelatedName("lines"),
		orm.PositiveInteger(&l.Quantity),
		orm.Numeric(&l.Price, 10, 2),
	}
}

// Meta has the key, and what must hold.
func (Line) Meta(l *Line) orm.Meta {
	return orm.Meta{
		PrimaryKey:  []any{&l.Order, &l.No},
		Constraints: []orm.Constraint{orm.CheckThat("shop_line_quantity", orm.Gte(&l.Quantity, 1))},
	}
}

// Review is what a customer says of a product.
type Review struct {
	ID      int64
	Product orm.FK[Product]
	Stars   int16
	Text    string
}

// Fields describes the columns.
func (Review) Fields(r *Review) []orm.Field {
	return []orm.Field{orm.Ref(&r.Product).OnDelete(orm.Cascade).RelatedName("reviews")}
}

// Meta says what must hold.
func (Review) Meta(r *Review) orm.Meta {
	return orm.Meta{Constraints: []orm.Constraint{orm.CheckThat("shop_review_stars", orm.Between(&r.Stars, 1, 5))}}
}
