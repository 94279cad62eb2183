package migrate

import (
	"context"
	"reflect"
	"slices"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// Routed is optional on operations of a site's own: the model that an operation changes, so that orm.Router.AllowMigrate is
// asked about it. An operation that does not say is asked about as one on its application's data, with an empty model.
type Routed interface{ RoutedModel() string }

// allowed says whether an operation changes the database: routers may keep the table elsewhere, and the model, as it stands in
// one of the states, may ask for another kind of database. Its change of the state takes place in any case.
func allowed(ctx context.Context, db, app string, op Operation, states ...*State) bool {
	if _, parts := op.(SeparateDatabaseAndState); parts {
		return true // each part is asked about by itself
	}
	if db == "" {
		db = orm.DefaultDB
	}
	name := routedModel(op)
	for _, s := range states {
		if m := s.Model(app, name); m != nil && !fits(ctx, db, m) {
			return false
		}
	}
	return orm.AllowMigrate(ctx, db, app, low(name))
}

// fits says that the database is of the kind that the model asks for. Django: Options.can_migrate.
func fits(ctx context.Context, db string, m *schema.Model) bool {
	if m.RequiredVendor == "" && len(m.RequiredFeatures) == 0 {
		return true
	}
	d, err := orm.DialectOf(ctx, db)
	if err != nil {
		return true // what follows will say
	}
	return (m.RequiredVendor == "" || m.RequiredVendor == d.Name) && !slices.ContainsFunc(m.RequiredFeatures, func(f string) bool { return !d.Has(f) })
}

// routedModel is the model that an operation changes, "" for data.
func routedModel(op Operation) string {
	switch op := op.(type) {
	case Routed:
		return op.RoutedModel()
	case CreateModel:
		return op.Name
	case DeleteModel:
		return op.Name
	case RenameModel:
		return op.New
	}
	// The others have the model's name in their field Model.
	if v := reflect.Indirect(reflect.ValueOf(op)); v.Kind() == reflect.Struct {
		if f := v.FieldByName("Model"); f.IsValid() && f.Kind() == reflect.String {
			return f.String()
		}
	}
	return ""
}
