package orm

import (
	"context"
	"errors"
	"fmt"

	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Router has a say in which database a model's rows are in. A function that is nil, or returns no answer, leaves the
// question to the next router; when all do, rows are read and written where the object at hand came from, and otherwise in
// "default". Using and AtomicOptions.DB are above all routers.
//
//	users := orm.Router{
//		Read:  func(ctx context.Context, m orm.Model, h orm.Hint) string { if m.App() == "auth" { return "users" }; return "" },
//		...
//	}
type Router struct {
	// Name tells routers apart in messages.
	Name string
	// Databases are the names that it may answer with. A site that lacks one of them does not start.
	Databases []string
	// Read names the database to read a model's rows from: Django's db_for_read. "" is no answer.
	Read func(ctx context.Context, m Model, h Hint) string
	// Write names the database to write a model's rows to: Django's db_for_write. "" is no answer.
	Write func(ctx context.Context, m Model, h Hint) string
	// AllowRelation says whether rows of two databases may be related: Django's allow_relation. Without an answer they may
	// when it is the same database.
	AllowRelation func(from, to Place) Answer
	// AllowMigrate says whether migrations may change the tables of a model, or for an empty model the data of an application,
	// in a database: Django's allow_migrate. The model's name is in lower case. Without an answer they may.
	AllowMigrate func(db, app, model string) Answer
	// Lost is told when a database that Read named cannot be reached, and names one that is asked instead, with the same
	// statement; "" is none, and the query fails. Nothing has been read then.
	Lost func(ctx context.Context, db string, err error) string
	// Copies names databases that hold what another one holds: {"replica": "default"}. Package webtest gives both names one
	// database. Django: TEST["MIRROR"].
	Copies map[string]string
}

// Routers are asked in their order; the first answer counts.
type Routers []Router

// Hint is what is known about a query beside its model.
type Hint struct {
	// DB names the database that the object at hand came from: the article whose author is loaded. "" is unknown.
	DB string
}

// Place is a model in a database.
type Place struct {
	Model Model
	DB    string
}

// Answer is what a router thinks of a relation or a migration.
type Answer int8

// The answers. NoOpinion leaves the question to the next router.
const (
	NoOpinion Answer = iota
	Allow
	Deny
)

// WithRouters returns a context whose queries ask the routers for their database.
func WithRouters(ctx context.Context, routers ...Router) context.Context {
	return derive(ctx, func(s *scope) { s.routers = routers })
}

// AllowMigrate says whether migrations may change a model's table in a database, or for an empty model the data of an
// application.
func AllowMigrate(ctx context.Context, db, app, model string) bool {
	if s := scopeOf(ctx); s != nil {
		for _, r := range s.routers {
			if r.AllowMigrate == nil {
				continue
			}
			if a := r.AllowMigrate(db, app, model); a != NoOpinion {
				return a == Allow
			}
		}
	}
	return true
}

// relate refuses a relation between rows of two databases.
func (s *scope) relate(from, to *plan.Model, fromDB, toDB string) error {
	fromDB, toDB = alias(fromDB), alias(toDB)
	for _, r := range s.routers {
		if r.AllowRelation == nil {
			continue
		}
		switch r.AllowRelation(Place{Model{from}, fromDB}, Place{Model{to}, toDB}) {
		case Allow:
			return nil
		case Deny:
			return fmt.Errorf("orm: %s in %q cannot be related to %s in %q: router %q denies it", from.GoName(), fromDB, to.GoName(), toDB, r.Name)
		}
	}
	if fromDB == toDB {
		return nil
	}
	return fmt.Errorf("orm: %s in %q cannot be related to %s in %q (a router's AllowRelation may allow it)", from.GoName(), fromDB, to.GoName(), toDB)
}

func alias(name string) string {
	if name == "" {
		return DefaultDB
	}
	return name
}

// DefaultDB is the name of the database of queries that nothing sends elsewhere.
const DefaultDB = "default"

// errNoModel is the mistake of a variable that nobody has set.
var errNoModel = errors.New("orm: a zero Query is of no model (begin with orm.Objects[T]())")

// route finds the database of a query: the one that it names, or what the routers say, or that of the object at hand. The
// name is "" for the default database.
func route(ctx context.Context, name *string, m *plan.Model, write bool, hint string) (*DB, *scope, error) {
	if m == nil {
		return nil, nil, errNoModel
	}
	s := scopeOf(ctx)
	if *name == "" && s != nil {
		var by *Router
		if *name, by = s.chosen(ctx, m, write, hint); by != nil && by.Lost != nil && !write {
			own := *s
			own.by = by
			s = &own
		}
	}
	return s.find(*name)
}

// chosen is the routers' database, and the router that chose it.
func (s *scope) chosen(ctx context.Context, m *plan.Model, write bool, hint string) (string, *Router) {
	for i := range s.routers {
		ask := s.routers[i].Read
		if write {
			ask = s.routers[i].Write
		}
		if ask == nil {
			continue
		}
		if name := ask(ctx, Model{m}, Hint{DB: hint}); name != "" {
			return name, &s.routers[i]
		}
	}
	return hint, nil
}

// instead is the database that the router names for one that was lost. It must speak the same SQL.
func (s *scope) instead(ctx context.Context, lost *DB, err error) *DB {
	if s.by == nil || ctx.Err() != nil || !errors.Is(err, ErrConnectionLost) {
		return nil
	}
	name := s.by.Lost(ctx, s.nameOf(lost), err)
	db := s.dbs[name]
	if db == nil || db == lost || db.d.Name != lost.d.Name || db.d.MariaDB != lost.d.MariaDB {
		return nil
	}
	return db
}

// reading finds the database that a query reads from, and keeps its name in the query.
func (q *Query[T]) reading(ctx context.Context) (*DB, *scope, error) {
	return route(ctx, &q.s.DB, q.s.Model, q.s.Lock != nil, q.s.Home)
}

// writing finds the database that a query writes to, and keeps its name in the query.
func (q *Query[T]) writing(ctx context.Context) (*DB, *scope, error) {
	return route(ctx, &q.s.DB, q.s.Model, true, q.s.Home)
}

// homeOf is the name of the database that an object came from, as far as it knows: "" for the default one.
func homeOf(m *plan.Model, obj plan.Pointer) string {
	for _, f := range m.Links {
		if g := f.LinkAt(obj).Peers; g != nil {
			return g.DB
		}
	}
	return ""
}

// homeOr is homeOf with another name for the object that does not know.
func homeOr(m *plan.Model, obj plan.Pointer, unknown string) string {
	for _, f := range m.Links {
		if f.LinkAt(obj).Peers != nil {
			return homeOf(m, obj)
		}
	}
	return unknown
}

// relateAll refuses to save an object with foreign keys to objects of another database.
func (s *scope) relateAll(m *plan.Model, obj plan.Pointer, db string) error {
	if len(s.dbs) < 2 {
		return nil
	}
	for _, f := range m.Links {
		if f.Rel == nil || f.Rel.Kind != plan.Forward {
			continue
		}
		if to := f.LinkAt(obj).Loaded; to != nil {
			p := pointerOf(to)
			if err := s.relate(m, f.Rel.To, db, homeOr(f.Rel.To, p, db)); err != nil {
				return err
			}
		}
	}
	return nil
}

// settle tells an object which database it is in now.
func settle(m *plan.Model, obj plan.Pointer, db string) {
	if db != "" && homeOf(m, obj) != db {
		bindGroup(m, []plan.Pointer{obj}, db)
	}
}

// nameOf finds the name of a database, for the log.
func (s *scope) nameOf(db *DB) string {
	found := ""
	for name, d := range s.dbs {
		if d == db && (found == "" || name == DefaultDB || name < found && found != DefaultDB) {
			found = name
		}
	}
	return found
}
