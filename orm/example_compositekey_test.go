package orm_test

import (
	"context"
	"fmt"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// A key of two columns, and a foreign key to it over columns of the model.
func ExampleForeignObject() {
	db, err := sqlite.Open(":memory:", sqlite.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	ctx := orm.WithModels(orm.WithDatabase(context.Background(), db), orm.ModelOf[Stall](), orm.ModelOf[Booking]())
	for _, sql := range []string{
		`CREATE TABLE fair_stall (hall varchar(20), row bigint, label varchar(20), PRIMARY KEY (hall, row))`,
		`CREATE TABLE fair_booking (id integer PRIMARY KEY, name varchar(20), hall varchar(20), row bigint, FOREIGN KEY (hall, row) REFERENCES fair_stall (hall, row))`,
	} {
		if _, err := orm.Exec(ctx, sql); err != nil {
			fmt.Println(err)
			return
		}
	}

	first, second := &Stall{Hall: "a", Row: 1, Label: "at the door"}, &Stall{Hall: "a", Row: 2, Label: "in the corner"}
	if err := orm.Objects[Stall]().BulkCreate(ctx, []*Stall{first, second}); err != nil {
		fmt.Println(err)
		return
	}
	booking := &Booking{Name: "Ada"}
	booking.Stall.Set(second)
	if err := orm.Save(ctx, booking); err != nil {
		fmt.Println(err)
		return
	}

	b, s := orm.Fields[Booking](), orm.Fields[Stall]()
	booked, err := orm.Objects[Booking]().Filter(orm.Eq(&b.Stall.To().Label, "in the corner")).Related(&b.Stall).All(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, x := range booked {
		stall, _ := x.Stall.Loaded()
		fmt.Println(x.Name, stall.Hall, stall.Row)
	}
	after, err := orm.Objects[Stall]().Filter(orm.Key(s).Above(first)).Count(ctx)
	fmt.Println(after, err)
	// Output:
	// Ada a 2
	// 1 <nil>
}

// The rows with some keys of two columns.
func ExampleKey() {
	s := orm.Fields[Stall]()
	q := orm.Objects[Stall]().Filter(orm.Key(s).In(&Stall{Hall: "a", Row: 1}, &Stall{Hall: "b", Row: 7}))
	fmt.Println(q.Err())
	// Output: <nil>
}
