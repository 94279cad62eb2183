package postgres

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/nuages-go/nuages/orm/dialect"
)

// Batch runs statements in one round trip, or two when some are not prepared yet.
func (l *lease) Batch(ctx context.Context, items []*dialect.BatchItem) error {
	_, err := l.retry(ctx, func(c *conn) (dialect.Result, error) {
		return dialect.Result{}, c.batch(ctx, items, l.inTx)
	}, nil)
	return err
}

func (c *conn) batch(ctx context.Context, items []*dialect.BatchItem, inTx bool) error {
	if c.o.NoPrepare {
		return c.oneByOne(ctx, items, inTx)
	}
	stmts := make([]*stmt, len(items))
	if err := c.prepareAll(ctx, items, stmts); err != nil {
		return err
	}
	// Outside a transaction a statement that writes is one of its own, so that an error ends none but itself. Reads need not
	// be: they go to the server in one piece.
	alone := !inTx && slices.ContainsFunc(items, func(it *dialect.BatchItem) bool { return !reads(it.SQL) })
	out, sent, err := c.send(ctx, items, stmts, alone)
	if err != nil {
		return c.wrap(ctx, "", err)
	}
	var first error
	var again []*dialect.BatchItem // what met a plan that no longer serves, and what did not run because of it
	for i, it := range items[:sent] {
		err := c.answer(ctx, out, it, stmts[i])
		if isStale(err) {
			c.forget(it.SQL)
		}
		if !inTx && (isStale(err) || len(again) > 0 && !alone) {
			again = append(again, it)
			err = nil
		}
		if it.Err = c.wrap(ctx, it.SQL, err); it.Err != nil && first == nil {
			first = it.Err
		}
		if alone && !c.raw.IsClosed() {
			if err := out.synchronize(); err != nil && first == nil {
				first = c.wrap(ctx, it.SQL, err)
			}
		}
	}
	if err := out.Close(); err != nil && first == nil && len(again) == 0 {
		first = c.wrap(ctx, "", err)
	}
	if sent < len(items) && first == nil {
		first = items[sent].Err
	}
	if len(again) > 0 {
		if err := c.oneByOne(ctx, again, false); first == nil {
			first = err
		}
	}
	return first
}

// reads says that a statement changes nothing.
func reads(sql string) bool { return strings.HasPrefix(sql, "SELECT") }

// send sends statements, each alone or all in one piece. Sent is the number of those whose arguments could be written.
func (c *conn) send(ctx context.Context, items []*dialect.BatchItem, stmts []*stmt, alone bool) (out *answers, sent int, err error) {
	if !alone {
		var b pgconn.Batch
		for i, it := range items {
			if it.Err = c.encode(stmts[i].desc.ParamOIDs, it.Args); it.Err != nil {
				break
			}
			b.ExecStatement(stmts[i].desc, c.values, c.formats, stmts[i].formats)
			sent++
		}
		return &answers{batch: c.raw.ExecBatch(ctx, &b)}, sent, nil
	}
	p := c.raw.StartPipeline(ctx)
	for i, it := range items {
		if it.Err = c.encode(stmts[i].desc.ParamOIDs, it.Args); it.Err != nil {
			break
		}
		p.SendQueryStatement(stmts[i].desc, c.values, c.formats, stmts[i].formats)
		p.SendPipelineSync()
		sent++
	}
	return &answers{pipeline: p}, sent, p.Sync()
}

// answers are what the server says to a batch: one of the two.
type answers struct {
	batch    *pgconn.MultiResultReader
	pipeline *pgconn.Pipeline
	// over: the batch ended with an error, which has been returned.
	over bool
}

// next returns the result of the next statement, nil when the server did not run it.
func (a *answers) next() (*pgconn.ResultReader, error) {
	switch {
	case a.over:
		return nil, nil
	case a.batch != nil && a.batch.NextResult():
		return a.batch.ResultReader(), nil
	case a.batch != nil:
		a.over = true
		return nil, a.batch.Close()
	}
	results, err := a.pipeline.GetResults()
	if err != nil {
		return nil, err
	}
	rr, _ := results.(*pgconn.ResultReader)
	return rr, nil
}

// synchronize reads the end of a statement that is alone.
func (a *answers) synchronize() error {
	_, err := a.pipeline.GetResults()
	return err
}

// Close reads what is left.
func (a *answers) Close() error {
	if a.batch != nil {
		return a.batch.Close()
	}
	return a.pipeline.Close()
}

// answer reads the rows of one statement of a batch.
func (c *conn) answer(ctx context.Context, out *answers, it *dialect.BatchItem, s *stmt) error {
	rr, err := out.next()
	if err != nil {
		return err
	}
	if rr == nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return errors.New("postgres: a statement of the batch did not run, since one before it failed")
	}
	it.Result, _, err = c.read(rr, s.columns, it.Row)
	return err
}

// prepareAll finds the statements and prepares those that are missing, all in one round trip.
func (c *conn) prepareAll(ctx context.Context, items []*dialect.BatchItem, stmts []*stmt) error {
	if c.count+len(items) > c.o.Statements {
		c.forgetAll()
	}
	var missing []int
	for i, it := range items {
		for s := c.stmts[it.SQL]; s != nil && stmts[i] == nil; s = s.next {
			if s.fits(it.Args) {
				stmts[i] = s
			}
		}
		if stmts[i] == nil {
			missing = append(missing, i)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	c.closeStale(ctx)
	p := c.raw.StartPipeline(ctx)
	names, sent := make([]string, len(missing)), make([][]uint32, len(missing))
	for k, i := range missing {
		names[k], sent[k] = c.name(), oidsOf(items[i].Args)
		p.SendPrepare(names[k], items[i].SQL, sent[k])
	}
	if err := p.Sync(); err != nil {
		return c.wrap(ctx, items[missing[0]].SQL, err)
	}
	var first error
	for k, i := range missing {
		results, err := p.GetResults()
		if err != nil {
			first = c.wrap(ctx, items[i].SQL, err)
			items[i].Err = first
			break
		}
		desc, ok := results.(*pgconn.StatementDescription)
		if !ok {
			break
		}
		desc.Name, desc.SQL = names[k], items[i].SQL
		s := newStmt(desc, sent[k])
		s.next = c.stmts[items[i].SQL]
		c.stmts[items[i].SQL] = s
		c.count++
		stmts[i] = s
	}
	if err := p.Close(); err != nil && first == nil {
		first = c.wrap(ctx, "", err)
	}
	return first
}

func (c *conn) oneByOne(ctx context.Context, items []*dialect.BatchItem, inTx bool) error {
	var first error
	for _, it := range items {
		it.Result, it.Err = c.query(ctx, it.SQL, it.Args, inTx, it.Row)
		if it.Err != nil && first == nil {
			first = it.Err
		}
		if it.Err != nil && inTx {
			break
		}
	}
	return first
}
