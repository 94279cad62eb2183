package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm"
)

// journalTable holds the statements of the migration that is running, on a database that cannot take changes of tables
// back. It is there during a migration, and stays when one is stopped halfway.
const journalTable = "nuages_unfinished_migration"

// journal is what has been run of a migration. A process that finds one that another left, killed or failed, goes on
// where that stopped: it makes the same statements and leaves out those that have run.
//
// A change of rows is written down in its own transaction, so that it happens once. A change of a table is written down
// before and marked after it; when that mark is missing the statement is run, and has been done before if the server says
// so.
type journal struct {
	db  string
	key Key
	// old are the entries of the process before, next the first of them that was not met again.
	old  []journalEntry
	next int
	// limit stands before each statement; see mysqlTimeouts.
	limit string
	// nonAtomic leaves Go code without a transaction.
	nonAtomic bool
}

type journalEntry struct {
	id   int64
	sql  string
	done bool
}

// goCode stands in the journal for a RunGo.
const goCode = "-- Go code"

// openJournal makes the journal, or reads the one that was left.
func openJournal(ctx context.Context, db string, key Key, backward bool) (*journal, error) {
	have, err := tables(ctx, db)
	if err != nil {
		return nil, err
	}
	if backward {
		key.Name += " backward"
	}
	j := &journal{db: db, key: key}
	if !have[journalTable] {
		_, err := orm.ExecOn(ctx, db, "CREATE TABLE "+journalTable+" (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, migration varchar(255) NOT NULL, done bool NOT NULL, statement longtext NOT NULL)")
		return j, err
	}
	other := ""
	err = orm.QueryOn(ctx, db, "SELECT id, statement, done, migration FROM "+journalTable+" ORDER BY id", nil, func(c []any) error {
		if name := text(c[3]); name != key.String() {
			other = name
		}
		done, _ := c[2].(bool)
		j.old = append(j.old, journalEntry{number(c[0]), text(c[1]), done || number(c[2]) != 0})
		return nil
	})
	if err == nil && other != "" {
		err = fmt.Errorf("migration %s was stopped halfway and must be ended first\n%s", other, j.statements())
	}
	return j, err
}

// statements lists what has run, for people.
func (j *journal) statements() string {
	var b strings.Builder
	b.WriteString("These statements have run and stay:")
	for _, e := range j.old {
		b.WriteString("\n  " + e.sql)
		if !e.done {
			b.WriteString(" -- may have run, look")
		}
	}
	return b.String()
}

// wayOut tells what people can do by hand.
func (j *journal) wayOut() string {
	return fmt.Sprintf("To start over, take them back by hand, drop the table %s and migrate again. To end it by hand, do the rest and record it: migrate --fake %s %s", journalTable, j.key.App, strings.TrimSuffix(j.key.Name, " backward"))
}

// recorded ends the journal along with the record of the migration, in one transaction.
func (j *journal) recorded(ctx context.Context, record func(ctx context.Context) error) error {
	return orm.AtomicWith(ctx, orm.AtomicOptions{DB: j.db}, func(ctx context.Context) error {
		if err := record(ctx); err != nil {
			return err
		}
		_, err := orm.ExecOn(ctx, j.db, "DELETE FROM "+journalTable+" WHERE migration = ?", j.key.String())
		return err
	})
}

// dropJournal drops the table when nothing is unfinished.
func dropJournal(ctx context.Context, db string) error {
	left := false
	err := orm.QueryOn(ctx, db, "SELECT 1 FROM "+journalTable+" LIMIT 1", nil, func([]any) error { left = true; return nil })
	if err != nil || left {
		return err
	}
	_, err = orm.ExecOn(ctx, db, "DROP TABLE "+journalTable)
	return err
}

// forgetJournal takes a migration out of the journal that somebody ended by hand.
func forgetJournal(ctx context.Context, db string, key Key) error {
	have, err := tables(ctx, db)
	if err != nil || !have[journalTable] {
		return err
	}
	if _, err := orm.ExecOn(ctx, db, "DELETE FROM "+journalTable+" WHERE migration IN (?, ?)", key.String(), key.String()+" backward"); err != nil {
		return err
	}
	return dropJournal(ctx, db)
}

// find says whether a statement was met by the process before, and leaves behind what comes before it: names that were
// looked up in the database and are gone since.
func (j *journal) find(sql string) (*journalEntry, error) {
	for i := j.next; i < len(j.old); i++ {
		if j.old[i].sql == sql {
			j.next = i + 1
			return &j.old[i], nil
		}
		if lookedUp := strings.Contains(j.old[i].sql, "DROP ") || strings.HasPrefix(j.old[i].sql, "CREATE INDEX "); !j.old[i].done || !lookedUp {
			return nil, fmt.Errorf("the migration was stopped halfway, and its statements are others now (the next would be %s)\n%s\n%s", sql, j.statements(), j.wayOut())
		}
	}
	j.next = len(j.old)
	return nil, nil
}

// execute runs a statement and writes it down.
func (j *journal) execute(ctx context.Context, sql string) error {
	e, err := j.find(sql)
	switch {
	case err != nil:
		return err
	case e != nil && e.done:
		return nil
	case changesRows(sql):
		return orm.AtomicWith(ctx, orm.AtomicOptions{DB: j.db}, func(ctx context.Context) error {
			if _, err := orm.ExecOn(ctx, j.db, j.limit+sql); err != nil {
				return err
			}
			return j.write(ctx, sql, true)
		})
	case e == nil:
		if err := j.write(ctx, sql, false); err != nil {
			return err
		}
	}
	_, err = orm.ExecOn(ctx, j.db, j.limit+sql)
	if err != nil && e != nil && doneBefore(err) {
		err = nil
	}
	if err != nil { // the server does a change of a table as a whole or not at all
		if _, forget := orm.ExecOn(context.WithoutCancel(ctx), j.db, "DELETE FROM "+journalTable+" WHERE done = 0"); forget != nil {
			return fmt.Errorf("%w (and %w)", err, forget)
		}
		return err
	}
	_, err = orm.ExecOn(ctx, j.db, "UPDATE "+journalTable+" SET done = 1 WHERE done = 0")
	return err
}

// goCode runs Go code in a transaction of its own, once.
func (j *journal) goCode(ctx context.Context, f func(ctx context.Context) error) error {
	if j.nonAtomic {
		return f(ctx)
	}
	e, err := j.find(goCode)
	if err != nil || e != nil && e.done {
		return err
	}
	return orm.AtomicWith(ctx, orm.AtomicOptions{DB: j.db}, func(ctx context.Context) error {
		if err := f(ctx); err != nil {
			return err
		}
		return j.write(ctx, goCode, true)
	})
}

func (j *journal) write(ctx context.Context, sql string, done bool) error {
	_, err := orm.ExecOn(ctx, j.db, "INSERT INTO "+journalTable+" (migration, done, statement) VALUES (?, ?, ?)", j.key.String(), done, sql)
	return err
}

// changesRows says that a statement can stand in a transaction.
func changesRows(sql string) bool {
	word, _, _ := strings.Cut(strings.TrimSpace(sql), " ")
	return slices.Contains([]string{"INSERT", "UPDATE", "DELETE", "REPLACE", "SELECT", "WITH"}, strings.ToUpper(word))
}

// doneBefore says that a change of a table failed because it has been done: what it makes is there, or what it drops or
// renames is not.
func doneBefore(err error) bool {
	for _, number := range []string{
		"1050", "1051", "1146", // a table is there, is not
		"1060", "1054", // a column
		"1061", "1091", "1176", "1068", // a key
		"1826", "3822", "errno: 121", // a constraint
	} {
		if strings.Contains(err.Error(), "(error "+number+")") || strings.Contains(err.Error(), number+" ") && strings.HasPrefix(number, "errno") {
			return true
		}
	}
	return false
}

// recorded writes the record of a migration, and ends its journal.
func (e *Editor) recorded(ctx context.Context, record func(ctx context.Context) error) error {
	if p := e.progress; p != nil {
		return orm.AtomicWith(ctx, orm.AtomicOptions{DB: p.db}, func(ctx context.Context) error {
			if err := record(ctx); err != nil {
				return err
			}
			return forgetProgress(ctx, p.db, p.key)
		})
	}
	if e.journal == nil {
		return record(ctx)
	}
	return e.journal.recorded(ctx, record)
}

// forgetJournal takes a migration out of the journal, on databases that have one.
func (r *runner) forgetJournal(ctx context.Context, m *Migration) error {
	d, err := orm.DialectOf(ctx, r.o.DB)
	if err != nil {
		return err
	}
	if d.TransactionalDDL {
		have, err := tables(ctx, r.o.DB)
		if err != nil || !have[progressTable] {
			return err
		}
		return forgetProgress(ctx, r.o.DB, progressKey(m.Key(), false), progressKey(m.Key(), true))
	}
	return forgetJournal(ctx, r.o.DB, m.Key())
}
