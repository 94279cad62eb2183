package sqlite

import (
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
)

var (
	_ dialect.Backend = (*pool)(nil)
	_ dialect.Statser = (*pool)(nil)
)

// wait counts a wait for a free connection that began at start.
func (p *pool) wait(start time.Time) {
	p.waits.Add(1)
	p.waited.Add(int64(time.Since(start)))
}

// Stats counts the connections: the one that writes and those that read.
func (p *pool) Stats() dialect.Stats {
	open := int(p.live.Load())
	s := dialect.Stats{
		Max: 1 + p.o.Readers, Open: open, Idle: min(open, len(p.writer)+len(p.readers)),
		Acquired: p.acquired.Load(), Waited: p.waits.Load(), WaitTime: time.Duration(p.waited.Load()), Opened: p.made.Load(),
	}
	if p.memory {
		s.Max = 1
	}
	s.InUse = s.Open - s.Idle
	return s
}
