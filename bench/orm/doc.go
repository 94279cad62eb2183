// Package orm compares Nuages's ORM with gorm, ent and bun: the same rows, the same questions, checked to have the same
// answers, on SQLite (the same pure Go engine) and PostgreSQL (pgx under all).
//
//	cd bench && go test ./orm -run '^$' -bench . -benchmem
//
// Each is used as its documentation says; gorm without its transaction around every write and with prepared statements,
// which is its fast setting. cpu-ns/op is the processor time of the process: SQLite is inside, PostgreSQL's server is not.
package orm
