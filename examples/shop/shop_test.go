package shop_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nuages-go/nuages/examples/shop"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// open makes a shop: a shirt, a cap and a lamp, two customers, four orders in three months.
func open(t *testing.T) context.Context {
	t.Helper()
	db, err := sqlite.Open(t.TempDir()+"/shop.sqlite3", sqlite.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	ctx := orm.WithModels(orm.WithDatabase(context.Background(), db), shop.Models()...)
	must(t, migrate.Run(ctx, []migrate.App{shop.App()}, migrate.Options{}))

	clothes := &shop.Category{Name: "Clothes"}
	must(t, orm.Create(ctx, clothes))
	caps := &shop.Category{Name: "Caps", Parent: orm.To(clothes)}
	house := &shop.Category{Name: "House"}
	must(t, orm.Objects[shop.Category]().BulkCreate(ctx, []*shop.Category{caps, house}))
	goods := []*shop.Product{
		{Title: "Shirt", SKU: "S1", Category: orm.To(clothes), Price: orm.MustDecimal("20.00"), Stock: 5, Attributes: shop.Attributes{Color: "red", Sizes: []string{"S", "M"}}},
		{Title: "Cap", SKU: "C1", Category: orm.To(caps), Price: orm.MustDecimal("9.50"), Stock: 2, Attributes: shop.Attributes{Color: "red"}},
		{Title: "Lamp", SKU: "L1", Category: orm.To(house), Price: orm.MustDecimal("45.00"), Stock: 100},
	}
	must(t, orm.Objects[shop.Product]().BulkCreate(ctx, goods))
	ada, bob := &shop.Customer{Name: "Ada", Email: "ada@example.org"}, &shop.Customer{Name: "Bob", Email: "bob@example.org"}
	must(t, orm.Objects[shop.Customer]().BulkCreate(ctx, []*shop.Customer{ada, bob}))
	for i, customer := range []*shop.Customer{ada, bob, ada, ada} {
		order := &shop.Order{Customer: orm.To(customer), Placed: time.Date(2026, time.Month(1+i/2), 10+i, 12, 0, 0, 0, time.UTC)}
		if i == 3 {
			order.Placed = order.Placed.AddDate(0, 1, 0)
		}
		must(t, orm.Create(ctx, order))
		for no, product := range goods[:1+i%3] {
			must(t, orm.Create(ctx, &shop.Line{Order: orm.To(order), No: no + 1, Product: orm.To(product), Quantity: 1 + no, Price: product.Price}))
		}
	}
	for i, stars := range []int16{3, 5, 4} {
		must(t, orm.Create(ctx, &shop.Review{Product: orm.To(goods[0]), Stars: stars, Text: fmt.Sprint("review ", i)}))
	}
	return ctx
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func titles(list []*shop.Product) string {
	var out []string
	for _, p := range list {
		out = append(out, p.Title)
	}
	return strings.Join(out, ", ")
}

func TestReports(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	months, err := shop.ByMonth().All(ctx)
	must(t, err)
	var got []string
	for _, m := range months {
		got = append(got, fmt.Sprintf("%s %s %d", m.Month.Format("Jan"), m.Sales.Round(2), m.Orders))
	}
	if s := strings.Join(got, ", "); s != "Jan 59.00 2, Feb 174.00 1, Mar 20.00 1" {
		t.Errorf("by month: %s", s)
	}
	growth, err := shop.Growing(ctx)
	must(t, err)
	if last := growth[2]; len(growth) != 3 || growth[0].Before != nil || !last.Total.Equal(orm.MustDecimal("253")) || !last.Before.Equal(orm.MustDecimal("174")) {
		t.Errorf("growth: %+v", growth)
	}
	best, err := shop.BestBuyers(ctx, orm.MustDecimal("50"), 5)
	must(t, err)
	if len(best) != 1 || best[0].Name != "Ada" || !best[0].Spent.Equal(orm.MustDecimal("214")) {
		t.Errorf("best buyers: %v", best)
	}
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	clothes, err := orm.Objects[shop.Category]().Get(ctx, orm.Lookup("name", "Clothes"))
	must(t, err)
	list, err := shop.Below(clothes.ID).All(ctx)
	must(t, err)
	if s := titles(list); s != "Cap, Shirt" {
		t.Errorf("below clothes: %s", s)
	}
	list, err = shop.Colored("red", "M").All(ctx)
	must(t, err)
	if s := titles(list); s != "Shirt" {
		t.Errorf("red in M: %s", s)
	}
	list, err = shop.Page(ctx, nil)
	must(t, err)
	if s := titles(list); s != "Lamp, Shirt, Cap" {
		t.Errorf("first page: %s", s)
	}
	list, err = shop.Page(ctx, list[0])
	must(t, err)
	if s := titles(list); s != "Shirt, Cap" {
		t.Errorf("after the lamp: %s", s)
	}
}

func TestReviews(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	said, err := shop.LatestReviews(ctx)
	must(t, err)
	if len(said) != 3 || said[0].Text != nil || *said[2].Text != "review 2" {
		t.Errorf("latest reviews: %v", said)
	}
	var log orm.QueryLog
	ctx = orm.WithQueryLog(ctx, &log)
	list, err := shop.WithReviews(orm.Objects[shop.Product]()).All(ctx)
	must(t, err)
	best, err := list[2].Reviews.All(ctx)
	must(t, err)
	if len(best) != 2 || best[0].Stars != 5 || best[1].Stars != 4 || log.Count() != 2 {
		t.Errorf("%d reviews of the shirt, with %d statements", len(best), log.Count())
	}
}

func TestStock(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	shirt, err := orm.Objects[shop.Product]().Get(ctx, orm.Lookup("sku", "S1"))
	must(t, err)
	var sold atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			ok, err := shop.Take(ctx, shirt.ID, 1)
			if err != nil {
				t.Error(err)
			}
			if ok {
				sold.Add(1)
			}
		})
	}
	wg.Wait()
	if sold.Load() != 5 {
		t.Errorf("%d of five shirts are sold", sold.Load())
	}
	delivery := []*shop.Product{
		{Title: "Shirt", SKU: "S1", Category: shirt.Category, Price: shirt.Price, Stock: 7},
		{Title: "Scarf", SKU: "S2", Category: shirt.Category, Price: orm.MustDecimal("15"), Stock: 3},
	}
	outcomes, err := shop.Deliver(ctx, delivery)
	must(t, err)
	if outcomes[0] != orm.Updated || outcomes[1] != orm.Inserted || delivery[0].Stock != 7 || delivery[1].ID == 0 {
		t.Errorf("delivered: %v, %+v", outcomes, delivery[0])
	}
}

// TestMigrations sees that the migrations make the tables of the models.
func TestMigrations(t *testing.T) {
	t.Parallel()
	if missing, err := migrate.Plan([]migrate.App{shop.App()}); err != nil || len(missing) != 0 {
		t.Errorf("the models have changes without a migration: %v, %v", missing, err)
	}
}
