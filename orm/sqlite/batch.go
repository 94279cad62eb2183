package sqlite

import (
	"context"

	"github.com/nuages-go/nuages/orm/dialect"
)

var _ dialect.Batcher = (*conn)(nil)

// Batch runs statements in order. Questions run in one transaction: they see the same state of the database, and its locks
// are taken once for all of them, which costs more than to find a row.
func (c *conn) Batch(ctx context.Context, items []*dialect.BatchItem) (err error) {
	// Outside a transaction a batch that writes is so many statements of their own: one that fails does not end the others.
	alone := c.raw.AutocommitEnabled() && !allReadOnly(items)
	if len(items) > 1 && c.raw.AutocommitEnabled() && !alone {
		if err := c.Begin(ctx, dialect.TxOptions{ReadOnly: true}); err != nil {
			return err
		}
		defer func() {
			if cerr := c.Commit(context.WithoutCancel(ctx)); err == nil {
				err = cerr
			}
		}()
	}
	for _, it := range items {
		if it.Row != nil {
			it.Err = c.Query(ctx, it.SQL, it.Args, it.Row)
		} else {
			it.Result, it.Err = c.Exec(ctx, it.SQL, it.Args)
		}
		if it.Err != nil && err == nil {
			err = it.Err
		}
		if err != nil && (!alone || ctx.Err() != nil) {
			return err
		}
	}
	return err
}

func allReadOnly(items []*dialect.BatchItem) bool {
	for _, it := range items {
		if !readOnly(it.SQL) {
			return false
		}
	}
	return true
}
