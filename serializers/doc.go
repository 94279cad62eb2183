// Package serializers writes objects as text and reads them back: fixtures for tests, sample data, the move of rows from one
// database or program to another. The formats are Django's, to the byte: a Django project loads what this package writes and
// the other way round.
//
//	// All live articles, as dumpdata would write them.
//	err := serializers.Serialize(ctx, w, serializers.JSON, live().Records(), serializers.Options{Indent: 2})
//
//	// Objects one by one, unsaved.
//	for d, err := range serializers.Deserialize(ctx, r, serializers.JSON, serializers.LoadOptions{}) {
//		if err != nil {
//			return err
//		}
//		article := d.Object().(*Article)
//		…
//		err = d.Save(ctx)
//	}
//
// The commands dumpdata and loaddata do the same for whole applications; package webtest loads fixtures for tests.
//
// # What an object says
//
// The columns of the model's own table but its key, then the many-to-many relations without a model between. A child of
// another model has only its own columns: the parent's row is an object of its own. Saving writes rows as they are (raw):
// no automatic times, no parents; receivers of signals see SaveInfo.Raw.
//
// # Natural keys
//
// A primary key means nothing in another database. A model that has something better says so, once:
//
//	func (User) Meta(u *User) orm.Meta { return orm.Meta{NaturalKey: []any{&u.Username}} }
//
// Then relations to users can be written as ["ada"] (Options.NaturalForeign) and users without a key
// (Options.NaturalPrimary); reading finds the row by it. A relation among the fields stands for the natural key of what it
// leads to, so Django's (codename,) + content_type.natural_key() is []any{&p.Codename, &p.ContentType}.
//
// # Memory
//
// Writing and reading go row by row: a fixture of any size takes the memory of one chunk. Only objects that wait for others,
// by a natural key that nothing has yet, are kept until the end.
//
// # Differs from Django
//
// Django's natural_key and get_by_natural_key are two methods and a list of dependencies; here it is one list of fields. A
// required relation may point forward by natural key too. Mistakes name the file, the line, the object and the field. A row
// whose foreign key leads nowhere is named in the error on every database.
package serializers
