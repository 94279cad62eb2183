package orm

import (
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
)

// idRow is a row of one number: the key that a database without RETURNING reports after an insert.
type idRow int64

var _ dialect.Row = idRow(0)

func (r idRow) Null(int) bool                       { return false }
func (r idRow) Int(int) int64                       { return int64(r) }
func (r idRow) Float(int) float64                   { return float64(r) }
func (r idRow) Bool(int) bool                       { return r != 0 }
func (r idRow) Text(int) string                     { return "" }
func (r idRow) Bytes(int) []byte                    { return nil }
func (r idRow) Time(int) (time.Time, error)         { return time.Time{}, nil }
func (r idRow) Clock(int) (time.Duration, error)    { return 0, nil }
func (r idRow) Duration(int) (time.Duration, error) { return 0, nil }
func (r idRow) UUID(int) ([16]byte, error)          { return [16]byte{}, nil }
func (r idRow) Any(int) any                         { return int64(r) }
func (r idRow) Columns() int                        { return 1 }
