// Package migrate brings a database's tables in line with the models, step by step. A migration is a value in a small Go
// file that a person can read:
//
//	var m0001Initial = migrate.Migration{
//		App: "news", Name: "0001_initial", Initial: true,
//		Operations: []migrate.Operation{
//			migrate.CreateModel{Name: "Tag", Fields: []schema.Field{
//				{Name: "id", Kind: schema.BigAuto, PrimaryKey: true},
//				{Name: "slug", Kind: schema.Slug, MaxLength: 50, Unique: true},
//			}},
//		},
//	}
//
// An application lists its migrations in order (makemigrations keeps the list), and the site's `migrate` command runs those
// that the database does not have yet. Which it has stands in the table django_migrations, with the rows that Django
// itself writes: a database that Django migrated is recognised, and one that we migrated is accepted by Django. Names of
// tables, columns, indexes and constraints are Django's.
//
// Each migration runs in a transaction where the database can roll back DDL (SQLite, PostgreSQL).
package migrate
