package plan_test

import (
	"testing"

	"github.com/nuages-go/nuages/orm/internal/plan"
)

func TestObjects(t *testing.T) {
	m := plan.Get[everything](nil)
	objs := plan.Objects{Model: m}
	seen := map[plan.Pointer]bool{}
	for i := range 200 {
		p := objs.Next(0)
		if seen[p] {
			t.Fatalf("object %d was given before", i)
		}
		seen[p] = true
		if o := plan.At[everything](p); o.I != 0 {
			t.Fatalf("object %d is not new: %v", i, o)
		} else {
			o.I = i + 1
		}
	}
}

func TestListAndPointers(t *testing.T) {
	a, b := &everything{}, &everything{}
	ps := plan.Pointers([]*everything{a, b})
	if len(ps) != 2 || ps[0] != plan.PointerTo(a) || ps[1] != plan.PointerTo(b) {
		t.Fatalf("Pointers = %v", ps)
	}
	list := plan.List[everything](ps)
	if len(list) != 2 || list[0] != a || list[1] != b || cap(list) != 2 {
		t.Fatalf("List = %v", list)
	}
	if none := plan.List[everything](nil); none == nil || len(none) != 0 {
		t.Fatalf("List(nil) = %v, want an empty list", none)
	}
}
