package serializers_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
	"github.com/nuages-go/nuages/serializers"
)

// exampleSite is a context with a database in memory and the models City and Country, which a site has by itself.
func exampleSite() (ctx context.Context, done func()) {
	db, err := sqlite.Open(":memory:", sqlite.Options{})
	if err != nil {
		panic(err)
	}
	ctx = orm.WithModels(orm.WithDatabase(context.Background(), db), world().Models...)
	if err := migrate.Run(ctx, []migrate.App{world()}, migrate.Options{SyncDB: true}); err != nil {
		panic(err)
	}
	return ctx, func() { _ = db.Close() }
}

func ExampleSerialize() {
	ctx, done := exampleSite()
	defer done()
	italy := &Country{Code: "it"}
	if err := orm.Create(ctx, italy); err != nil {
		panic(err)
	}
	if err := orm.Create(ctx, &City{Name: "Rome", Country: orm.FK[Country]{ID: italy.ID}}); err != nil {
		panic(err)
	}

	cities := orm.Objects[City]().Records()
	for _, o := range []serializers.Options{{}, {NaturalForeign: true, NaturalPrimary: true}, {Fields: []string{"name"}}} {
		if err := serializers.Serialize(ctx, os.Stdout, serializers.JSON, cities, o); err != nil {
			panic(err)
		}
	}
	// Output:
	// [{"model": "world.city", "pk": 1, "fields": {"name": "Rome", "country": 1}}]
	// [{"model": "world.city", "fields": {"name": "Rome", "country": ["it"]}}]
	// [{"model": "world.city", "pk": 1, "fields": {"name": "Rome"}}]
}

func ExampleDeserialize() {
	ctx, done := exampleSite()
	defer done()
	fixture := `[
		{"model": "world.country", "pk": 1, "fields": {"code": "it"}},
		{"model": "world.country", "pk": 2, "fields": {"code": "fr", "antehm": "x"}}
	]`
	for d, err := range serializers.Deserialize(ctx, strings.NewReader(fixture), serializers.JSON, serializers.LoadOptions{Name: "countries.json"}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		country := d.Object().(*Country)
		if err := d.Save(ctx); err != nil {
			panic(err)
		}
		fmt.Println("saved", country.ID, country.Code)
	}
	// Output:
	// saved 1 it
	// serializers: countries.json:3: object 2: Error deserializing object: Country has no field named 'antehm' (it has: id, code)
}

func ExampleGetByNaturalKey() {
	ctx, done := exampleSite()
	defer done()
	if err := orm.Create(ctx, &Country{Code: "it"}); err != nil {
		panic(err)
	}
	italy, err := serializers.GetByNaturalKey[Country](ctx, "it")
	if err != nil {
		panic(err)
	}
	key, err := serializers.NaturalKey(ctx, italy)
	fmt.Println(italy.ID, key, err)
	// Output: 1 [it] <nil>
}
