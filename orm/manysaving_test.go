package orm_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
)

type (
	Team struct {
		ID      int64
		Name    string
		Members orm.Many[Mate]
		Captain orm.One[Captaincy]
	}
	Mate struct {
		ID      int64
		Name    string
		Team    orm.FK[Team]
		Friends orm.Many[Mate]
		Fans    orm.Many[Team]
		Joined  time.Time
	}
	Captaincy struct {
		ID   int64
		Team orm.FK[Team]
	}
	// Cheer is a member's club with several keys to each side.
	Cheer struct {
		ID   int64
		Mate orm.FK[Mate]
		By   orm.FK[Mate]
		Team orm.FK[Team]
		Loud int64
	}
)

func (Team) Fields(o *Team) []orm.Field {
	return []orm.Field{
		orm.Char(&o.Name, 20), orm.HasMany(&o.Members, &orm.Fields[Mate]().Team), orm.HasOne(&o.Captain, &orm.Fields[Captaincy]().Team),
	}
}

func (Mate) Fields(m *Mate) []orm.Field {
	return []orm.Field{
		orm.Char(&m.Name, 20), orm.Ref(&m.Team).Null().OnDelete(orm.SetNull), orm.ManyToMany(&m.Friends).Symmetrical(),
		orm.ManyToMany(&m.Fans).Through(orm.ModelOf[Cheer]()).ThroughFields("mate", "team").RelatedName("cheered").RelatedQueryName("cheering"),
		orm.DateTime(&m.Joined).AutoNowAdd(),
	}
}

func (Captaincy) Fields(c *Captaincy) []orm.Field {
	return []orm.Field{orm.OneToOne(&c.Team).OnDelete(orm.Cascade)}
}

func (Cheer) Fields(c *Cheer) []orm.Field {
	return []orm.Field{
		orm.Ref(&c.Mate).OnDelete(orm.Cascade).RelatedName("+"), orm.Ref(&c.By).Null().OnDelete(orm.SetNull).RelatedName("+"),
		orm.Ref(&c.Team).OnDelete(orm.Cascade).RelatedName("+"),
	}
}

func teamModels() []orm.Model {
	return []orm.Model{orm.ModelOf[Team](), orm.ModelOf[Mate](), orm.ModelOf[Captaincy](), orm.ModelOf[Cheer]()}
}

// The way back of a foreign key, by one UPDATE and object by object.
func TestReverseSaving(t *testing.T) {
	eachDatabase(t, teamModels(), func(t *testing.T, base context.Context) {
		var j journal
		ctx := listening(t, base, orm.PostSave[Mate]().On(func(_ context.Context, e orm.SaveEvent[Mate]) error {
			j.add("%s %d %v %v", e.Object.Name, e.Object.Team.ID, e.Created, e.Fields)
			return nil
		}))
		team := &Team{Name: "red"}
		must(t, orm.Create(ctx, team))
		ann, ben := &Mate{Name: "ann"}, &Mate{Name: "ben"}
		must(t, orm.Create(ctx, ann))
		j.take()
		must(t, team.Members.Add(ctx, ann))
		if got := j.take(); got != "" || ann.Team.ID != team.ID {
			t.Errorf("Add: %s, %+v", got, ann)
		}
		if err := team.Members.Add(ctx, ben); !errors.Is(err, orm.ErrNotSaved) {
			t.Errorf("Add of a new object: %v", err)
		}
		must(t, team.Members.With().Saving().Add(ctx, ann, ben))
		if got, want := j.take(), fmt.Sprintf("ann %d false []; ben %[1]d true []", team.ID); got != want {
			t.Errorf("Add with Saving: %s, want %s", got, want)
		}
		must(t, team.Members.With().Saving().Remove(ctx, ann))
		if got := j.take(); got != "ann 0 false [team]" {
			t.Errorf("Remove with Saving: %s", got)
		}
		must(t, team.Members.With().Saving().Set(ctx, ann))
		if got, want := j.take(), fmt.Sprintf("ben 0 false [team]; ann %d false [team]", team.ID); got != want {
			t.Errorf("Set with Saving: %s, want %s", got, want)
		}
		must(t, team.Members.With().Saving().Clear(ctx))
		if got := j.take(); got != "ann 0 false [team]" {
			t.Errorf("Clear with Saving: %s", got)
		}
		if n, err := team.Members.Count(ctx); n != 0 || err != nil {
			t.Errorf("members: %d %v", n, err)
		}
		if err := ann.Friends.With().Saving().Add(ctx, ben); err == nil || !strings.Contains(err.Error(), "the way back of a foreign key") {
			t.Errorf("Saving of a many-to-many field: %v", err)
		}
	})
}

func TestNoRelated(t *testing.T) {
	t.Parallel()
	ctx := orm.WithModels(open(t), teamModels()...)
	createTables(t, ctx, teamModels()...)
	team := &Team{Name: "red"}
	must(t, orm.Create(ctx, team))
	_, err := team.Captain.Get(ctx)
	ne, ok := errors.AsType[*orm.NoRelatedError](err)
	if !ok || ne.Model != "Team" || ne.Field != "captain" || !orm.IsNotFound(err) || err.Error() != "orm: the Team has no captain" {
		t.Errorf("a team without a captain: %v", err)
	}
}

// Events of both sides, in order, of symmetrical relations and with a through model of several keys.
func TestManyChangedSides(t *testing.T) {
	eachDatabase(t, teamModels(), func(t *testing.T, base context.Context) {
		var j journal
		m := orm.Fields[Mate]()
		tell := func(_ context.Context, e orm.ManyEvent) error {
			slices.SortFunc(e.Keys, func(a, b any) int { return int(a.(int64) - b.(int64)) })
			j.add("%s %s %v %v", e.Action, e.Related.Name(), e.Reverse, e.Keys)
			return nil
		}
		ctx := listening(t, base, orm.ManyChanged(&m.Friends).On(tell), orm.ManyChanged(&m.Fans).On(tell))
		red, blue := &Team{Name: "red"}, &Team{Name: "blue"}
		must(t, orm.Create(ctx, red))
		must(t, orm.Create(ctx, blue))
		var all []*Mate
		for _, name := range []string{"ann", "ben", "cyd"} {
			all = append(all, &Mate{Name: name})
			must(t, orm.Create(ctx, all[len(all)-1]))
		}
		ann, ben, cyd := all[0], all[1], all[2]
		must(t, ann.Friends.Add(ctx, ben, cyd))
		if got := j.take(); got != "pre_add Mate false [2 3]; post_add Mate false [2 3]" {
			t.Errorf("Add: %s", got)
		}
		for _, friend := range []*Mate{ben, cyd} {
			if list, err := friend.Friends.All(ctx); err != nil || len(list) != 1 || list[0].ID != ann.ID {
				t.Errorf("the friends of %s: %v %v", friend.Name, list, err)
			}
		}
		must(t, ben.Friends.Remove(ctx, ann))
		must(t, ann.Friends.Clear(ctx))
		if got := j.take(); got != "pre_remove Mate false [1]; post_remove Mate false [1]; pre_clear Mate false []; post_clear Mate false []" {
			t.Errorf("Remove and Clear: %s", got)
		}
		if n, err := cyd.Friends.Query().Count(ctx); n != 0 || err != nil {
			t.Errorf("friends that were cleared from the other side: %d %v", n, err)
		}
		c := orm.Fields[Cheer]()
		must(t, ann.Fans.With(orm.Set(&c.Loud, 9)).Add(ctx, red, blue))
		must(t, ann.Fans.With(orm.Set(&c.Loud, 3)).Clearing().Set(ctx, red))
		if got := j.take(); got != "pre_add Team false [1 2]; post_add Team false [1 2]; pre_clear Team false []; post_clear Team false []; pre_add Team false [1]; post_add Team false [1]" {
			t.Errorf("a through model: %s", got)
		}
		row, err := orm.Objects[Cheer]().Get(ctx)
		if err != nil || row.Loud != 3 || row.Mate.ID != ann.ID || !row.By.IsNull() {
			t.Errorf("the row between: %+v %v", row, err)
		}
		if n, err := orm.Objects[Team]().Filter(orm.Lookup("cheering__name", "ann")).Count(ctx); n != 1 || err != nil {
			t.Errorf("RelatedQueryName: %d %v", n, err)
		}
	})
}

// A save of fixtures leaves automatic times alone, and says so.
func TestRawAndSelectOnSave(t *testing.T) {
	t.Parallel()
	base := orm.WithModels(open(t), teamModels()...)
	createTables(t, base, teamModels()...)
	var j journal
	ctx := listening(t, base, orm.PreSave[Mate]().On(func(_ context.Context, e orm.SaveEvent[Mate]) error {
		j.add("%v", e.Raw)
		return nil
	}))
	day := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	m := &Mate{Name: "ann", Joined: day}
	must(t, orm.Create(orm.WithRaw(ctx), m))
	other := &Mate{Name: "ben", Joined: day}
	must(t, orm.Create(ctx, other))
	if got := j.take(); got != "true; false" || !m.Joined.Equal(day) || other.Joined.Equal(day) {
		t.Errorf("raw: %s %v %v", got, m.Joined, other.Joined)
	}

	ctx, log := logged(orm.WithModels(base, orm.ModelOf[Watched]()))
	createTables(t, ctx, orm.ModelOf[Watched]())
	w := &Watched{Name: "a"}
	must(t, orm.Create(ctx, w))
	log.Reset()
	must(t, orm.Save(ctx, w))
	var verbs []string
	for _, e := range log.Entries() {
		if verb, _, _ := strings.Cut(e.SQL, " "); verb == "SELECT" || verb == "UPDATE" {
			verbs = append(verbs, verb)
		}
	}
	if !slices.Equal(verbs, []string{"SELECT", "UPDATE"}) {
		t.Errorf("SelectOnSave: %v", verbs)
	}
}

// Watched is looked for before it is updated.
type Watched struct {
	ID   int64
	Name string
}

func (Watched) Fields(w *Watched) []orm.Field { return []orm.Field{orm.Char(&w.Name, 5)} }
func (Watched) Meta(*Watched) orm.Meta        { return orm.Meta{SelectOnSave: true} }

// LogEntry is a model of an application that does not know the site's users: their model is a type parameter.
type LogEntry[U any] struct {
	ID   int64
	By   orm.FK[U]
	Text string
}

func (LogEntry[U]) Fields(l *LogEntry[U]) []orm.Field {
	return []orm.Field{orm.Ref(&l.By).OnDelete(orm.Cascade), orm.Char(&l.Text, 20)}
}

func (LogEntry[U]) Meta(l *LogEntry[U]) orm.Meta {
	return orm.Meta{App: "journal", Ordering: orm.By(orm.Asc(&l.Text))}
}

// The user model of a site stands where an application has a type parameter.
func TestSwappable(t *testing.T) {
	models := []orm.Model{orm.ModelOf[Team](), orm.ModelOf[Mate](), orm.ModelOf[Captaincy](), orm.ModelOf[Cheer](), orm.ModelOf[LogEntry[Mate]]()}
	eachDatabase(t, models, func(t *testing.T, ctx context.Context) {
		m := orm.ModelOf[LogEntry[Mate]]()
		if m.Label() != "journal.LogEntry" || m.Table() != "journal_logentry" || m.VerboseName() != "log entry" || m.Schema().Field("by").Rel.To != "orm_test.Mate" {
			t.Errorf("%s %s %s %s", m.Label(), m.Table(), m.VerboseName(), m.Schema().Field("by").Rel.To)
		}
		ann := &Mate{Name: "ann"}
		must(t, orm.Create(ctx, ann))
		must(t, orm.Create(ctx, &LogEntry[Mate]{By: orm.To(ann), Text: "hello"}))
		l := orm.Fields[LogEntry[Mate]]()
		entry, err := orm.Objects[LogEntry[Mate]]().Related(&l.By).Get(ctx, orm.Eq(&l.By.To().Name, "ann"))
		must(t, err)
		if by, ok := entry.By.Loaded(); !ok || by.Name != "ann" {
			t.Errorf("by %v", by)
		}
		if n, err := orm.Objects[Mate]().Filter(orm.Lookup("logentry__text", "hello")).Count(ctx); n != 1 || err != nil {
			t.Errorf("the way back: %d %v", n, err)
		}
	})
}

// Clubs do not say which of the keys of the model between they mean, or name wrong ones.
type (
	Club struct {
		ID    int64
		Mates orm.Many[Mate]
	}
	Club2 struct {
		ID    int64
		Mates orm.Many[Mate]
	}
	Club3 struct {
		ID    int64
		Mates orm.Many[Mate]
	}
	Seat2 struct {
		ID          int64
		Mate, Guest orm.FK[Mate]
		Club        orm.FK[Club]
	}
	Seat3 struct {
		ID   int64
		Mate orm.FK[Mate]
		Club orm.FK[Club2]
	}
	Seat4 struct {
		ID   int64
		Mate orm.FK[Mate]
		Club orm.FK[Club3]
	}
)

func (Club) Fields(c *Club) []orm.Field {
	return []orm.Field{orm.ManyToMany(&c.Mates).Through(orm.ModelOf[Seat2]()).RelatedName("+")}
}

func (Club2) Fields(c *Club2) []orm.Field {
	return []orm.Field{orm.ManyToMany(&c.Mates).Through(orm.ModelOf[Seat3]()).ThroughFields("club", "member").RelatedName("+")}
}

func (Club3) Fields(c *Club3) []orm.Field {
	return []orm.Field{orm.ManyToMany(&c.Mates).Through(orm.ModelOf[Seat4]()).ThroughFields("mate", "club").RelatedName("+")}
}

func TestThroughMistakes(t *testing.T) {
	t.Parallel()
	for want, m := range map[string]orm.Model{
		`Club.Mates: the through model Seat2 has several foreign keys to Mate, ["mate" "guest"]`: orm.ModelOf[Club](),
		`Club2.Mates: ThroughFields: Seat3 has no field "member" (its keys to Mate: ["mate"])`:   orm.ModelOf[Club2](),
		`Club3.Mates: ThroughFields: Seat4.Mate is not a foreign key to Club3`:                   orm.ModelOf[Club3](),
	} {
		if err := m.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
