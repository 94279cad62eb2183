package orm_test

import (
	"testing"

	"github.com/nuages-go/nuages/orm"
)

// A template may ask a query, and never change a row.
func TestTemplatesDoNotWrite(t *testing.T) {
	ctx := open(t)
	seed(t, ctx)
	type row struct{ N int64 }
	data := map[string]any{
		"q":      orm.Objects[Tag](),
		"values": orm.Values(orm.Objects[Tag](), func(r *row) []orm.Pick { return []orm.Pick{orm.As(&r.N, orm.F(&g.ID))} }),
	}
	for _, tt := range []struct{ text, want string }{
		{"{{ q.count }} {{ q.all|length }} {{ values.all|length }}", "3 3 3"},
		{"[{{ q.delete }}{{ q.delete_returning }}{{ q.hard_delete }}{{ q.update }}{{ q.update_returning }}{{ q.update_from }}]", "[]"},
		{"[{{ q.bulk_create }}{{ q.create }}{{ q.save }}{{ values.delete_returning }}{{ values.update_returning }}]", "[]"},
		{"{{ q.count }}", "3"},
	} {
		if got, err := render(t, ctx, tt.text, data); got != tt.want || err != nil {
			t.Errorf("%s = %q, %v, want %q", tt.text, got, err, tt.want)
		}
	}
	for method, want := range map[string]bool{
		"DeleteReturning": true, "UpdateOrCreate": true, "GetOrCreateFunc": true, "SaveNamed": true, "Upsert": true,
		"All": false, "Get": false, "Distinct": false, "Contains": false, "Filter": false,
	} {
		if got := orm.Objects[Tag]().AltersData(method); got != want {
			t.Errorf("AltersData(%q) = %v", method, got)
		}
	}
}
