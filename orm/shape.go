package orm

import (
	"sync"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/compile"
)

// shapeCache keeps compiled statements by the shape of their query.
type shapeCache struct {
	mu sync.RWMutex // guards m
	m  map[string]*compile.Statement
}

type shapeKind byte

const (
	shapeSelect shapeKind = iota
	shapeCount
	shapeExists
)

// statement compiles a query, or finds the statement of an earlier query of the same shape.
func (db *DB) statement(s *scope, q *expr.Query, kind shapeKind) (*compile.Statement, error) {
	c := db.compiler(s)
	switch kind {
	case shapeCount:
		return c.Count(q)
	case shapeExists:
		return c.Exists(q)
	}
	return c.Select(q)
}
