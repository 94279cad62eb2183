package main

import (
	"testing"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm/postgres"
	"github.com/nuages-go/nuages/webtest"
)

// TestPostgres reads the newspaper from PostgreSQL: the same pages, the same number of queries.
func TestPostgres(t *testing.T) {
	t.Parallel()
	db, err := postgres.Open(testservices.StartPostgres(t).NewDatabase(t), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	client := webtest.New(t, site(), webtest.Database("default", db))
	if out, err := client.Call("loadsample"); err != nil {
		t.Fatalf("loadsample: %v\n%s", err, out)
	}

	client.MaxQueries(3, func() {
		client.Get("/?page=3").AssertStatus(200).AssertContains("Articles 51 to 75 of 200")
	})
	client.Get("/article/200").AssertStatus(200).AssertContains("Night library hours return")
	client.Get("/article/99999").AssertStatus(404)
	client.Get("/tag/harbour").AssertStatus(200)
	client.Get("/latest.json").AssertStatus(200)
	if out, err := client.Call("makemigrations", "--check", "--dry-run"); err != nil {
		t.Errorf("the models have changed: %v\n%s", err, out)
	}
}
