package dialect

import (
	"context"
	"fmt"
	"time"
)

// DefaultPoolWait is how long a query waits for a free connection unless it is told otherwise. It is short, so that a site whose
// database does not keep up answers 503 at once to those whom it cannot serve, instead of making everyone wait.
const DefaultPoolWait = time.Second

type poolWaitKey struct{}

// WithPoolWait returns a context whose queries wait that long for a free connection, whatever the options of the database
// say: for work that nobody waits for.
func WithPoolWait(ctx context.Context, wait time.Duration) context.Context {
	return context.WithValue(ctx, poolWaitKey{}, wait)
}

// PoolWait is how long a query with the context may wait; usual is what the database's options say.
func PoolWait(ctx context.Context, usual time.Duration) time.Duration {
	if wait, ok := ctx.Value(poolWaitKey{}).(time.Duration); ok && wait > 0 {
		return wait
	}
	return usual
}

// PoolError says that no connection was free for as long as a query may wait. It is ErrPoolExhausted and
// context.DeadlineExceeded.
type PoolError struct {
	// Driver is the package, Waited how long the query waited.
	Driver string
	Waited time.Duration
	// Max is the number of connections, which all were in use; Waiting is how many queries waited, this one included.
	Max, Waiting int
	// Hint says what to do.
	Hint string
}

// Error gives the figures.
func (e *PoolError) Error() string {
	return fmt.Sprintf("%v: %s: waited %s for one of %d connections, all in use, with %d queries waiting (%s)", ErrPoolExhausted, e.Driver, e.Waited, e.Max, e.Waiting, e.Hint)
}

// Unwrap makes errors.Is find both.
func (e *PoolError) Unwrap() []error { return []error{ErrPoolExhausted, context.DeadlineExceeded} }
