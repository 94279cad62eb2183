// Package migrations brings the newspaper's tables up to date, step by step.
package migrations

import "github.com/nuages-go/nuages/migrate"

// All are the migrations in their order.
func All() []migrate.Migration {
	return []migrate.Migration{
		m0001Initial(),
	}
}
