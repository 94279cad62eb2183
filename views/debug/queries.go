package debug

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm"
)

// Queries are the SQL statements that ran before the error.
type Queries struct {
	List []Query
	// Took is the time of all together.
	Took time.Duration
	// Repeated counts the runs of statements that had run before, with whatever arguments: a hint at one query per row.
	Repeated int
	// Dropped is how many more there are than the report shows.
	Dropped int
}

// Query is one statement.
type Query struct {
	SQL string
	// Args are the arguments as text. They are there only while Debug is on.
	Args string
	Took time.Duration
	Rows int
	// Caller is the file and line of the program that asked.
	Caller string
	Err    string
	// Times is how often the same statement ran in this request.
	Times int
	// Share is the statement's part of the whole time, in percent.
	Share int
}

// maxQueries keeps the page of a runaway loop readable.
const maxQueries = 250

// queriesOf reads the query log of the context, if there is one.
func queriesOf(ctx context.Context, withArgs bool) *Queries {
	log := orm.QueryLogFrom(ctx)
	if log == nil {
		return nil
	}
	entries := log.Entries()
	if len(entries) == 0 {
		return nil
	}

	q := &Queries{}
	times := map[string]int{}
	for _, e := range entries {
		times[e.SQL]++
		q.Took += e.Took
	}
	for sql, n := range times {
		if n > 1 && !transactional(sql) {
			q.Repeated += n - 1
		}
	}
	q.Dropped = max(0, len(entries)-maxQueries)
	for _, e := range entries[:min(len(entries), maxQueries)] {
		query := Query{SQL: cut(e.SQL, 4<<10), Took: e.Took, Rows: e.Rows, Caller: e.Caller}
		if strings.HasPrefix(e.Caller, "web/") {
			query.Caller = "" // a generic view asked, and the request layer called that
		}
		if !transactional(e.SQL) {
			query.Times = times[e.SQL]
		}
		if q.Took > 0 {
			query.Share = int(100 * e.Took / q.Took)
		}
		if e.Err != nil {
			query.Err = errorText(e.Err)
		}
		if withArgs {
			query.Args = arguments(e.Args)
		}
		q.List = append(q.List, query)
	}
	return q
}

func transactional(sql string) bool {
	word, _, _ := strings.Cut(sql, " ")
	switch strings.ToUpper(word) {
	case "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE":
		return true
	}
	return false
}

func arguments(args []any) string {
	texts := make([]string, 0, len(args))
	for i, arg := range args {
		if i == maxListed {
			texts = append(texts, fmt.Sprintf("… (%d more)", len(args)-maxListed))
			break
		}
		switch arg := arg.(type) {
		case string:
			texts = append(texts, fmt.Sprintf("%q", cut(arg, 200)))
		case []byte:
			texts = append(texts, fmt.Sprintf("(%d bytes)", len(arg)))
		default:
			texts = append(texts, cut(printValue(arg), 200))
		}
	}
	return strings.Join(texts, ", ")
}
