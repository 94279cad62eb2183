package orm

import (
	"slices"
	"sync"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/compile"
)

// shapeCache keeps compiled statements by the shape of their query: the same conditions, orders and relations with other
// values are the same SQL.
type shapeCache struct {
	mu sync.RWMutex // guards m
	m  map[shapeKey]*compile.Statement
}

// shapeKey holds on to the registry, so that its address cannot become another's.
type shapeKey struct {
	reg   *Registry
	shape string
}

// keyPool keeps the space in which keys are written.
type keyPool struct{ p sync.Pool }

func (k *keyPool) get() *[]byte {
	if b, ok := k.p.Get().(*[]byte); ok {
		return b
	}
	b := make([]byte, 0, 1024)
	return &b
}

func (k *keyPool) put(b *[]byte) { k.p.Put(b) }

// shapeMax bounds the cache. A site has a few hundred shapes; more come from IN lists of many lengths.
const shapeMax = 4096

type shapeKind byte

const (
	shapeSelect shapeKind = iota
	shapeCount
	shapeExists
)

// statement compiles a query, or finds the statement of an earlier query of the same shape and gives it the new values.
func (db *DB) statement(s *scope, q *expr.Query, kind shapeKind) (*compile.Statement, error) {
	st, args, err := db.lookup(s, q, kind, nil)
	if err != nil || args == nil {
		return st, err
	}
	out := *st
	out.Args = args
	return &out, nil
}

// prepared is statement without a copy, for a query of objects: the statement and its arguments.
func (db *DB) prepared(s *scope, q *expr.Query) (*compile.Statement, []dialect.Value, error) {
	if err := wantObjects(q); err != nil {
		return nil, nil, err
	}
	st, args, err := db.lookup(s, q, shapeSelect, nil)
	if err == nil && args == nil {
		args = st.Args
	}
	return st, args, err
}

// lookup is statement without a copy: args, when not nil, are the arguments in place of the statement's own. They are
// appended to space.
func (db *DB) lookup(s *scope, q *expr.Query, kind shapeKind, args []dialect.Value) (*compile.Statement, []dialect.Value, error) {
	q = q.Whole()
	space := db.keys.get()
	defer db.keys.put(space)
	key := append((*space)[:0], byte(kind))
	key, cacheable := compile.AppendShape(key, q)
	if !cacheable {
		st, err := db.compile(s, q, kind)
		return st, nil, err
	}
	key = append(key, s.zone...)

	db.shapes.mu.RLock()
	st := db.shapes.m[shapeKey{s.reg, string(key)}]
	db.shapes.mu.RUnlock()
	if st != nil {
		args, ok := db.rebind(s, st, q, args[:0], kind == shapeSelect)
		if ok && len(args) == len(st.Args) {
			return st, args, nil
		}
		st, err := db.compile(s, q, kind)
		return st, nil, err
	}

	st, err := db.compile(s, q, kind)
	if err != nil || !st.Reusable {
		return st, nil, err
	}
	// Only a statement whose arguments come out the same when they are made anew may serve other values.
	again, ok := db.rebind(s, st, q, nil, kind == shapeSelect)
	if ok && slices.EqualFunc(again, st.Args, dialect.Value.Equal) {
		db.shapes.add(shapeKey{s.reg, string(key)}, st)
	}
	return st, nil, nil
}

// updateStatement is lookup for an update by plain values.
func (db *DB) updateStatement(s *scope, q *expr.Query, set []expr.Assign, args []dialect.Value) (*compile.Statement, []dialect.Value, error) {
	q = q.Whole()
	space := db.keys.get()
	defer db.keys.put(space)
	key := append((*space)[:0], 'u')
	key, cacheable := compile.AppendShape(key, q)
	key, plain := compile.AppendAssigns(key, set)
	if !cacheable || !plain || q.Sliced {
		st, err := db.compileUpdate(s, q, set)
		return st, nil, err
	}
	key = append(key, s.zone...)
	c := compile.Compiler{D: db.d, Zone: s.zone}
	db.shapes.mu.RLock()
	st := db.shapes.m[shapeKey{s.reg, string(key)}]
	db.shapes.mu.RUnlock()
	if st != nil {
		if args, ok := c.RebindUpdate(st, q, set, args[:0]); ok && len(args) == len(st.Args) {
			return st, args, nil
		}
		st, err := db.compileUpdate(s, q, set)
		return st, nil, err
	}
	st, err := db.compileUpdate(s, q, set)
	if err != nil || !st.Reusable {
		return st, nil, err
	}
	if again, ok := c.RebindUpdate(st, q, set, nil); ok && slices.EqualFunc(again, st.Args, dialect.Value.Equal) {
		db.shapes.add(shapeKey{s.reg, string(key)}, st)
	}
	return st, nil, nil
}

func (db *DB) rebind(s *scope, st *compile.Statement, q *expr.Query, args []dialect.Value, limit bool) ([]dialect.Value, bool) {
	c := compile.Compiler{D: db.d, Zone: s.zone}
	return c.Rebind(st, q, args, limit)
}

// compile compiles a query. The compiler keeps what it is given, so it gets a copy, and the query of a statement that is
// found stays on the stack.
func (db *DB) compile(s *scope, q *expr.Query, kind shapeKind) (*compile.Statement, error) {
	c, own := db.compiler(s), *q
	switch kind {
	case shapeCount:
		return c.Count(&own)
	case shapeExists:
		return c.Exists(&own)
	}
	return c.Select(&own)
}

// compileUpdate is compile for an update.
func (db *DB) compileUpdate(s *scope, q *expr.Query, set []expr.Assign) (*compile.Statement, error) {
	own := *q
	return db.compiler(s).Update(&own, slices.Clone(set))
}

func (s *shapeCache) add(key shapeKey, st *compile.Statement) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.m == nil || len(s.m) >= shapeMax {
		s.m = map[shapeKey]*compile.Statement{}
	}
	s.m[key] = st
}
