// Package migrate brings a database's tables in line with the models, step by step. A migration is a value in a small Go
// file that a person can read:
//
//	func m0002ArticleSlug() migrate.Migration {
//		return migrate.Migration{
//			App: "news", Name: "0002_article_slug",
//			Dependencies: []migrate.Key{{App: "news", Name: "0001_initial"}},
//			Operations: []migrate.Operation{
//				migrate.AddField{Model: "Article", Field: schema.Field{Name: "slug", Kind: schema.Slug, MaxLength: 50, Null: true}},
//				migrate.RunGo{Do: fillSlugs, Undo: migrate.Nothing},
//			},
//		}
//	}
//
// An application lists its migrations in order: [ListFile] is the file that makemigrations keeps up to date, and there is
// no registration behind the scenes. The site's commands come from [Commands]: migrate, makemigrations, showmigrations,
// sqlmigrate, squashmigrations, optimizemigration and inspectdb.
//
// # How it works
//
// A [State] is what the tables look like after some migrations. Each [Operation] knows how to change a state, and how the
// database follows, forward and backward, with an [Editor] that writes the DDL of the dialect. [Plan] compares the state of
// all written migrations with that of the Go models ([Changes]), asks what it cannot know ([Questions]), folds the operations
// ([Optimize]) and names them. [Run] applies what the database lacks; the table django_migrations says what it has.
//
// # Django
//
// The rows of django_migrations are those that Django writes: a database that Django migrated is recognised, and one that
// we migrated is accepted by Django. Tables, columns, types, defaults, indexes, constraints and their names are Django's;
// the conformance test compares them on SQLite and PostgreSQL. Differs from Django: several processes may migrate at once,
// SQLite's tables keep triggers, views, indexes made by hand and their counter when they are made anew, nothing that loses
// data is written without being shown or permitted, [Drift] compares live tables with the migrations, and [Lint] warns of
// what locks big tables.
//
// # What holds
//
// Each migration runs in a transaction (unless it is NonAtomic) on databases that can roll back DDL, SQLite and
// PostgreSQL: a process that is killed halfway leaves the tables as they were. On MySQL an error names the statements that
// have run and says how to go on.
package migrate
