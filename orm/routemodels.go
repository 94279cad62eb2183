package orm

import (
	"context"
	"slices"
)

// RouteModels returns a context in which queries and objects of some models go to one database, above all routers: for
// code that works on a database by its name, such as a data migration.
func RouteModels(ctx context.Context, db string, models ...Model) context.Context {
	to := func(_ context.Context, m Model, _ Hint) string {
		if slices.Contains(models, m) {
			return db
		}
		return ""
	}
	return derive(ctx, func(s *scope) { s.routers = append(Routers{{Name: "RouteModels", Read: to, Write: to}}, s.routers...) })
}
