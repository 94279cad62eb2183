package serializers_test

import (
	"bytes"
	"testing"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/serializers"
)

// Memo keeps its deleted rows.
type Memo struct {
	ID   int64
	Text string
	orm.SoftDelete
}

func (Memo) Meta(*Memo) orm.Meta { return orm.Meta{App: "memos"} }

// What a model hides is not written, unless all rows are asked for.
func TestDumpScope(t *testing.T) {
	t.Parallel()
	models := []orm.Model{orm.ModelOf[Memo]()}
	ctx := orm.WithModels(orm.WithDatabases(t.Context(), orm.Databases{orm.DefaultDB: sqliteDB(t)}), models...)
	if err := migrate.Run(ctx, []migrate.App{{Label: "memos", Models: models}}, migrate.Options{SyncDB: true}); err != nil {
		t.Fatal(err)
	}
	here, gone := &Memo{Text: "here"}, &Memo{Text: "gone"}
	for _, m := range []*Memo{here, gone} {
		if err := orm.Create(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := orm.Delete(ctx, gone); err != nil {
		t.Fatal(err)
	}
	apps := []serializers.App{{Label: "memos", Models: models}}
	for _, tt := range []struct {
		name string
		o    serializers.DumpOptions
		want int
	}{
		{"those that are not hidden", serializers.DumpOptions{}, 1},
		{"all", serializers.DumpOptions{All: true}, 2},
		{"a hidden one by its key", serializers.DumpOptions{Labels: []string{"memos.Memo"}, PKs: []string{"2"}}, 0},
		{"a hidden one by its key among all", serializers.DumpOptions{Labels: []string{"memos.Memo"}, PKs: []string{"2"}, All: true}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			n, err := serializers.Dump(ctx, &b, apps, tt.o)
			if err != nil || n != tt.want || bytes.Count(b.Bytes(), []byte(`"model"`)) != tt.want {
				t.Errorf("%d objects, %v: %s\nwant %d", n, err, b.String(), tt.want)
			}
		})
	}
}
