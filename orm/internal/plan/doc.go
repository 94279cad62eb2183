// Package plan holds what the ORM knows about a Go type: which field is which column, how to read and write it without
// reflection, and which relations lead where. It also keeps the reference values whose field addresses name columns.
//
// A plan is a pure function of the type, so the cache of plans is shared by the whole process; databases are never here.
// This is the only package of the ORM that uses unsafe; codec_test.go compares it with reflection.
package plan
