package migrate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

func fk(name, to string) schema.Field {
	return schema.Field{Name: name, Kind: schema.ForeignKey, Rel: &schema.Relation{To: to, OnDelete: schema.Cascade}}
}

func many(name, to, through string) schema.Field {
	return schema.Field{Name: name, Kind: schema.ManyToMany, Rel: &schema.Relation{To: to, Through: through}}
}

func model(label string, fields ...schema.Field) schema.Model {
	app, name, _ := strings.Cut(label, ".")
	return schema.Model{App: app, Name: name, Fields: append([]schema.Field{idField}, fields...)}
}

func with(m schema.Model, o schema.Options) schema.Model {
	m.Options = o
	return m
}

func state(models ...schema.Model) *migrate.State {
	s := migrate.NewState()
	for _, m := range models {
		s.Add(m)
	}
	return s
}

// TestChanges compares states. The list has each migration with its dependencies and operations.
func TestChanges(t *testing.T) {
	t.Parallel()
	str := schema.Field{Name: "s", Kind: schema.Char, MaxLength: 5, Default: "x"}
	tests := []struct {
		name     string
		from, to []schema.Model
		answers  migrate.Answers
		want     []string
	}{
		{name: "nothing", from: []schema.Model{model("a.X", str)}, to: []schema.Model{model("a.X", str)}},
		{
			name: "models after what they point to", to: []schema.Model{model("a.X", fk("y", "a.Y")), model("a.Y")},
			want: []string{"a.0001_initial []: Create model Y, Create model X"},
		},
		{
			name: "a circle in one application", to: []schema.Model{model("a.X", fk("y", "a.Y")), model("a.Y", fk("x", "a.X"))},
			want: []string{"a.0001_initial []: Create model Y, Create model X, Add field x to y"},
		},
		{
			name: "applications that point to each other", to: []schema.Model{model("a.X", fk("y", "b.Y")), model("b.Y", fk("x", "a.X"))},
			want: []string{"b.0001_initial []: Create model Y", "a.0001_initial [b.0001_initial]: Create model X", "b.0002_y_x [b.0001_initial a.0001_initial]: Add field x to y"},
		},
		{
			name: "a new application points to a written one", from: []schema.Model{model("a.X")}, to: []schema.Model{model("a.X"), model("b.Y", fk("x", "a.X"))},
			want: []string{"b.0001_initial [a.0001_from]: Create model Y"},
		},
		{
			name: "many to many through a model", to: []schema.Model{model("a.X", many("ys", "a.Y", "a.Z")), model("a.Y"), model("a.Z", fk("x", "a.X"), fk("y", "a.Y"))},
			want: []string{"a.0001_initial []: Create model X, Create model Y, Create model Z, Add field ys to x"},
		},
		{
			name: "an index on a field in a circle waits", to: []schema.Model{model("a.X", fk("y", "a.Y")), with(model("a.Y", fk("x", "a.X"), str), schema.Options{Indexes: []schema.Index{{Name: "i", Fields: []string{"x"}}, {Name: "j", Fields: []string{"s"}}}})},
			want: []string{"a.0001_initial []: Create model Y, Create model X, Add field x to y, Create index i on field(s) x of model y"},
		},
		{
			name: "deleted models", from: []schema.Model{model("a.X"), model("a.Y", fk("x", "a.X")), model("b.Z", fk("x", "a.X"))}, to: []schema.Model{model("b.Z")},
			want: []string{"b.0002_remove_z_x [b.0001_from]: Remove field x from z", "a.0002_delete_y_delete_x [a.0001_from b.0002_remove_z_x]: Delete model Y, Delete model X"},
		},
		{
			name: "deleted circle", from: []schema.Model{model("a.X", fk("y", "a.Y")), model("a.Y", fk("x", "a.X"))},
			want: []string{"a.0002_remove_y_x_delete_x_delete_y [a.0001_from]: Remove field x from y, Delete model X, Delete model Y"},
		},
		{
			name: "renamed model", from: []schema.Model{model("a.X", str), model("a.Y", fk("x", "a.X"))}, to: []schema.Model{model("a.New", str), model("a.Y", fk("x", "a.New"))}, answers: migrate.Answers{Renames: map[string]string{"a.X": "New"}},
			want: []string{"a.0002_rename_x_new [a.0001_from]: Rename model X to New"},
		},
		{
			name: "a new name that was not said", from: []schema.Model{model("a.X", str)}, to: []schema.Model{model("a.New", str)},
			want: []string{"a.0002_delete_x_new [a.0001_from]: Delete model X, Create model New"},
		},
		{
			name: "renamed field with an index", answers: migrate.Answers{Renames: map[string]string{"a.X.s": "t"}},
			from: []schema.Model{with(model("a.X", str), schema.Options{Indexes: []schema.Index{{Name: "i", Fields: []string{"s"}}}, Constraints: []schema.Constraint{{Name: "c", Check: expr.Where("s__gt", "a")}}})},
			to:   []schema.Model{with(model("a.X", schema.Field{Name: "t", Kind: schema.Char, MaxLength: 5, Default: "x"}), schema.Options{Indexes: []schema.Index{{Name: "i", Fields: []string{"t"}}}, Constraints: []schema.Constraint{{Name: "c", Check: expr.Where("t__gt", "a")}}})},
			want: []string{"a.0002_rename_s_x_t [a.0001_from]: Rename field s on x to t"},
		},
		{
			name: "renamed field that keeps its column", from: []schema.Model{model("a.X", str)}, answers: migrate.Answers{Renames: map[string]string{"a.X.s": "t"}},
			to:   []schema.Model{model("a.X", schema.Field{Name: "t", Column: "s", Kind: schema.Char, MaxLength: 5, Default: "x"})},
			want: []string{"a.0002_alter_x_s_rename_s_x_t [a.0001_from]: Alter field s on x, Rename field s on x to t"},
		},
		{
			name: "fields", from: []schema.Model{model("a.X", str, fk("f", "a.X"))}, to: []schema.Model{model("a.X", schema.Field{Name: "s", Kind: schema.Text, Default: "x"}, schema.Field{Name: "n", Kind: schema.Integer, Null: true})},
			want: []string{"a.0002_remove_x_f_x_n_alter_x_s [a.0001_from]: Remove field f from x, Add field n to x, Alter field s on x"},
		},
		{
			name: "a column becomes many to many", from: []schema.Model{model("a.X", fk("f", "a.X"))}, to: []schema.Model{model("a.X", many("f", "a.X", ""))},
			want: []string{"a.0002_remove_x_f_x_f [a.0001_from]: Remove field f from x, Add field f to x"},
		},
		{name: "indexes and constraints", from: []schema.Model{with(model("a.X", str), schema.Options{
			Indexes: []schema.Index{{Name: "i", Fields: []string{"s"}}, {Name: "gone", Fields: []string{"-s"}}}, Constraints: []schema.Constraint{{Name: "c", Fields: []string{"s"}}, {Name: "old", Check: expr.Where("s", "a")}}, UniqueTogether: [][]string{{"id", "s"}},
		})}, to: []schema.Model{with(model("a.X", str), schema.Options{
			Indexes: []schema.Index{{Name: "i2", Fields: []string{"s"}}, {Name: "new", Fields: []string{"id"}}}, Constraints: []schema.Constraint{{Name: "c", Fields: []string{"s"}, Message: "no"}, {Name: "old", Check: expr.Where("s", "b")}}, UniqueTogether: [][]string{{"s", "id"}},
		})}, want: []string{"a.0002_remove_x_old_remove_x_gone_rename_i_i2_and_more [a.0001_from]: Remove constraint old from model x, Remove index gone from x, Rename index i on x to i2, Alter unique_together for x (1 constraint(s)), Create index new on field(s) id of model x, Alter constraint c on x, Create constraint old on model x"}},
		{name: "options, table, comment", from: []schema.Model{model("a.X")}, to: []schema.Model{func() schema.Model {
			m := with(model("a.X"), schema.Options{VerboseName: "ex", Comment: "hello"})
			m.Table = "exes"
			return m
		}()}, want: []string{"a.0002_alter_x_options_alter_x_table_comment_alter_x_table [a.0001_from]: Change Meta options on x, Alter x table comment, Rename table for x to exes"}},
		{name: "unmanaged tables are let be", from: []schema.Model{with(model("a.X"), schema.Options{Unmanaged: true})}, to: []schema.Model{with(model("a.X", str), schema.Options{Unmanaged: true})}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var apps []migrate.App
			for _, m := range tt.from {
				i := slices.IndexFunc(apps, func(a migrate.App) bool { return a.Label == m.App })
				if i < 0 {
					i = len(apps)
					apps = append(apps, migrate.App{Label: m.App, Migrations: []migrate.Migration{{App: m.App, Name: "0001_from"}}})
				}
				one := &apps[i].Migrations[0]
				one.Operations = append(one.Operations, migrate.CreateModel{Name: m.Name, Fields: m.Fields, Table: m.Table, Options: m.Options})
			}
			for _, label := range []string{"a", "b"} {
				if !slices.ContainsFunc(apps, func(a migrate.App) bool { return a.Label == label }) {
					apps = append(apps, migrate.App{Label: label})
				}
			}
			ms, err := migrate.PlanState(apps, state(tt.to...), &tt.answers)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range ms {
				var ops []string
				for _, op := range m.Operations {
					ops = append(ops, op.Describe())
				}
				got = append(got, fmt.Sprintf("%s %s: %s", m.Key(), fmt.Sprint(m.Dependencies), strings.Join(ops, ", ")))
				if _, err := migrate.File("migrations", &m); err != nil {
					t.Errorf("File: %v", err)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("Changes =\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
			for i := range apps {
				for _, m := range ms {
					if m.App == apps[i].Label {
						apps[i].Migrations = append(apps[i].Migrations, m)
					}
				}
			}
			again, err := migrate.PlanState(apps, state(tt.to...), &tt.answers)
			if err != nil || len(again) > 0 {
				t.Errorf("Changes after its own migrations = %+v, %v, want nothing", again, err)
			}
		})
	}
}

func TestOptimize(t *testing.T) {
	t.Parallel()
	str := schema.Field{Name: "s", Kind: schema.Char, MaxLength: 5}
	create := migrate.CreateModel{Name: "X", Fields: []schema.Field{idField}}
	barrier := migrate.RunSQL{SQL: []string{"SELECT 1"}}
	tests := []struct {
		name string
		ops  []migrate.Operation
		want []string
	}{
		{"fields are folded", []migrate.Operation{create, migrate.AddField{Model: "X", Field: str}, migrate.AlterField{Model: "X", Field: schema.Field{Name: "s", Kind: schema.Text}}, migrate.RenameField{Model: "X", Old: "s", New: "t"}}, []string{"Create model X"}},
		{"made and dropped", []migrate.Operation{create, migrate.AddField{Model: "X", Field: str}, migrate.DeleteModel{Name: "X"}}, nil},
		{"over another model", []migrate.Operation{create, migrate.CreateModel{Name: "Y", Fields: []schema.Field{idField}}, migrate.AddField{Model: "X", Field: str}}, []string{"Create model Y", "Create model X"}},
		{"a field that needs the model in between", []migrate.Operation{create, migrate.CreateModel{Name: "Y", Fields: []schema.Field{idField}}, migrate.AddField{Model: "X", Field: fk("y", "a.Y")}}, []string{"Create model Y", "Create model X"}},
		{"not over what points to it", []migrate.Operation{create, migrate.CreateModel{Name: "Y", Fields: []schema.Field{idField, fk("x", "a.X")}}, migrate.AddField{Model: "X", Field: fk("y", "a.Y")}}, []string{"Create model X", "Create model Y", "Add field y to x"}},
		{"SQL is a barrier", []migrate.Operation{create, barrier, migrate.AddField{Model: "X", Field: str}}, []string{"Create model X", "Raw SQL operation", "Add field s to x"}},
		{"elidable SQL is not", []migrate.Operation{create, migrate.RunSQL{Elidable: true}, migrate.AddField{Model: "X", Field: str}}, []string{"Create model X"}},
		{"names in a row", []migrate.Operation{migrate.RenameModel{Old: "A", New: "B"}, migrate.RenameModel{Old: "B", New: "C"}, migrate.RenameField{Model: "C", Old: "a", New: "b"}, migrate.RenameField{Model: "C", Old: "b", New: "a"}}, []string{"Rename model A to C"}},
		{"altered and dropped", []migrate.Operation{migrate.AlterField{Model: "X", Field: str}, migrate.RemoveField{Model: "X", Name: "s"}}, []string{"Remove field s from x"}},
		{"indexes", []migrate.Operation{migrate.AddIndex{Model: "X", Index: schema.Index{Name: "i", Fields: []string{"s"}}}, migrate.RenameIndex{Model: "X", Old: "i", New: "j"}, migrate.AddConstraint{Model: "X", Constraint: schema.Constraint{Name: "c", Fields: []string{"s"}}}, migrate.RemoveConstraint{Model: "X", Name: "c"}}, []string{"Create index j on field(s) s of model x"}},
		{"the last options count", []migrate.Operation{migrate.AlterModelOptions{Model: "X"}, migrate.AlterModelTable{Model: "X", Table: "a"}, migrate.AlterModelOptions{Model: "X"}, migrate.AlterModelTable{Model: "X", Table: "b"}}, []string{"Change Meta options on x", "Rename table for x to b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, op := range migrate.Optimize(tt.ops, "a") {
				got = append(got, op.Describe())
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("Optimize = %q, want %q", got, tt.want)
			}
		})
	}
}
