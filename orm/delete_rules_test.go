package orm_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
)

type (
	// Singer, Album and Song are the models of Django's documentation of RESTRICT: a song goes with its singer, and keeps its
	// album otherwise.
	Singer struct {
		ID   int64
		Name string
	}
	Album struct {
		ID     int64
		Singer orm.FK[Singer]
	}
	Song struct {
		ID     int64
		Singer orm.FK[Singer]
		Album  orm.FK[Album]
	}
	// Fan points to singers in all other ways.
	Fan struct {
		ID       int64
		Idol     orm.FK[Singer]
		Second   orm.FK[Singer]
		Fallback orm.FK[Singer]
		Found    orm.FK[Singer]
	}
	// Contract and Tour protect singers, each by itself.
	Contract struct {
		ID     int64
		Singer orm.FK[Singer]
		Note   string
	}
	Tour struct {
		ID   int64
		Lead orm.FK[Singer]
	}
)

func (Singer) Fields(s *Singer) []orm.Field { return []orm.Field{orm.Char(&s.Name, 20)} }

func (Album) Fields(a *Album) []orm.Field {
	return []orm.Field{orm.Ref(&a.Singer).OnDelete(orm.Cascade)}
}

func (Song) Fields(s *Song) []orm.Field {
	return []orm.Field{orm.Ref(&s.Singer).OnDelete(orm.Cascade), orm.Ref(&s.Album).OnDelete(orm.Restrict)}
}

func (Fan) Fields(f *Fan) []orm.Field {
	return []orm.Field{
		orm.Ref(&f.Idol).Null().OnDelete(orm.SetNull).RelatedName("+"),
		orm.Ref(&f.Second).OnDelete(orm.SetDefault).Default(1).RelatedName("+"),
		orm.Ref(&f.Fallback).OnDeleteSet(1).RelatedName("+"),
		orm.Ref(&f.Found).OnDeleteSetFunc(func(ctx context.Context) (int64, error) {
			s, _, err := orm.Objects[Singer]().Filter(orm.Lookup("name", "nobody")).GetOrCreate(ctx, &Singer{Name: "nobody"})
			if err != nil {
				return 0, err
			}
			return s.ID, nil
		}).RelatedName("+"),
	}
}

func (Contract) Fields(c *Contract) []orm.Field {
	return []orm.Field{orm.Ref(&c.Singer).OnDelete(orm.Protect), orm.Char(&c.Note, 10)}
}

func (Tour) Fields(o *Tour) []orm.Field { return []orm.Field{orm.Ref(&o.Lead)} }

func singerModels() []orm.Model {
	return []orm.Model{orm.ModelOf[Singer](), orm.ModelOf[Album](), orm.ModelOf[Song](), orm.ModelOf[Fan](), orm.ModelOf[Contract](), orm.ModelOf[Tour]()}
}

func TestRestrict(t *testing.T) {
	eachDatabase(t, singerModels(), func(t *testing.T, ctx context.Context) {
		one, two := &Singer{Name: "one"}, &Singer{Name: "two"}
		must(t, orm.Objects[Singer]().BulkCreate(ctx, []*Singer{one, two}))
		mine, hers := &Album{Singer: orm.To(one)}, &Album{Singer: orm.To(two)}
		must(t, orm.Objects[Album]().BulkCreate(ctx, []*Album{mine, hers}))
		guest := &Song{Singer: orm.To(two), Album: orm.To(mine)}
		must(t, orm.Objects[Song]().BulkCreate(ctx, []*Song{{Singer: orm.To(one), Album: orm.To(mine)}, guest}))

		_, err := orm.Delete(ctx, mine)
		pe, ok := errors.AsType[*orm.ProtectedError](err)
		if !ok || !pe.Restricted || pe.Count != 2 || len(pe.Objects) != 2 || pe.Model != "Album" || !slices.Equal(pe.By, []string{"Song.album"}) {
			t.Fatalf("Delete of an album with songs: %v %+v", err, pe)
		}
		if song, ok := pe.Objects[0].(*Song); !ok || song.Album.ID != mine.ID {
			t.Errorf("Objects: %v", pe.Objects[0])
		}
		// The singer's own song goes by the singer, which one statement does; the guest's does not.
		_, err = orm.Delete(ctx, one)
		if pe, ok := errors.AsType[*orm.ProtectedError](err); !ok || pe.Count != 1 || pe.Objects[0].(*Song).ID != guest.ID {
			t.Errorf("Delete of a singer with a guest's song: %v", err)
		}
		_, err = orm.Delete(ctx, guest)
		must(t, err)
		d, err := orm.Delete(ctx, one)
		if err != nil || d.ByModel["orm_test.Song"] != 1 || d.ByModel["orm_test.Album"] != 1 || d.ByModel["orm_test.Singer"] != 1 {
			t.Errorf("Delete of a singer, the album and the song: %+v %v", d, err)
		}
		// The same where receivers have the songs loaded.
		song := &Song{Singer: orm.To(two), Album: orm.To(hers)}
		must(t, orm.Create(ctx, song))
		var seen *Song
		heard := listening(t, ctx, orm.PostDelete[Song]().On(func(_ context.Context, e orm.DeleteEvent[Song]) error {
			if seen = e.Object; seen.ID != song.ID {
				t.Errorf("a receiver is told of %d", seen.ID)
			}
			return nil
		}))
		if d, err := orm.Delete(heard, two); err != nil || d.Total != 3 {
			t.Errorf("Delete with receivers: %+v %v", d, err)
		}
		if seen == nil || seen.ID != 0 {
			t.Errorf("a deleted object keeps its key: %+v", seen)
		}
	})
}

func TestProtectTellsAll(t *testing.T) {
	eachDatabase(t, singerModels(), func(t *testing.T, ctx context.Context) {
		s := &Singer{Name: "s"}
		must(t, orm.Create(ctx, s))
		must(t, orm.Create(ctx, &Contract{Singer: orm.To(s), Note: "a"}))
		must(t, orm.Create(ctx, &Contract{Singer: orm.To(s), Note: "b"}))
		must(t, orm.Create(ctx, &Tour{Lead: orm.To(s)}))
		_, err := orm.Delete(ctx, s)
		pe, ok := errors.AsType[*orm.ProtectedError](err)
		if !ok || pe.Restricted || pe.Count != 3 || len(pe.Objects) != 3 || !slices.Equal(pe.By, []string{"Contract.singer", "Tour.lead"}) {
			t.Fatalf("%v %+v", err, pe)
		}
		if c, ok := pe.Objects[0].(*Contract); !ok || c.Note == "" {
			t.Errorf("the first in the way: %v", pe.Objects[0])
		}
		if got := err.Error(); got != "orm: cannot delete Singer: 3 rows refer to it by Contract.singer, Tour.lead" {
			t.Error(got)
		}
	})
}

func TestOnDeleteSet(t *testing.T) {
	eachDatabase(t, singerModels(), func(t *testing.T, ctx context.Context) {
		list := []*Singer{{Name: "first"}, {Name: "gone"}}
		for i, s := range list {
			must(t, orm.Create(ctx, s))
			if s.ID != int64(i+1) {
				t.Fatalf("the key is %d", s.ID)
			}
		}
		fan := &Fan{Idol: orm.To(list[1]), Second: orm.To(list[1]), Fallback: orm.To(list[1]), Found: orm.To(list[1])}
		must(t, orm.Create(ctx, fan))
		fresh := &Fan{Fallback: orm.To(list[0]), Found: orm.To(list[0])}
		must(t, orm.Create(ctx, fresh))
		if fresh.Second.ID != 1 {
			t.Errorf("a new fan's default is %d", fresh.Second.ID)
		}
		_, err := orm.Delete(ctx, list[1])
		must(t, err)
		must(t, orm.Refresh(ctx, fan))
		nobody, err := fan.Found.Get(ctx)
		must(t, err)
		if !fan.Idol.IsNull() || fan.Second.ID != 1 || fan.Fallback.ID != 1 || nobody.Name != "nobody" {
			t.Errorf("after the delete: %+v %+v", fan, nobody)
		}
	})
}

// Lists of keys are cut to what a statement takes.
func TestDeleteOfMany(t *testing.T) {
	eachDatabase(t, singerModels(), func(t *testing.T, ctx context.Context) {
		var singers []*Singer
		for range 1203 {
			singers = append(singers, &Singer{Name: "x"})
		}
		must(t, orm.Objects[Singer]().BulkCreate(ctx, singers))
		var albums []*Album
		for _, s := range singers {
			albums = append(albums, &Album{Singer: orm.To(s)})
		}
		must(t, orm.Objects[Album]().BulkCreate(ctx, albums))
		logged, log := logged(ctx)
		d, err := orm.Objects[Singer]().Delete(logged)
		if err != nil || d.ByModel["orm_test.Singer"] != 1203 || d.ByModel["orm_test.Album"] != 1203 {
			t.Errorf("%+v %v", d, err)
		}
		for _, e := range log.Entries() {
			if n := strings.Count(e.SQL, "?"); n > 600 {
				t.Errorf("a statement with %d parameters", n)
			}
		}
	})
}

// A program must not go on with what hung on a deleted object.
func TestDeleteForgets(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	users, _, arts := seed(t, ctx)
	if _, err := users[0].Articles.All(ctx); err != nil {
		t.Fatal(err)
	}
	for _, art := range arts {
		_, err := orm.Delete(ctx, art)
		must(t, err)
	}
	_, err := orm.Delete(ctx, users[0])
	must(t, err)
	if list, ok := users[0].Articles.Loaded(); ok {
		t.Errorf("a deleted user has %d articles", len(list))
	}
}
