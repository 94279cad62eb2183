package orm

import (
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// keyMap is a map by keys of rows. Nearly all keys are whole numbers, which hash faster than any value.
type keyMap[V any] struct {
	ints   map[int64]V
	values map[dialect.Value]V
	size   int
}

// newKeyMap makes a map for about size keys.
func newKeyMap[V any](size int) *keyMap[V] { return &keyMap[V]{size: size} }

func (m *keyMap[V]) get(key dialect.Value) (V, bool) {
	if key.Kind == dialect.Int {
		v, ok := m.ints[key.N]
		return v, ok
	}
	v, ok := m.values[key]
	return v, ok
}

func (m *keyMap[V]) set(key dialect.Value, v V) {
	switch {
	case key.Kind != dialect.Int:
		if m.values == nil {
			m.values = make(map[dialect.Value]V, m.size)
		}
		m.values[key] = v
	default:
		if m.ints == nil {
			m.ints = make(map[int64]V, m.size)
		}
		m.ints[key.N] = v
	}
}

// groups collects the related objects of many owners as their rows come, in any order.
type groups struct {
	numbers *keyMap[int32] // of the owners' keys
	counts  []int32
	objs    []plan.Pointer
	of      []int32 // the owner's number of each object
}

// newGroups makes groups for the owners with the keys, one for each different key.
func newGroups(keys []dialect.Value) *groups {
	g := &groups{numbers: newKeyMap[int32](len(keys)), counts: make([]int32, 0, len(keys))}
	for _, key := range keys {
		if _, ok := g.numbers.get(key); !ok {
			g.numbers.set(key, int32(len(g.counts)))
			g.counts = append(g.counts, 0)
		}
	}
	return g
}

// add gives an object to the owner with the key. Owners that nobody asked for are left out.
func (g *groups) add(key dialect.Value, obj plan.Pointer) {
	if n, ok := g.numbers.get(key); ok {
		g.counts[n]++
		g.objs, g.of = append(g.objs, obj), append(g.of, n)
	}
}

// groupBlock is the size of the memory that the lists of a few owners share. A kept list keeps no more alive.
const groupBlock = 256

// split returns the objects of each owner, by the number of its key, in the order in which they came.
func (g *groups) split() [][]plan.Pointer {
	lists := make([][]plan.Pointer, len(g.counts))
	var block []plan.Pointer
	rest := len(g.objs)
	for n, count := range g.counts {
		c := int(count)
		if len(block) < c {
			block = make([]plan.Pointer, max(c, min(rest, groupBlock)))
		}
		lists[n], block = block[:0:c], block[c:]
		rest -= c
	}
	for i, obj := range g.objs {
		n := g.of[i]
		lists[n] = append(lists[n], obj)
	}
	return lists
}
