package plan

import (
	"unsafe"
	"weak"
)

// Pointer is the address of an object or a field, for packages that must not name unsafe.
type Pointer = unsafe.Pointer

// PointerTo is the address of v.
func PointerTo[V any](v *V) Pointer { return unsafe.Pointer(v) }

// At is the value at p.
func At[V any](p Pointer) *V { return (*V)(p) }

// Slab allocates the objects of one result in blocks: one allocation for many rows. A kept object keeps its block alive,
// at most blockMax objects, never the whole result.
type Slab[T any] struct {
	Out    []*T
	block  []T
	head   int        // the size of the first block
	blocks []block[T] // the others
}

type block[T any] struct {
	first weak.Pointer[T]
	n     int
}

const blockMax = 64

// Next returns the next object, zeroed. Expect is the number of rows that are likely, 0 if unknown. Out may be set before
// the first, to give it space.
func (s *Slab[T]) Next(expect int) *T {
	if len(s.block) == cap(s.block) {
		n := min(max(8, 2*cap(s.block)), blockMax)
		if len(s.Out) == 0 && expect > 0 {
			n = min(expect, blockMax)
		}
		if s.Out == nil {
			s.Out = make([]*T, 0, n)
		}
		s.block = make([]T, 0, n)
		if len(s.Out) == 0 {
			s.head = n
		} else {
			s.blocks = append(s.blocks, block[T]{n: n})
		}
	}
	s.block = s.block[:len(s.block)+1]
	p := &s.block[len(s.block)-1]
	s.Out = append(s.Out, p)
	return p
}

// Peers makes the group of the objects. It holds them weakly.
func (s *Slab[T]) Peers(m *Model, db string) *Peers {
	g := &Peers{Model: m, DB: db}
	blocks := append([]block[T]{{n: s.head}}, s.blocks...)
	rest := len(s.Out)
	for i := range blocks {
		blocks[i].n = min(blocks[i].n, rest)
		at := len(s.Out) - rest
		if blocks[i].n > 0 {
			blocks[i].first = weak.Make(s.Out[at])
		}
		rest -= blocks[i].n
	}
	g.Each = func(yield func(obj unsafe.Pointer) bool) {
		for _, b := range blocks {
			first := b.first.Value()
			if first == nil {
				continue
			}
			for i := range unsafe.Slice(first, b.n) {
				if !yield(unsafe.Pointer(&unsafe.Slice(first, b.n)[i])) {
					return
				}
			}
		}
	}
	return g
}
