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
// at most blockMax objects, never the whole result. It knows its model and not its Go type, so that the compiler makes what
// reads rows once, and not for each model.
type Slab struct {
	Model *Model
	Out   []unsafe.Pointer
	block unsafe.Pointer
	// size is how many objects the block holds, used how many are taken.
	size, used int
	head       int     // the size of the first block
	blocks     []block // the others
}

type block struct {
	first weak.Pointer[byte]
	n     int
}

const blockMax = 64

// Next returns the next object, zeroed. Expect is the number of rows that are likely, 0 if unknown. Out may be set before
// the first, to give it space.
func (s *Slab) Next(expect int) unsafe.Pointer {
	if s.used == s.size {
		n := min(max(4, 2*s.size), blockMax)
		if len(s.Out) == 0 && expect > 0 {
			n = min(expect, blockMax)
		}
		if s.Out == nil {
			s.Out = make([]unsafe.Pointer, 0, n)
		}
		s.block, s.size, s.used = s.Model.block(n), n, 0
		if len(s.Out) == 0 {
			s.head = n
		} else {
			s.blocks = append(s.blocks, block{n: n})
		}
	}
	p := unsafe.Add(s.block, uintptr(s.used)*s.Model.Type.Size())
	s.used++
	s.Out = append(s.Out, p)
	return p
}

// Peers makes the group of the objects. It holds them weakly.
func (s *Slab) Peers(db string) *Peers {
	g := &Peers{Model: s.Model, DB: db}
	blocks := append([]block{{n: s.head}}, s.blocks...)
	rest := len(s.Out)
	for i := range blocks {
		blocks[i].n = min(blocks[i].n, rest)
		at := len(s.Out) - rest
		if blocks[i].n > 0 {
			blocks[i].first = weak.Make((*byte)(s.Out[at]))
		}
		rest -= blocks[i].n
	}
	size := s.Model.Type.Size()
	g.Each = func(yield func(obj unsafe.Pointer) bool) {
		for _, b := range blocks {
			first := unsafe.Pointer(b.first.Value())
			if first == nil {
				continue
			}
			for i := range b.n {
				if !yield(unsafe.Add(first, uintptr(i)*size)) {
					return
				}
			}
		}
	}
	return g
}
