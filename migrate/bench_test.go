package migrate_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// applied has 200 migrations over 20 models.
func applied() []migrate.App {
	app := migrate.App{Label: "b"}
	for i := range 200 {
		m := migrate.Migration{App: "b", Name: fmt.Sprintf("%04d_step", i+1)}
		if i > 0 {
			m.Dependencies = []migrate.Key{{App: "b", Name: fmt.Sprintf("%04d_step", i)}}
		}
		name := fmt.Sprintf("M%d", i%20)
		if i < 20 {
			m.Operations = []migrate.Operation{migrate.CreateModel{Name: name, Fields: []schema.Field{idField, nameField}}}
		} else {
			m.Operations = []migrate.Operation{migrate.AddField{Model: name, Field: schema.Field{Name: fmt.Sprintf("f%d", i), Kind: schema.Integer, Null: true}}}
		}
		app.Migrations = append(app.Migrations, m)
	}
	return []migrate.App{app}
}

// BenchmarkNothingToDo runs migrate where 200 migrations are applied. The aim is less than 200 ms.
func BenchmarkNothingToDo(b *testing.B) {
	ctx := orm.WithDatabase(context.Background(), openFile(b, filepath.Join(b.TempDir(), "b.sqlite3")))
	apps := applied()
	if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// big has 300 models of a dozen fields in ten applications; change makes a few of them differ.
func big(change bool) *migrate.State {
	var models []schema.Model
	for i := range 300 {
		m := model(fmt.Sprintf("a%d.M%d", i%10, i))
		for j := range 10 {
			m.Fields = append(m.Fields, schema.Field{Name: fmt.Sprintf("f%d", j), Kind: schema.Char, MaxLength: 50, Default: "x"})
		}
		if i > 0 {
			m.Fields = append(m.Fields, fk("to", fmt.Sprintf("a%d.M%d", (i-1)%10, i-1)))
		}
		if change && i%30 == 0 {
			m.Fields[1].MaxLength = 60
			m.Fields = append(m.Fields, schema.Field{Name: "more", Kind: schema.Integer, Null: true})
		}
		m.Indexes = []schema.Index{{Name: fmt.Sprintf("i%d", i), Fields: []string{"f1", "f2"}}}
		models = append(models, m)
	}
	return state(models...)
}

// BenchmarkAutodetector compares 300 models. The aim is less than 500 ms.
func BenchmarkAutodetector(b *testing.B) {
	for _, bb := range []struct {
		name     string
		from, to *migrate.State
	}{
		{"unchanged", big(false), big(false)},
		{"changed", big(false), big(true)},
		{"new", migrate.NewState(), big(false)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := migrate.Changes(bb.from, bb.to, &migrate.Answers{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
