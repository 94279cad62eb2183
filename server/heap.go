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
	k := &heapKeeper{floor: uint64(floor), sizes: []metrics.Sample{
		{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}, {Name: "/gc/scan/globals:bytes"},
	}}
	k.adjust()
	k.arm()
	return func() {
		if k.stopped.CompareAndSwap(false, true) {
			debug.SetGCPercent(standard)
		}
	}
}

const goMinimum = 4 << 20 // bytes: the heap at which Go collects first, at 100 percent

type heapKeeper struct {
	floor   uint64
	sizes   []metrics.Sample // used by adjust only, which never runs twice at a time
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
	metrics.Read(k.sizes)
	live := k.sizes[0].Value.Uint64()
	roots := max(live+k.sizes[1].Value.Uint64()+k.sizes[2].Value.Uint64(), 1<<20) // what the percentage is of
	percent := 100
	if live+roots < k.floor {
		percent = int(max(100, min((k.floor-live)*100/roots, k.floor*100/goMinimum))) // the minimum grows with the percentage
	}
	debug.SetGCPercent(percent)
	if k.stopped.Load() { // the end came in between
		debug.SetGCPercent(100)
	}
}
