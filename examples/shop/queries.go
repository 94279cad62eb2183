package shop

import (
	"context"
	"time"

	"github.com/nuages-go/nuages/orm"
)

var (
	p = orm.Fields[Product]()
	c = orm.Fields[Category]()
	l = orm.Fields[Line]()
	r = orm.Fields[Review]()

	products   = orm.Objects[Product]()
	categories = orm.Objects[Category]()
	lines      = orm.Objects[Line]()
	reviews    = orm.Objects[Review]()
)

// sales is what a line of an order brings in.
func sales() orm.Expr[orm.Decimal] {
	return orm.F(&l.Price).Mul(orm.Typed[orm.Decimal](orm.F(&l.Quantity)))
}

// Month is a row of the report of a year.
type Month struct {
	Month  time.Time
	Sales  orm.Decimal
	Orders int64
}

// ByMonth adds up the sales of each month.
func ByMonth() orm.ValuesQuery[Month] {
	return orm.Values(lines, func(m *Month) []orm.Pick {
		return []orm.Pick{
			orm.As(&m.Month, orm.Trunc(&l.Order.To().Placed, "month")),
			orm.As(&m.Sales, orm.SumOf(sales())),
			orm.As(&m.Orders, orm.Count(&l.Order.ID).Distinct()),
		}
	}).OrderBy(orm.Asc(&orm.Fields[Month]().Month))
}

// Growth is a month beside those before it.
type Growth struct {
	Month  time.Time
	Sales  orm.Decimal
	Total  orm.Decimal  // since the beginning
	Before *orm.Decimal // of the month before; the first has none
}

// Growing takes the report as a table, and looks at each row with window functions.
func Growing(ctx context.Context) ([]Growth, error) {
	m := orm.Fields[Month]()
	byMonth := orm.Window{Order: []orm.Order{orm.Asc(&m.Month)}}

	return orm.Values(orm.From(orm.With("months", ByMonth())), func(g *Growth) []orm.Pick {
		return []orm.Pick{
			orm.As(&g.Month, orm.F(&m.Month)),
			orm.As(&g.Sales, orm.F(&m.Sales)),
			orm.As(&g.Total, orm.Sum(&m.Sales).Over(byMonth)),
			orm.As(g.Before, orm.Lag(orm.F(&m.Sales), 1).Over(byMonth)),
		}
	}).OrderBy(orm.Asc(&m.Month)).All(ctx)
}

// Buyer is a customer with what he has spent.
type Buyer struct {
	Name  string
	Spent orm.Decimal
}

// BestBuyers are those who spent more than a sum, the best first.
func BestBuyers(ctx context.Context, more orm.Decimal, n int) ([]Buyer, error) {
	b := orm.Fields[Buyer]()

	return orm.Values(lines, func(b *Buyer) []orm.Pick {
		return []orm.Pick{orm.As(&b.Name, orm.F(&l.Order.To().Customer.To().Name)), orm.As(&b.Spent, orm.SumOf(sales()))}
	}).Filter(orm.Gt(&b.Spent, more)).OrderBy(orm.Desc(&b.Spent), orm.Asc(&b.Name)).Limit(n).All(ctx)
}

// node is a row of the tree: no table, no key.
type node struct {
	Category orm.FK[Category]
	Depth    int64
}

// Below are the products of a category and of all categories in it.
func Below(category int64) orm.Query[Product] {
	n := orm.Fields[node]()
	tree := orm.Recursive("tree",
		orm.Values(categories.Filter(orm.Eq(&c.ID, category)), func(r *node) []orm.Pick {
			return []orm.Pick{orm.As(&r.Category.ID, orm.F(&c.ID)), orm.As(&r.Depth, orm.Val[int64](0))}
		}),
		func(up orm.Table[node]) orm.Rows[node] {
			return orm.Values(categories.Join(up, orm.F(&c.Parent.ID).Eq(orm.F(&n.Category.ID))), func(r *node) []orm.Pick {
				return []orm.Pick{orm.As(&r.Category.ID, orm.F(&c.ID)), orm.As(&r.Depth, orm.F(&n.Depth).Plus(1))}
			})
		})

	return products.Filter(orm.InQuery(&p.Category.ID, orm.Pluck(orm.From(tree), &n.Category.ID)))
}

// Colored are the products that come in a colour and a size.
func Colored(color, size string) orm.Query[Product] {
	return products.Filter(
		orm.JSONAt[string](&p.Attributes, "color").Is(color),
		orm.JSONContains(&p.Attributes, map[string]any{"sizes": []string{size}}),
	)
}

// Said is a product with its latest review; without one, Text is nil.
type Said struct {
	Title string
	Text  *string
}

// LatestReviews asks for the latest review of each product, in one statement.
func LatestReviews(ctx context.Context) ([]Said, error) {
	latest := reviews.Filter(orm.F(&r.Product.ID).Eq(orm.OuterRef(&p.ID))).OrderBy(orm.Desc(&r.ID)).Limit(1)

	return orm.Values(products, func(s *Said) []orm.Pick {
		return []orm.Pick{orm.As(&s.Title, orm.F(&p.Title)), orm.As(s.Text, orm.Pluck(latest, &r.Text))}
	}).All(ctx)
}

// WithReviews loads products with the best two reviews of each: two statements, however many products.
func WithReviews(q orm.Query[Product]) orm.Query[Product] {
	return orm.PrefetchQuery(q, &p.Reviews, reviews.OrderBy(orm.Desc(&r.Stars), orm.Asc(&r.ID)).Limit(2))
}

// Page is a page of the catalogue: the first after nil, the next after the last product of a page.
func Page(ctx context.Context, last *Product) ([]*Product, error) {
	return products.OrderBy(orm.Desc(&p.Price), orm.Asc(&p.ID)).Limit(10).After(last).All(ctx)
}

// Take takes products from the stock. The database computes, so that nothing is lost when many buy at once; it is false if
// there are too few.
func Take(ctx context.Context, product int64, n int) (bool, error) {
	rows, err := products.Filter(orm.Eq(&p.ID, product), orm.Gte(&p.Stock, n)).
		Update(ctx, orm.SetTo(&p.Stock, orm.F(&p.Stock).Minus(n)))

	return rows == 1, err
}

// Deliver adds a delivery to the stock: what is known gets more, what is not becomes a product.
func Deliver(ctx context.Context, list []*Product) ([]orm.Outcome, error) {
	return products.Upsert(ctx, list, orm.UpsertOptions{
		On:  []any{&p.SKU},
		Set: []orm.Assignment{orm.SetTo(&p.Stock, orm.F(&p.Stock).Add(orm.Excluded(&p.Stock)))},
	})
}
