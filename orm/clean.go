package orm

import (
	"context"
)

// Cleaner is a model with rules of its own over several fields: Django's clean(). It may return a *ValidationError; any other
// error becomes a complaint about the object as a whole.
type Cleaner interface {
	Clean(ctx context.Context) error
}

// FullClean validates an object as forms do: CleanFields, the model's Clean, ValidateUnique and ValidateConstraints, in this
// order; what is wrong already gets no second complaint. It returns a *ValidationError, or another error when the database
// cannot be asked. Fields named in exclude, by address, are not looked at. Like Django, Create and Save do not call it.
func FullClean[T any](ctx context.Context, obj *T, exclude ...any) error {
	c, err := newCleaning(ctx, obj, exclude)
	if err != nil {
		return err
	}
	if err := c.fields(); err != nil {
		return err
	}
	if x, ok := any(obj).(Cleaner); ok {
		if err := c.own(x.Clean(ctx)); err != nil {
			return err
		}
	}
	c.skipWrong()
	if err := c.parts((*cleaning).unique); err != nil {
		return err
	}
	c.skipWrong()
	return c.end(c.parts((*cleaning).constraints))
}

// CleanFields validates each field by itself: choices, null, blank, the format of its kind, the range of its column, its
// validators and its length. It asks the database only whether the rows are there that foreign keys point to and allow (LimitChoices), and for columns
// that the object's query left out. Django: clean_fields.
func CleanFields[T any](ctx context.Context, obj *T, exclude ...any) error {
	c, err := newCleaning(ctx, obj, exclude)
	if err != nil {
		return err
	}
	return c.end(c.fields())
}

// ValidateUnique asks the database whether another row has the object's values where they must be unique: of a field, of
// fields together, of a field for a date. Django: validate_unique.
func ValidateUnique[T any](ctx context.Context, obj *T, exclude ...any) error {
	c, err := newCleaning(ctx, obj, exclude)
	if err != nil {
		return err
	}
	return c.end(c.parts((*cleaning).unique))
}

// ValidateConstraints asks the database whether the object fulfils the constraints of Meta. Django: validate_constraints.
func ValidateConstraints[T any](ctx context.Context, obj *T, exclude ...any) error {
	c, err := newCleaning(ctx, obj, exclude)
	if err != nil {
		return err
	}
	return c.end(c.parts((*cleaning).constraints))
}
