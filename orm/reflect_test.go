package orm_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

func namesOf(list []*schema.Field) string {
	var out []string
	for _, f := range list {
		out = append(out, f.Name)
	}
	return strings.Join(out, " ")
}

// TestReflection asks a model for what Django's _meta knows.
func TestReflection(t *testing.T) {
	t.Parallel()
	m := orm.ModelOf[optBooking]()
	for _, tt := range []struct{ what, got, want string }{
		{"LabelLower", m.LabelLower(), "orm_test.optbooking"},
		{"ConcreteFields", namesOf(m.ConcreteFields()), "id day room backup at changed title"},
		{"LocalFields of a child", namesOf(orm.ModelOf[ckParentIndex]().LocalFields()), "ckparenta_ptr size"},
		{"ConcreteFields of a child", namesOf(orm.ModelOf[ckParentIndex]().ConcreteFields()), "id name ckparenta_ptr size"},
		{"ManyToMany", namesOf(m.ManyToMany()), "extra"},
		{"PKFields", namesOf(m.PKFields()), "id"},
		{"PKFields of a composite key", namesOf(orm.ModelOf[ckComposite]().PKFields()), "a b"},
	} {
		got, want := strings.Fields(tt.got), strings.Fields(tt.want)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s = %s, want %s", tt.what, tt.got, tt.want)
		}
	}
	for name, want := range map[string]string{"room": "room", "room_id": "room", "pk": "id", "extra": "extra", "nothing": ""} {
		f, ok := m.Field(name)
		if ok != (want != "") || ok && f.Name != want {
			t.Errorf("Field(%s) = %v, %v, want %s", name, f, ok, want)
		}
	}
	if m.IsSwappable() {
		t.Error("the model is swappable")
	}
	reg := orm.NewRegistry(plain, orm.ModelOf[ckSameAccessor](), orm.ModelOf[ckUniqueKey](), orm.ModelOf[ckDeletes]())
	var got []string
	for _, o := range reg.RelatedObjects(plain) {
		kind := "one"
		if o.Many {
			kind = "many"
		}
		got = append(got, strings.Join([]string{o.Model.Name(), o.Field.Name, o.Name, o.Accessor, kind}, "/"))
	}
	want := []string{"ckSameAccessor/a/a/them/many", "ckSameAccessor/b/b/them/many", "ckUniqueKey/of/ckuniquekey/ckuniquekey_set/many"}
	if !slices.Equal(got, want) {
		t.Errorf("RelatedObjects = %q, want %q", got, want)
	}
}
