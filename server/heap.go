package server

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// keepHeap lets the heap grow to floor bytes before garbage is collected, however little of it is live: Go's own minimum
// of 4 MiB makes a busy server with a small heap collect a hundred times a second. Above the floor Go's rule holds, twice
// what is live. A process in which somebody has set GOGC or GOMEMLIMIT is left alone. The function returned ends it.
func keepHeap(floor int) (stop func()) {
	const standard = 100
	before := debug.SetGCPercent(standard)
	if before != standard || debug.SetMemoryLimit(-1) != math.MaxInt64 || floor <= 0 {
		debug.SetGCPercent(before)
		return func() {}
	}
	k := &heapKeeper{floor: uint64(floor), live: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}}
	k.adjust()
	k.arm()
	return func() {
		if k.stopped.CompareAndSwap(false, true) {
			debug.SetGCPercent(standard)
		}
	}
}

type heapKeeper struct {
	floor   uint64
	live    []metrics.Sample // used by adjust only, which never runs twice at a time
	stopped atomic.Bool
}

// arm asks for a call after the next collection: that is when an object that nobody holds is gone.
func (k *heapKeeper) arm() {
	marker := new([16]byte)
	runtime.SetFinalizer(marker, func(*[16]byte) {
		if k.stopped.Load() {
			return
		}
		k.adjust()
		k.arm()
	})
}

// adjust sets the percentage with which the next collection begins at the floor, or later.
func (k *heapKeeper) adjust() {
	metrics.Read(k.live)
	live := max(k.live[0].Value.Uint64(), 1<<20)
	percent := 100
	if 2*live < k.floor {
		percent = int((k.floor - live) * 100 / live)
	}
	debug.SetGCPercent(percent)
	if k.stopped.Load() { // the end came in between
		debug.SetGCPercent(100)
	}
}
