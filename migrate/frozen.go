package migrate

import (
	"errors"
	"fmt"
	"strings"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// RowsOf gives a data migration the rows of a table as objects of T, with all that queries can: filters that the compiler
// checks, Iter in chunks, Update, Create. T is a small struct in the migration's own file that describes what the migration
// needs of the model at this point of the history; it stays as it is when the model moves on. RunGo.Models must name it: then
// it is compared with the history whenever the migrations are loaded. Other fields of the table are not read and not
// written; a row that is created needs those that may not be null. Django: apps.get_model.
//
//	// article is news.Article as it is here.
//	type article struct {
//		ID    int64
//		Title string
//		Slug  string
//	}
//
//	func (article) Meta(*article) orm.Meta { return orm.Meta{App: "news", Name: "Article"} }
//
//	var a = orm.Fields[article]()
//
//	migrate.RunGo{Do: fillSlugs, Undo: migrate.Nothing, Models: []orm.Model{orm.ModelOf[article]()}}
//
//	func fillSlugs(ctx context.Context, data *migrate.Data) error {
//		for one, err := range migrate.RowsOf[article](data).Filter(orm.Eq(&a.Slug, "")).Iter(ctx) {
//			if err != nil {
//				return err
//			}
//			one.Slug = slugify(one.Title)
//			if err := orm.Save(ctx, one); err != nil {
//				return err
//			}
//		}
//		return nil
//	}
//
// What is wrong with T is the error of each call that asks the database.
func RowsOf[T any](data *Data) orm.Query[T] {
	m := orm.ModelOf[T]()
	for _, known := range data.models {
		if known == m {
			return orm.Objects[T]().Using(data.db)
		}
	}
	err := frozen(data.state, m)
	if err == nil {
		err = fmt.Errorf("migrate: RowsOf[%s]: the operation does not name the struct (RunGo{Models: []orm.Model{orm.ModelOf[%[1]s]()}}, so that it is checked before anything runs)", m.Type().Name())
	}
	return orm.Broken[T](err)
}

// frozen compares a struct of a data migration with the model that it stands for, and names all that does not fit.
func frozen(s *State, m orm.Model) error {
	if err := m.Err(); err != nil {
		return err
	}
	is := m.Schema()
	name := m.Type().Name()
	was := s.Model(is.App, is.Name)
	if was == nil {
		return fmt.Errorf("migrate: %s: there is no model %s.%s at this point of the history (its Meta names App and Name of the model: orm.Meta{App: \"news\", Name: \"Article\"})", name, is.App, is.Name)
	}
	var problems []error
	problem := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("migrate: "+name+format, args...))
	}
	if is.Table != was.Table {
		problem(": its table is %q, that of %s at this point of the history %q (Meta: Table: %[3]q)", is.Table, was.Label(), was.Table)
	}
	keys := was.PrimaryKey
	if pk := was.PK(); len(keys) == 0 && pk != nil {
		keys = []string{pk.Name}
	}
	for _, key := range keys {
		if frozenColumn(is, was.Field(key)) == nil {
			problem(": it lacks the primary key %q", key)
		}
	}
	for i := range is.Fields {
		f := &is.Fields[i]
		old := frozenField(was, f)
		switch {
		case old == nil:
			problem(".%s: %s has no such field at this point of its history (it has %s)", f.Name, was.Label(), fieldNames(was))
		case (f.Kind == schema.ManyToMany) != (old.Kind == schema.ManyToMany):
			problem(".%s: a %s, and %s at this point of the history", f.Name, f.Kind, old.Kind)
		case f.Kind == schema.ManyToMany:
			if f.Rel.Table != old.Rel.Table && (f.Rel.Through == "") == (old.Rel.Through == "") {
				problem(".%s: its table is %q, and was %q (Table(%[3]q) in Fields)", f.Name, f.Rel.Table, old.Rel.Table)
			}
		case f.ColumnName() != old.ColumnName():
			problem(".%s: its column is %q, at this point of the history %q (Column(%[3]q) in Fields)", f.Name, f.ColumnName(), old.ColumnName())
		case f.Null && !old.Null:
			problem(".%s: may be null, which the column may not at this point of the history (no pointer)", f.Name)
		case old.Null && !f.Null && !old.PrimaryKey:
			problem(".%s: the column may be null at this point of the history (a pointer)", f.Name)
		case old.PrimaryKey != f.PrimaryKey:
			problem(".%s: whether it is the primary key differs from the history", f.Name)
		default:
			if what := s.storedOtherwise(f, old); what != "" {
				problem(".%s: %s", f.Name, what)
			}
		}
	}
	return errors.Join(problems...)
}

// frozenField is the field of the history that one of a struct stands for: by its name, or by its column where the struct has
// the key of a relation alone (AuthorID).
func frozenField(was *schema.Model, f *schema.Field) *schema.Field {
	if old := was.Field(f.Name); old != nil {
		return old
	}
	for i := range was.Fields {
		if old := &was.Fields[i]; old.HasColumn() && f.HasColumn() && old.ColumnName() == f.ColumnName() {
			return old
		}
	}
	return nil
}

func frozenColumn(is *schema.Model, old *schema.Field) *schema.Field {
	for i := range is.Fields {
		if f := &is.Fields[i]; old != nil && f.HasColumn() && f.ColumnName() == old.ColumnName() {
			return f
		}
	}
	return nil
}

func fieldNames(m *schema.Model) string {
	names := make([]string, len(m.Fields))
	for i := range m.Fields {
		names[i] = m.Fields[i].Name
	}
	return strings.Join(names, ", ")
}

// storedOtherwise says why a column cannot be read into a field or filled from it, or is empty.
func (s *State) storedOtherwise(f, old *schema.Field) string {
	was, err := s.keyField(old)
	if err != nil {
		return err.Error()
	}
	now := f
	if f.Rel != nil { // a struct of the migration's own, or of the application
		if to := s.ByLabel(f.Rel.To); to != nil {
			if now, err = s.keyField(f); err != nil {
				return err.Error()
			}
		} else {
			return fmt.Sprintf("it points to %s, which is not there at this point of the history", f.Rel.To)
		}
	}
	if was.Kind == schema.Generated && was.Output != nil && now.Kind != schema.Generated {
		was = was.Output
	}
	is, had := storedAs(now.Kind), storedAs(was.Kind)
	switch {
	case is != had:
		return fmt.Sprintf("a %s, and at this point of the history a %s (say so in Fields: orm.%s)", now.Kind, was.Kind, was.Kind)
	case is == "integer" && integerSize(now.Kind) < integerSize(was.Kind):
		return fmt.Sprintf("a %s, which is too small for a %s", now.Kind, was.Kind)
	}
	return ""
}

// storedAs puts kinds together that are read and written alike.
func storedAs(k schema.Kind) string {
	switch {
	case k.IsText():
		return "text"
	case k.IsInteger():
		return "integer"
	}
	return k.String()
}
