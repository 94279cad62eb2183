package orm

import (
	"fmt"
	"reflect"

	"github.com/nuages-go/nuages/orm/dialect"
)

// NamedArgs writes SQL of your own with names for its arguments as the one with ? that Raw, RawExpr, Exec and QueryRows take.
// A name may stand several times, and a list for several values: IN (:ids). A name without a value is an error, and so are a
// value that is not used and an empty list. Django: raw(sql, {"min": 3}) with %(min)s.
//
//	sql, args, err := orm.NamedArgs("SELECT id, title FROM news_article WHERE likes > :min OR id IN (:ids)", map[string]any{"min": 3, "ids": ids})
//	list, err := orm.Raw[Article](ctx, sql, args, &a.ID, &a.Title)
func NamedArgs(sql string, values map[string]any) (string, []any, error) {
	var args []any
	used := make(map[string]bool, len(values))
	out, err := dialect.Named(sql, func(name string) (int, error) {
		v, ok := values[name]
		if !ok {
			return 0, fmt.Errorf("orm: NamedArgs: no value for :%s", name)
		}
		used[name] = true
		rv := reflect.ValueOf(v)
		if !rv.IsValid() || rv.Kind() != reflect.Slice || rv.Type().Elem().Kind() == reflect.Uint8 {
			args = append(args, v)
			return 1, nil
		}
		if rv.Len() == 0 {
			return 0, fmt.Errorf("orm: NamedArgs: the list :%s is empty", name)
		}
		for i := range rv.Len() {
			args = append(args, rv.Index(i).Interface())
		}
		return rv.Len(), nil
	})
	if err != nil {
		return "", nil, err
	}
	for name := range values {
		if !used[name] {
			return "", nil, fmt.Errorf("orm: NamedArgs: the statement has no :%s", name)
		}
	}
	return out, args, nil
}
