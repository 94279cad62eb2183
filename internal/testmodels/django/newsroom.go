package django

import (
	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

func newsroomMigrations() []migrate.Migration {
	return line(
		"newsroom", nil,
		step("0001_initial", newsroomInitial()...),
		step("0002_changes", newsroomChanges()...),
		step("0003_more_changes", newsroomMoreChanges()...),
	)
}

func bigID() schema.Field { return schema.Field{Name: "id", Kind: schema.BigAuto, PrimaryKey: true} }

func with(f schema.Field, deflt any) schema.Field { f.Default = deflt; return f }

// newsroomInitial are the operations of Django's first migration: its order of models and columns, with the fields as the
// models declare them.
func newsroomInitial() []migrate.Operation {
	models := map[string]*schema.Model{}
	for _, m := range newsroom.All() {
		models[m.Schema().Name] = m.Schema()
	}
	create := func(name string, fields ...string) migrate.Operation {
		m := models[name]
		op := migrate.CreateModel{Name: name, Options: m.Options}
		op.Options.Indexes, op.Options.Constraints, op.Options.UniqueTogether = nil, nil, nil
		if op.Options.VerboseNamePlural == op.Options.VerboseName+"s" {
			op.Options.VerboseNamePlural = ""
		}
		op.Options.VerboseName = ""
		if m.Table != schema.DefaultTable("newsroom", name) {
			op.Table = m.Table
		}
		for _, f := range fields {
			op.Fields = append(op.Fields, *m.Field(f))
		}
		return op
	}
	add := func(model, name string) migrate.Operation {
		return migrate.AddField{Model: model, Field: *models[model].Field(name)}
	}
	ops := []migrate.Operation{
		migrate.CreateModel{Name: "Unmanaged", Fields: []schema.Field{bigID(), char("name", 5)}, Options: schema.Options{Unmanaged: true}},
		create("Author", "id", "name", "email", "born", "rating", "active", "mentor"),
		create("Composite", "region", "number", "note"),
		create("Everything", "uid", "f_big", "f_binary", "f_bool", "f_char", "f_char_unlimited", "f_date", "f_datetime", "f_decimal", "f_duration", "f_email", "f_file", "f_filepath",
			"f_float", "f_image", "f_int", "f_ip", "f_json", "f_posbig", "f_pos", "f_possmall", "f_slug", "f_small", "f_text", "f_time", "f_url", "f_uuid", "f_generated", "f_choice", "f_order"),
		create("Story", "id", "created_at", "updated_at", "title", "slug", "section", "body", "words", "score", "published", "meta", "author", "editor", "related"),
		create("Review", "id", "stars", "note", "reviewer"),
		create("Tag", "id", "slug", "label"),
		create("Profile", "author", "bio", "site"),
		create("PhotoStory", "story_ptr", "camera"),
		add("Story", "reviewers"),
		add("Review", "story"),
		create("SmallKey", "id", "everything", "parent"),
		create("IntKey", "id", "small"),
		add("Story", "tags"),
		create("DbCascade", "id", "story", "tag"),
		create("Notice", "id", "text", "story", "_order"),
		migrate.AlterUniqueTogether{Model: "Review", Sets: [][]string{{"story", "reviewer"}}},
	}
	for _, ix := range models["Story"].Indexes {
		ops = append(ops, migrate.AddIndex{Model: "Story", Index: ix})
	}
	for _, c := range models["Story"].Constraints {
		ops = append(ops, migrate.AddConstraint{Model: "Story", Constraint: c})
	}
	return ops
}

func newsroomChanges() []migrate.Operation {
	add := func(f schema.Field) migrate.Operation { return migrate.AddField{Model: "temp", Field: f} }
	alter := func(f schema.Field) migrate.Operation { return migrate.AlterField{Model: "temp", Field: f} }
	truth := field("f", schema.Boolean)
	truth.DBDefault = expr.Val(true)
	five := null(field("d", schema.Integer))
	five.DBDefault = expr.Val(5)
	hidden := many("many", "newsroom.Other")
	hidden.Rel.RelatedName = "+"
	u := unique(null(field("u", schema.Slug)))
	u.MaxLength = 50
	c := with(char("c", 5), "x")
	chosen := c
	chosen.Choices = []schema.Choice{{Value: "x", Label: "X"}}
	return []migrate.Operation{
		migrate.CreateModel{Name: "Temp", Fields: []schema.Field{bigID(), char("a", 10), null(field("b", schema.Integer)), c}},
		migrate.CreateModel{Name: "Other", Fields: []schema.Field{bigID(), field("n", schema.Integer)}},
		add(with(field("d", schema.Integer), 7)),
		add(null(field("e", schema.Text))),
		add(truth),
		add(null(fk("other", "newsroom.Other", schema.Cascade))),
		add(hidden),
		add(u),
		alter(char("a", 20)),
		alter(indexed(char("a", 20))),
		alter(unique(char("a", 20))),
		alter(unique(field("a", schema.Text))),
		alter(with(field("b", schema.Integer), 3)),
		alter(with(field("b", schema.BigInteger), 3)),
		alter(with(char("b", 9), "3")),
		alter(null(field("d", schema.Integer))),
		alter(five),
		alter(null(field("d", schema.Integer))),
		alter(chosen),
		migrate.RenameField{Model: "temp", Old: "e", New: "essay"},
		migrate.AddIndex{Model: "temp", Index: schema.Index{Name: "temp_cd_idx", Fields: []string{"c", "-d"}}},
		migrate.RenameIndex{Model: "temp", Old: "temp_cd_idx", New: "temp_cd_idx2"},
		migrate.RemoveIndex{Model: "temp", Name: "temp_cd_idx2"},
		migrate.AddConstraint{Model: "temp", Constraint: schema.Constraint{Name: "temp_cd_uniq", Fields: []string{"c", "d"}}},
		migrate.AddConstraint{Model: "temp", Constraint: schema.Constraint{Name: "temp_d_pos", Check: expr.Where("d__gt", 0)}},
		migrate.RemoveConstraint{Model: "temp", Name: "temp_d_pos"},
		migrate.RemoveConstraint{Model: "temp", Name: "temp_cd_uniq"},
		migrate.AlterUniqueTogether{Model: "temp", Sets: [][]string{{"c", "d"}}},
	}
}

func newsroomMoreChanges() []migrate.Operation {
	return []migrate.Operation{
		migrate.AlterUniqueTogether{Model: "temp"},
		migrate.AlterModelTable{Model: "temp", Table: "temp_table"},
		migrate.AlterModelTableComment{Model: "temp", Comment: "about temp"},
		migrate.RenameModel{Old: "Other", New: "Another"},
		migrate.RemoveField{Model: "temp", Name: "other"},
		migrate.RemoveField{Model: "temp", Name: "many"},
		migrate.RunSQL{SQL: []string{"UPDATE temp_table SET c = 'y'"}, Reverse: []string{"UPDATE temp_table SET c = 'x'"}},
		migrate.RunGo{Do: migrate.Nothing, Undo: migrate.Nothing},
		migrate.SeparateDatabaseAndState{Database: []migrate.Operation{migrate.RunSQL{SQL: []string{"SELECT 1"}, Reverse: migrate.NoSQL()}}},
		migrate.DeleteModel{Name: "Temp"},
		migrate.DeleteModel{Name: "Another"},
	}
}
