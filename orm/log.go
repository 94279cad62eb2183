package orm

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
)

// QueryLog collects the statements that run with its context: for the debug page, for tests, to find repeated queries.
// It keeps the newest entries up to its limit and may be used by many goroutines.
type QueryLog struct {
	// Limit is the number of entries kept. Default: 9000, as in Django.
	Limit int

	mu      sync.Mutex // guards what follows
	entries []QueryEntry
	oldest  int // its place, once the log is full
	total   int
}

// QueryEntry is one statement that ran.
type QueryEntry struct {
	SQL string
	// DB is the name of the database.
	DB   string
	Args []any
	Took time.Duration
	// Rows is the number of rows read or changed.
	Rows int
	// Caller is the first line outside the framework: "news/views.go:41".
	Caller string
	Err    error
}

// WithQueryLog returns a context whose statements are written to the log.
func WithQueryLog(ctx context.Context, log *QueryLog) context.Context {
	return derive(ctx, func(s *scope) { s.log = log })
}

// QueryLogFrom returns the context's log, or nil.
func QueryLogFrom(ctx context.Context) *QueryLog {
	if s := scopeOf(ctx); s != nil {
		return s.log
	}
	return nil
}

// Entries returns a copy of the entries, oldest first.
func (l *QueryLog) Entries() []QueryEntry {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]QueryEntry, 0, len(l.entries))
	return append(append(out, l.entries[l.oldest:]...), l.entries[:l.oldest]...)
}

// Count is the number of statements so far, BEGIN and its like not counted.
func (l *QueryLog) Count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total
}

// Reset forgets all entries.
func (l *QueryLog) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries, l.oldest, l.total = nil, 0, 0
}

// Duplicate is a statement that ran more than once, with whatever arguments.
type Duplicate struct {
	SQL    string
	Count  int
	Took   time.Duration
	Caller string
}

// Fix says what to do about it.
func (d Duplicate) Fix() string {
	if !strings.HasPrefix(d.SQL, "SELECT") {
		return "write them at once: orm.BulkCreate, orm.BulkUpdate, or Update and Delete on a query"
	}
	_, after, _ := strings.Cut(d.SQL, " FROM ")
	table, _, _ := strings.Cut(after, " ")
	if table = strings.Trim(table, "\"`,"); table == "" || strings.HasPrefix(table, "(") {
		return "read them with the first query: Related or Prefetch"
	}
	return "read the rows of " + table + " with the first query: Related or Prefetch of the relation, or In with all keys"
}

// Duplicates returns the statements that ran at least twice, in the order of their first run: most often a relation that
// wants a Related or a Prefetch.
func (l *QueryLog) Duplicates() []Duplicate { return DuplicatesOf(l.Entries()) }

// DuplicatesOf is Duplicates for a list of entries.
func DuplicatesOf(entries []QueryEntry) []Duplicate {
	var out []Duplicate
	at := map[string]int{}
	for _, e := range entries {
		if i, ok := at[e.SQL]; ok {
			out[i].Count++
			out[i].Took += e.Took
			continue
		}
		at[e.SQL] = len(out)
		out = append(out, Duplicate{SQL: e.SQL, Count: 1, Took: e.Took, Caller: e.Caller})
	}
	kept := out[:0]
	for _, d := range out {
		if d.Count > 1 && !isControl(d.SQL) {
			kept = append(kept, d)
		}
	}
	return kept
}

func isControl(sql string) bool {
	for _, word := range []string{"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"} {
		if strings.HasPrefix(sql, word) {
			return true
		}
	}
	return false
}

func (l *QueryLog) add(e QueryEntry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	limit := l.Limit
	if limit <= 0 {
		limit = 9000
	}
	if len(l.entries) < limit {
		l.entries = append(l.entries, e)
	} else { // it is a ring from here on
		l.entries[l.oldest] = e
		l.oldest = (l.oldest + 1) % len(l.entries)
	}
	if !isControl(e.SQL) {
		l.total++
	}
}

func (s *scope) logSimple(db *DB, sql string) {
	if s != nil && s.log != nil {
		s.log.add(QueryEntry{SQL: sql, DB: s.nameOf(db), Caller: caller()})
	}
}

func (s *scope) logStatement(db *DB, sql string, args []dialect.Value, start time.Time, rows int, err error) {
	e := QueryEntry{SQL: sql, DB: s.nameOf(db), Took: time.Since(start), Rows: rows, Err: err, Caller: caller()}
	for _, a := range args {
		e.Args = append(e.Args, a.Any())
	}
	s.log.add(e)
}

// caller finds the first stack frame outside the framework's packages.
func caller() string {
	var pcs [32]uintptr
	n := runtime.Callers(3, pcs[:])
	frames := runtime.CallersFrames(pcs[:n])
	for {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, module+"/orm.") && !strings.HasPrefix(f.Function, module+"/orm/internal") &&
			!strings.HasPrefix(f.Function, module+"/template") && !strings.HasPrefix(f.Function, module+"/views") &&
			!strings.HasPrefix(f.Function, "reflect.") && !strings.HasPrefix(f.Function, "runtime.") && f.Function != "" {
			return fmt.Sprintf("%s:%d", shortFile(f.File), f.Line)
		}
		if !more {
			return ""
		}
	}
}

const module = "github.com/nuages-go/nuages"

// shortFile keeps the last two parts of a path.
func shortFile(file string) string {
	i := strings.LastIndexByte(file, '/')
	if i > 0 {
		if j := strings.LastIndexByte(file[:i], '/'); j >= 0 {
			return file[j+1:]
		}
	}
	return file
}
