package plan

import (
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
	"weak"
)

// states remembers what is known of objects whose type has no relation field to keep it in: which columns were not loaded,
// which values they came with. Objects are held weakly. A model that nobody loads in part has none, and is asked by one
// atomic load.
type states struct {
	n  atomic.Int64
	mu sync.RWMutex // guards of
	of map[uintptr]state
}

// state is valid as long as the memory that held the object is: an address may be another object's later.
type state struct {
	alive weak.Pointer[byte]
	peers *Peers
}

// StateOf returns the group of an object, or nil when nothing needs to be known of it.
func (m *Model) StateOf(obj unsafe.Pointer) *Peers {
	if len(m.Links) > 0 {
		return m.Links[0].LinkAt(obj).Peers
	}
	if m.states.n.Load() == 0 {
		return nil
	}
	m.states.mu.RLock()
	defer m.states.mu.RUnlock()
	if s, ok := m.states.of[uintptr(obj)]; ok && s.alive.Value() != nil {
		return s.peers
	}
	return nil
}

// SetState gives an object another group; nil forgets it.
func (m *Model) SetState(obj unsafe.Pointer, p *Peers) {
	if len(m.Links) > 0 {
		m.Bind(obj, p)
		return
	}
	if p == nil {
		if m.states.n.Load() > 0 {
			m.states.drop(uintptr(obj), 1, 0, nil)
		}
		return
	}
	m.states.keep(obj, 1, 0, func(int) *Peers { return p })
}

// keep remembers n objects that stand in memory one after the other.
func (s *states) keep(first unsafe.Pointer, n int, size uintptr, peers func(i int) *Peers) {
	alive := weak.Make((*byte)(first))
	base := uintptr(first)
	s.mu.Lock()
	if s.of == nil {
		s.of = map[uintptr]state{}
	}
	if st, ok := s.of[base]; ok && n == 1 && st.alive.Value() != nil { // known already, and so is its end
		s.of[base] = state{st.alive, peers(0)}
		s.mu.Unlock()
		return
	}
	for i := range n {
		s.of[base+uintptr(i)*size] = state{alive, peers(i)}
	}
	s.n.Store(int64(len(s.of)))
	s.mu.Unlock()
	runtime.AddCleanup((*byte)(first), func(base uintptr) { s.drop(base, n, size, &alive) }, base)
}

// drop forgets n objects: all, or those of a memory that is gone.
func (s *states) drop(base uintptr, n int, size uintptr, gone *weak.Pointer[byte]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range n {
		at := base + uintptr(i)*size
		if st, ok := s.of[at]; ok && (gone == nil || st.alive == *gone) {
			delete(s.of, at)
		}
	}
	s.n.Store(int64(len(s.of)))
}

// Remember keeps the group of the objects of a result whose type has no relation field.
func (s *Slab) Remember(peers func(i int) *Peers) {
	m := s.Model
	if len(m.Links) > 0 {
		return
	}
	at := 0
	for _, b := range append([]block{{n: s.head}}, s.blocks...) {
		n := min(b.n, len(s.Out)-at)
		if n > 0 {
			from := at
			m.states.keep(s.Out[at], n, m.Type.Size(), func(i int) *Peers { return peers(from + i) })
		}
		at += n
	}
}

// WeakGroup makes a group of objects that were allocated one by one. It holds them weakly.
func WeakGroup(m *Model, db string, objs []unsafe.Pointer) *Peers {
	list := make([]weak.Pointer[byte], len(objs))
	for i, obj := range objs {
		list[i] = weak.Make((*byte)(obj))
	}
	g := &Peers{Model: m, DB: db}
	g.Each = func(yield func(obj unsafe.Pointer) bool) {
		for _, w := range list {
			if p := w.Value(); p != nil && !yield(unsafe.Pointer(p)) {
				return
			}
		}
	}
	return g
}
