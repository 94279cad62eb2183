package views

import (
	"errors"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/web"
)

// GetOr404 returns the one row of a query. None is a 404, "No Article matches the given query."; more than one is
// orm.ErrMultiple, which is a mistake of the program. Django: get_object_or_404.
//
//	article, err := views.GetOr404(r, live().Filter(orm.Eq(&a.ID, pk)))
func GetOr404[T any](r *web.Request, query orm.Query[T]) (*T, error) {
	object, err := query.Get(r.Context())
	if errors.Is(err, orm.ErrNotFound) {
		return nil, noMatch[T](err)
	}
	return object, err
}

// GetListOr404 returns the rows of a query. None is a 404. Django: get_list_or_404.
func GetListOr404[T any](r *web.Request, query orm.Query[T]) ([]*T, error) {
	objects, err := query.All(r.Context())
	if err != nil {
		return nil, err
	}
	if len(objects) == 0 {
		return nil, noMatch[T](nil)
	}
	return objects, nil
}

func noMatch[T any](cause error) error {
	return &web.Error{Status: 404, Message: "No " + orm.ModelOf[T]().Name() + " matches the given query.", Err: cause}
}
