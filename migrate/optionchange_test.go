package migrate_test

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// optionChange is a change of one option of a field or of Meta: what makemigrations writes for it, and whether that changes the
// database. As in Django most options are kept in migrations although the database does not know them.
type optionChange struct {
	option string // Field.Null, Relation.OnDelete, Options.Ordering: of package schema
	field  string // the field that changes, if it is one
	change func(m *schema.Model, f *schema.Field)
	op     string // the operations; none for what migrations leave out
	sql    string // the databases with statements: "spm" for SQLite, PostgreSQL and MySQL; "error" in place of one that refuses
}

func rel(f *schema.Field, change func(r *schema.Relation)) {
	r := *f.Rel
	change(&r)
	f.Rel = &r
}

var positive = expr.Pred{Op: expr.Gt, Left: expr.Name{Name: "number"}, Val: expr.Val(0).Value}

var optionChanges = []optionChange{
	{"Field.Name", "price", func(_ *schema.Model, f *schema.Field) { f.Name = "other" }, "RemoveField AddField", "spm"},
	{"Field.Column", "text", func(_ *schema.Model, f *schema.Field) { f.Column = "other" }, "AlterField", "spm"},
	{"Field.Kind", "text", func(_ *schema.Model, f *schema.Field) { f.Kind = schema.Text }, "AlterField", "spm"},
	{"Field.Kind", "text", func(_ *schema.Model, f *schema.Field) { f.Kind = schema.File }, "AlterField", ""},
	{"Field.DBType", "text", func(_ *schema.Model, f *schema.Field) { f.DBType = schema.SQL{All: "char(30)"} }, "AlterField", "spm"},
	{"Field.MaxLength", "text", func(_ *schema.Model, f *schema.Field) { f.MaxLength = 30 }, "AlterField", "spm"},
	{"Field.Digits", "price", func(_ *schema.Model, f *schema.Field) { f.Digits = 12 }, "AlterField", "pm"},
	{"Field.Places", "price", func(_ *schema.Model, f *schema.Field) { f.Places = 3 }, "AlterField", "pm"},
	{"Field.Null", "text", func(_ *schema.Model, f *schema.Field) { f.Null = true }, "AlterField", "spm"},
	{"Field.Blank", "text", func(_ *schema.Model, f *schema.Field) { f.Blank = true }, "AlterField", ""},
	{"Field.Unique", "text", func(_ *schema.Model, f *schema.Field) { f.Unique = true }, "AlterField", "spm"},
	{"Field.Index", "text", func(_ *schema.Model, f *schema.Field) { f.Index = true }, "AlterField", "spm"},
	{"Field.NoIndex", "slug", func(_ *schema.Model, f *schema.Field) { f.NoIndex = true }, "AlterField", "spm"},
	{"Field.Default", "text", func(_ *schema.Model, f *schema.Field) { f.Default = "x" }, "AlterField", ""},
	{"Field.DefaultFunc", "text", func(_ *schema.Model, f *schema.Field) { f.DefaultFunc = true }, "AlterField", ""},
	{"Field.DBDefault", "text", func(_ *schema.Model, f *schema.Field) { f.DBDefault = expr.Val("x") }, "AlterField", "spm"},
	{"Field.Choices", "text", func(_ *schema.Model, f *schema.Field) { f.Choices = []schema.Choice{{Value: "a", Label: "A"}} }, "AlterField", ""},
	{"Field.AutoNow", "moment", func(_ *schema.Model, f *schema.Field) { f.AutoNow = true }, "AlterField", ""},
	{"Field.AutoNowAdd", "moment", func(_ *schema.Model, f *schema.Field) { f.AutoNowAdd = true }, "AlterField", ""},
	{"Field.VerboseName", "text", func(_ *schema.Model, f *schema.Field) { f.VerboseName = "the text" }, "AlterField", ""},
	{"Field.HelpText", "text", func(_ *schema.Model, f *schema.Field) { f.HelpText = "what it says" }, "AlterField", ""},
	{"Field.NotEditable", "text", func(_ *schema.Model, f *schema.Field) { f.NotEditable = true }, "AlterField", ""},
	{"Field.Collation", "text", func(_ *schema.Model, f *schema.Field) { f.Collation = "C" }, "AlterField", "spm"},
	{"Field.Comment", "text", func(_ *schema.Model, f *schema.Field) { f.Comment = "what it says" }, "AlterField", "pm"},
	{"Field.Tablespace", "slug", func(_ *schema.Model, f *schema.Field) { f.Tablespace = "fast" }, "AlterField", ""},
	{"Field.NotSerialized", "text", func(_ *schema.Model, f *schema.Field) { f.NotSerialized = true }, "AlterField", ""},
	{"Field.AllowUnicode", "slug", func(_ *schema.Model, f *schema.Field) { f.AllowUnicode = true }, "AlterField", ""},
	{"Field.Protocol", "host", func(_ *schema.Model, f *schema.Field) { f.Protocol = "ipv4" }, "AlterField", ""},
	{"Field.UnpackIPv4", "host", func(_ *schema.Model, f *schema.Field) { f.UnpackIPv4 = true }, "AlterField", ""},
	{"Field.Files", "path", func(_ *schema.Model, f *schema.Field) { f.Files = &schema.Files{Dir: "/srv"} }, "AlterField", ""},
	{"Field.Expression", "computed", func(_ *schema.Model, f *schema.Field) {
		f.Expression = expr.Func{Name: "Upper", Out: schema.Char, Args: []expr.Node{expr.Name{Name: "text"}}}
	}, "AlterField", "serrorm"},
	{"Field.Output", "computed", func(_ *schema.Model, f *schema.Field) { f.Output = &schema.Field{Kind: schema.Char, MaxLength: 40} }, "AlterField", "spm"},
	{"Field.Stored", "computed", func(_ *schema.Model, f *schema.Field) { f.Stored = false }, "AlterField", "serrorm"},
	{"Relation.To", "owner", func(_ *schema.Model, f *schema.Field) { rel(f, func(r *schema.Relation) { r.To = "shop.Other" }) }, "AlterField", "spm"},
	{"Relation.ToField", "owner", func(_ *schema.Model, f *schema.Field) { rel(f, func(r *schema.Relation) { r.ToField = "code" }) }, "AlterField", "spm"},
	{"Relation.OnDelete", "owner", func(_ *schema.Model, f *schema.Field) {
		rel(f, func(r *schema.Relation) { r.OnDelete = schema.Protect })
	}, "AlterField", ""},
	{"Relation.OnDelete", "owner", func(_ *schema.Model, f *schema.Field) {
		rel(f, func(r *schema.Relation) { r.OnDelete = schema.DBCascade })
	}, "AlterField", "spm"},
	{"Relation.RelatedName", "owner", func(_ *schema.Model, f *schema.Field) { rel(f, func(r *schema.Relation) { r.RelatedName = "things" }) }, "AlterField", ""},
	{"Relation.RelatedQuery", "owner", func(_ *schema.Model, f *schema.Field) { rel(f, func(r *schema.Relation) { r.RelatedQuery = "thing" }) }, "AlterField", ""},
	{"Relation.NoConstraint", "owner", func(_ *schema.Model, f *schema.Field) { rel(f, func(r *schema.Relation) { r.NoConstraint = true }) }, "AlterField", "spm"},
	{"Relation.LimitChoices", "owner", func(_ *schema.Model, f *schema.Field) {
		rel(f, func(r *schema.Relation) { r.LimitChoices = expr.Where("code", "x") })
	}, "AlterField", ""},
	{"Relation.LimitFunc", "owner", func(_ *schema.Model, f *schema.Field) { rel(f, func(r *schema.Relation) { r.LimitFunc = true }) }, "AlterField", ""},
	{"Relation.Table", "many", func(_ *schema.Model, f *schema.Field) { rel(f, func(r *schema.Relation) { r.Table = "between" }) }, "AlterField", "spm"},
	{"Relation.Symmetrical", "many", func(_ *schema.Model, f *schema.Field) { rel(f, func(r *schema.Relation) { r.Symmetrical = true }) }, "AlterField", ""},
	{"Model.Table", "", func(m *schema.Model, _ *schema.Field) { m.Table = "other" }, "AlterModelTable", "spm"},
	{"Options.VerboseName", "", func(m *schema.Model, _ *schema.Field) { m.VerboseName = "a thing" }, "AlterModelOptions", ""},
	{"Options.VerboseNamePlural", "", func(m *schema.Model, _ *schema.Field) { m.VerboseNamePlural = "the things" }, "AlterModelOptions", ""},
	{"Options.Ordering", "", func(m *schema.Model, _ *schema.Field) { m.Ordering = []string{"-text", `(LOWER("text"))`} }, "AlterModelOptions", ""},
	{"Options.Indexes", "", func(m *schema.Model, _ *schema.Field) {
		m.Indexes = []schema.Index{{Name: "by_number", Fields: []string{"-number"}}}
	}, "AddIndex", "spm"},
	{"Options.Constraints", "", func(m *schema.Model, _ *schema.Field) {
		m.Constraints = []schema.Constraint{{Name: "positive", Check: positive}}
	}, "AddConstraint", "spm"},
	{"Options.UniqueTogether", "", func(m *schema.Model, _ *schema.Field) { m.UniqueTogether = [][]string{{"text", "number"}} }, "AlterUniqueTogether", "spm"},
	{"Options.PrimaryKey", "", func(m *schema.Model, _ *schema.Field) { m.PrimaryKey = []string{"text", "number"} }, "error", ""},
	{"Options.RequiredVendor", "", func(m *schema.Model, _ *schema.Field) { m.RequiredVendor = "postgresql" }, "AlterModelOptions", ""},
	{"Options.RequiredFeatures", "", func(m *schema.Model, _ *schema.Field) { m.RequiredFeatures = []string{"supports_inspectdb"} }, "AlterModelOptions", ""},
	{"Options.Swappable", "", func(m *schema.Model, _ *schema.Field) { m.Swappable = true }, "AlterModelOptions", ""},
	{"Options.Unmanaged", "", func(m *schema.Model, _ *schema.Field) { m.Unmanaged = true }, "AlterModelOptions", ""},
	{"Options.Comment", "", func(m *schema.Model, _ *schema.Field) { m.Comment = "what they are" }, "AlterModelTableComment", "pm"},
	{"Options.OrderWithRespectTo", "", func(m *schema.Model, _ *schema.Field) {
		m.OrderWithRespectTo = "owner"
		m.Fields = append(m.Fields, schema.Field{Name: "_order", Kind: schema.Integer, NotEditable: true})
	}, "AlterOrderWithRespectTo", "spm"},
	{"Options.Tablespace", "", func(m *schema.Model, _ *schema.Field) { m.Tablespace = "slow" }, "", ""},
	{"Options.GetLatestBy", "", func(m *schema.Model, _ *schema.Field) { m.GetLatestBy = "moment" }, "AlterModelOptions", ""},
	{"Options.Permissions", "", func(m *schema.Model, _ *schema.Field) { m.Permissions = [][2]string{{"see", "Can see"}} }, "AlterModelOptions", ""},
	{"Options.DefaultPermissions", "", func(m *schema.Model, _ *schema.Field) { m.DefaultPermissions = []string{"add"} }, "AlterModelOptions", ""},
}

// optionsElsewhere are the options that change with others, or never: a test of their own looks at them.
var optionsElsewhere = []string{
	"Field.PrimaryKey",                                     // TestOperations: another key
	"Field.Rel",                                            // the rows of Relation
	"Relation.Fields", "Relation.ToFields", "Model.Fields", // foreignobject_test.go
	"Relation.ParentLink", "Model.Bases", "Options.Proxy", // inherit_test.go
	"Relation.Through", "Relation.ThroughFields", // operations_test.go
	"Model.App", "Model.Name", "Model.Owner", "Model.OwnerField", "Model.Options", // move_test.go, longtable_test.go
}

func optionModel() schema.Model {
	return schema.Model{App: "shop", Name: "Thing", Fields: []schema.Field{
		{Name: "id", Kind: schema.BigAuto, PrimaryKey: true},
		{Name: "text", Kind: schema.Char, MaxLength: 20},
		{Name: "number", Kind: schema.Integer},
		{Name: "price", Kind: schema.Decimal, Digits: 10, Places: 2},
		{Name: "slug", Kind: schema.Slug, MaxLength: 50},
		{Name: "moment", Kind: schema.DateTime},
		{Name: "host", Kind: schema.IP, Null: true},
		{Name: "path", Kind: schema.FilePath, MaxLength: 100},
		{Name: "computed", Kind: schema.Generated, Stored: true, Expression: expr.Func{Name: "Lower", Out: schema.Char, Args: []expr.Node{expr.Name{Name: "text"}}}, Output: &schema.Field{Kind: schema.Char, MaxLength: 20}},
		{Name: "owner", Kind: schema.ForeignKey, Rel: &schema.Relation{To: "shop.Owner", OnDelete: schema.Cascade}},
		{Name: "many", Kind: schema.ManyToMany, Rel: &schema.Relation{To: "shop.Owner", RelatedName: "+"}},
	}}
}

func ownerModel(name string) schema.Model {
	return schema.Model{App: "shop", Name: name, Fields: []schema.Field{
		{Name: "id", Kind: schema.BigAuto, PrimaryKey: true}, {Name: "code", Kind: schema.Integer, Unique: true},
	}}
}

const optionsGolden = "testdata/options.txt"

// TestOptionChanges changes each option alone, and shows the migration and its SQL in testdata/options.txt.
func TestOptionChanges(t *testing.T) {
	t.Parallel()
	var golden strings.Builder
	for _, c := range optionChanges {
		state := func(changed bool) *migrate.State {
			s := migrate.NewState()
			s.Add(ownerModel("Owner"))
			s.Add(ownerModel("Other"))
			m := optionModel()
			var f *schema.Field
			for i := range m.Fields {
				if m.Fields[i].Name == c.field {
					f = &m.Fields[i]
				}
			}
			if changed {
				c.change(&m, f)
			}
			s.Add(m)
			return s
		}
		quiet := &migrate.Answers{AllowDrop: true, Defaults: map[string]string{"shop.Thing.other": "1"}}
		apps := []migrate.App{{Label: "shop"}}
		first, err := migrate.PlanState(apps, state(false), quiet)
		must(t, err)
		apps[0].Migrations = first
		second, err := migrate.PlanState(apps, state(true), quiet)
		if c.op == "error" {
			if err == nil {
				t.Errorf("%s: the change is no error", c.option)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.option, err)
			continue
		}
		var ops []string
		for _, m := range second {
			for _, op := range m.Operations {
				ops = append(ops, strings.TrimPrefix(fmt.Sprintf("%T", op), "migrate."))
			}
		}
		if got := strings.Join(ops, " "); got != c.op {
			t.Errorf("%s: the operations are %q, want %q", c.option, got, c.op)
		}
		fmt.Fprintf(&golden, "## %s: %s\n", c.option, strings.Join(append(ops, "-")[:max(1, len(ops))], " "))
		apps[0].Migrations = append(first, second...)
		changes := ""
		for _, d := range []*dialect.Dialect{dialect.SQLite(), dialect.PostgreSQL(), dialect.MySQL()} {
			for _, m := range second {
				var out bytes.Buffer
				if err := migrate.SQL(t.Context(), apps, d, "shop", m.Name, false, &out); err != nil {
					changes += "error"
					fmt.Fprintf(&golden, "%s: %v\n", d.Name, err)
					break
				}
				var lines []string
				for line := range strings.SplitSeq(out.String(), "\n") {
					if line != "" && !strings.HasPrefix(line, "--") && line != "BEGIN;" && line != "COMMIT;" {
						lines = append(lines, line)
					}
				}
				if len(lines) > 0 {
					changes += d.Name[:1]
					fmt.Fprintf(&golden, "%s:\n  %s\n", d.Name, strings.Join(lines, "\n  "))
				}
			}
		}
		if changes != c.sql {
			t.Errorf("%s: the databases that change are %q, want %q", c.option, changes, c.sql)
		}
	}
	old, _ := os.ReadFile(optionsGolden)
	if golden.String() != string(old) {
		if os.Getenv("NUAGES_UPDATE") == "" {
			t.Errorf("%s is not what the changes give (NUAGES_UPDATE=1 go test ./migrate -run TestOptionChanges)", optionsGolden)
			return
		}
		must(t, os.WriteFile(optionsGolden, []byte(golden.String()), 0o644))
	}
}

// TestOptionChangesAreAll: each option of a field, a relation and a model has a row.
func TestOptionChangesAreAll(t *testing.T) {
	t.Parallel()
	have := map[string]bool{}
	for _, c := range optionChanges {
		have[c.option] = true
	}
	for _, name := range optionsElsewhere {
		have[name] = true
	}
	for _, of := range []reflect.Type{reflect.TypeFor[schema.Field](), reflect.TypeFor[schema.Relation](), reflect.TypeFor[schema.Options](), reflect.TypeFor[schema.Model]()} {
		for i := range of.NumField() {
			if name := of.Name() + "." + of.Field(i).Name; !have[name] {
				t.Errorf("no row says what a change of %s makes", name)
			}
			delete(have, of.Name()+"."+of.Field(i).Name)
		}
	}
	for name := range have {
		t.Errorf("there is no option %s", name)
	}
}
