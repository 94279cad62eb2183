// Package compile turns query trees into SQL. A query is compiled in two steps: names and paths are resolved to tables and
// columns, which decides the joins; then the bytes are appended in SQL's order.
//
// The rules for joins (which are inner, which are shared between conditions) are Django's; see joins.go.
package compile
