package migrate

import (
	"context"
	"reflect"

	"github.com/nuages-go/nuages/orm"
)

// Routed is optional on operations of a site's own: the model that an operation changes, so that orm.Router.AllowMigrate is
// asked about it. An operation that does not say is asked about as one on its application's data, with an empty model.
type Routed interface{ RoutedModel() string }

// allowed says whether routers let an operation change the database; its change of the state takes place in any case.
func allowed(ctx context.Context, db, app string, op Operation) bool {
	if _, parts := op.(SeparateDatabaseAndState); parts {
		return true // each part is asked about by itself
	}
	if db == "" {
		db = orm.DefaultDB
	}
	return orm.AllowMigrate(ctx, db, app, low(routedModel(op)))
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
