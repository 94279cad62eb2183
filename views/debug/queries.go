package debug

import (
	"context"
	"time"
)

// Queries are the SQL statements that ran before the error.
type Queries struct {
	List []Query
	// Took is the time of all together.
	Took time.Duration
	// Repeated counts the statements that ran before with other arguments: a hint at one query per row.
	Repeated int
}

// Query is one statement.
type Query struct {
	SQL  string
	Args string
	Took time.Duration
	Rows int64
	// Caller is the file and line of the program that asked.
	Caller string
	Err    string
	// Times is how often the same statement ran in this request.
	Times int
	// Share is the statement's part of the whole time, in percent.
	Share int
}

func queriesOf(context.Context) *Queries { return nil }
