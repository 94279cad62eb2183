package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/postgres"
)

func ExampleOpen() {
	db, err := postgres.Open("postgres://site:secret@localhost:5432/site", postgres.Options{
		MaxConns:         20,
		StatementTimeout: 30 * time.Second,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	fmt.Println(db.Vendor())
	stats, _ := db.Stats()
	fmt.Println(stats.Max, stats.InUse)
	// Output:
	// postgresql
	// 20 0
}

func ExampleDriver() {
	db, err := orm.OpenURL("postgres://site@localhost/site?sslmode=require&pool_max_conns=10", postgres.Driver())
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	_, err = orm.OpenURL("mysql://site@localhost/site", postgres.Driver())
	fmt.Println(err)
	// Output:
	// orm: no driver for database URL scheme "mysql" (known: postgres, postgresql)
}

func ExampleListen() {
	listen := func(ctx context.Context, db *orm.DB) error {
		l, err := postgres.Listen(ctx, db, "orders")
		if err != nil {
			return err
		}
		defer func() { _ = l.Close() }()
		for {
			n, err := l.Next(ctx)
			if errors.Is(err, postgres.ErrMissed) {
				continue // look at the table for what came meanwhile
			}
			if err != nil {
				return err
			}
			fmt.Println("order", n.Payload)
		}
	}
	_ = listen // run it in a goroutine of its own
}
