package orm_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
)

// Pupil, Course and Enrolment: a composite key made of foreign keys, with a relation to it over foreign keys.
type Pupil struct {
	ID   int64
	Name string
}

type Course struct {
	Code  string
	Title string
}

func (Course) Fields(c *Course) []orm.Field {
	return []orm.Field{orm.Char(&c.Code, 9).PrimaryKey()}
}

type Enrolment struct {
	Pupil  orm.FK[Pupil]
	Since  time.Time
	Course orm.ForeignKey[Course, string]
	Mark   *int64
}

func (Enrolment) Fields(e *Enrolment) []orm.Field {
	return []orm.Field{
		orm.Ref(&e.Pupil).OnDelete(orm.Cascade).RelatedName("enrolments"), orm.Ref(&e.Course).OnDelete(orm.Cascade), orm.Date(&e.Since),
	}
}

func (Enrolment) Meta(e *Enrolment) orm.Meta {
	return orm.Meta{App: "school", PrimaryKey: []any{&e.Course, &e.Pupil}} // not in the order of the struct
}

type Excuse struct {
	ID        int64
	Pupil     orm.FK[Pupil]
	Course    orm.ForeignKey[Course, string]
	Text      string
	Enrolment orm.ForeignObject[Enrolment]
}

func (Excuse) Fields(x *Excuse) []orm.Field {
	return []orm.Field{
		orm.Ref(&x.Pupil).OnDelete(orm.Cascade).RelatedName("+"), orm.Ref(&x.Course).OnDelete(orm.DoNothing).Null().NoConstraint().RelatedName("+"),
		orm.Ref(&x.Enrolment).Columns(&x.Course, &x.Pupil).OnDelete(orm.Cascade).RelatedName("excuses"),
	}
}

func (Excuse) Meta(*Excuse) orm.Meta { return orm.Meta{App: "school"} }

// Branch is a tree inside a tenant: the tenant is part of the key and of the way to the parent.
type Branch struct {
	Tenant   int64
	Nr       int64
	ParentNr *int64
	Parent   orm.ForeignObject[Branch]
	Children orm.Many[Branch]
	Stamp    [16]byte
	Day      time.Time
}

func (Branch) Fields(b *Branch) []orm.Field {
	return []orm.Field{
		orm.Date(&b.Day), orm.Ref(&b.Parent).Columns(&b.Tenant, b.ParentNr).OnDelete(orm.SetNull).RelatedName("children"),
		orm.HasMany(&b.Children, &orm.Fields[Branch]().Parent),
	}
}

func (Branch) Meta(b *Branch) orm.Meta {
	return orm.Meta{
		App: "school", PrimaryKey: []any{&b.Tenant, &b.Nr}, Ordering: orm.By(orm.Asc(&b.Nr)),
		Constraints: []orm.Constraint{orm.UniqueOn("branch_stamp", &b.Stamp, &b.Day)},
	}
}

// Sticker points to a branch by another set of columns: a UUID and a day.
type Sticker struct {
	ID     int64
	Stamp  [16]byte
	Day    time.Time
	Branch orm.ForeignObject[Branch]
	UserID int64
	User   orm.ForeignObject[Pupil]
}

func (Sticker) Fields(m *Sticker) []orm.Field {
	return []orm.Field{
		orm.Date(&m.Day), orm.Ref(&m.Branch).Columns(&m.Stamp, &m.Day).ToField("stamp", "day").OnDelete(orm.Cascade),
		orm.Ref(&m.User).Columns(&m.UserID).OnDelete(orm.Cascade).RelatedName("marks"),
	}
}

func (Sticker) Meta(*Sticker) orm.Meta { return orm.Meta{App: "school"} }

func TestForeignObjectOverKeys(t *testing.T) {
	t.Parallel()
	models := []orm.Model{orm.ModelOf[Pupil](), orm.ModelOf[Course](), orm.ModelOf[Enrolment](), orm.ModelOf[Excuse](), orm.ModelOf[Branch](), orm.ModelOf[Sticker]()}
	eachDatabase(t, models, func(t *testing.T, ctx context.Context) {
		day := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
		ann, bob := &Pupil{Name: "ann"}, &Pupil{Name: "bob"}
		must(t, orm.Create(ctx, ann))
		must(t, orm.Create(ctx, bob))
		must(t, orm.Objects[Course]().BulkCreate(ctx, []*Course{{Code: "go"}, {Code: "sql"}}))
		one := &Enrolment{Since: day}
		one.Pupil.Set(ann)
		one.Course.ID = "go"
		two := &Enrolment{Since: day, Pupil: orm.To(bob)}
		two.Course.ID = "sql"
		must(t, orm.Save(ctx, one))
		must(t, orm.Save(ctx, one)) // the row is there
		must(t, orm.Create(ctx, two))
		e, x, b, m := orm.Fields[Enrolment](), orm.Fields[Excuse](), orm.Fields[Branch](), orm.Fields[Sticker]()
		ex := &Excuse{Text: "ill"}
		ex.Enrolment.Set(one)
		must(t, orm.Create(ctx, ex))
		if ex.Pupil.ID != ann.ID || ex.Course.ID != "go" {
			t.Fatalf("the parts were not taken: %+v", ex)
		}
		free := &Excuse{Text: "free", Pupil: orm.To(ann)}
		must(t, orm.Create(ctx, free))

		enrolments := orm.Objects[Enrolment]()
		for name, p := range map[string]orm.Predicate{
			"an object": orm.Key(e).Is(one), "a list": orm.Lookup("pk", []any{"go", ann.ID}), "objects in it": orm.Lookup("pk", []any{&Course{Code: "go"}, ann}),
			"in": orm.Lookup("pk__in", [][]any{{"go", ann.ID}, {"x", 9}}), "typed in": orm.Key(e).In(one), "back": orm.Lookup("excuses__text", "ill"),
			"less": orm.Key(e).Below(two), "over two": orm.Lookup("excuses__enrolment__pupil__name", "ann"), "array": orm.Lookup("pk", [2]any{"go", ann.ID}),
			"a query": orm.Lookup("pk__in", orm.Objects[Excuse]().Filter(orm.NotNull(&x.Enrolment)).ValuesByName("enrolment")),
		} {
			got, err := enrolments.Filter(p).All(ctx)
			if len(got) != 1 || err != nil || got[0].Course.ID != "go" {
				t.Errorf("%s: %d, %v", name, len(got), err)
			}
		}
		for name, p := range map[string]orm.Predicate{
			"is": orm.Is(&x.Enrolment, one), "pupil": orm.Eq(&x.Enrolment.To().Pupil.To().Name, "ann"), "key": orm.Key(x.Enrolment.To()).Is(one),
			"mark": orm.IsNull(&x.Enrolment.To().Mark), "not null": orm.NotNull(&x.Enrolment), "a part": orm.Lookup("enrolment__pupil", ann),
		} {
			got, err := orm.Objects[Excuse]().Filter(p).All(ctx)
			want := 1
			if name == "mark" {
				want = 2 // also where there is no enrolment, as in Django
			}
			if len(got) != want || err != nil {
				t.Errorf("%s: %d, %v", name, len(got), err)
			}
		}
		list, err := orm.Objects[Excuse]().OrderBy(orm.Asc(&x.ID)).Related(&x.Enrolment.To().Pupil).All(ctx)
		must(t, err)
		if en, ok := list[0].Enrolment.Loaded(); !ok || en.Course.ID != "go" {
			t.Errorf("Related: %v", en)
		}
		if _, err := list[1].Enrolment.Get(ctx); !orm.IsNotFound(err) {
			t.Errorf("half a key leads to %v", err)
		}
		if d, err := orm.Delete(ctx, ann); d.ByModel["school.Enrolment"] != 1 || d.ByModel["school.Excuse"] != 2 || err != nil {
			t.Errorf("Delete over two keys: %+v, %v", d, err)
		}

		// A tree inside a tenant.
		uuid := func(n byte) (u [16]byte) { u[15] = n; return u }
		nr := func(n int64) *int64 { return &n }
		must(t, orm.Objects[Branch]().BulkCreate(ctx, []*Branch{
			{Tenant: 1, Nr: 1, Stamp: uuid(1), Day: day},
			{Tenant: 1, Nr: 2, ParentNr: nr(1), Stamp: uuid(2), Day: day},
			{Tenant: 1, Nr: 3, ParentNr: nr(1), Stamp: uuid(3), Day: day},
			{Tenant: 2, Nr: 1, Stamp: uuid(1), Day: day.AddDate(0, 0, 1)},
		}))
		branchNr := func(b *Branch) string { return fmt.Sprintf("%d.%d", b.Tenant, b.Nr) }
		branches := orm.Objects[Branch]().OrderBy(orm.ByName("pk"))
		got, err := branches.Filter(orm.Eq(&b.Parent.To().Nr, 1)).All(ctx)
		if s := names(got, branchNr); s != "1.2 1.3" || err != nil {
			t.Errorf("by the parent's number: %s, %v", s, err)
		}
		// The tenant alone is no parent: the join must stay.
		got, err = branches.Filter(orm.Eq(&b.Parent.To().Tenant, 1)).All(ctx)
		if s := names(got, branchNr); s != "1.2 1.3" || err != nil {
			t.Errorf("by the parent's tenant: %s, %v", s, err)
		}
		got, err = branches.Exclude(orm.Lookup("children__nr", 2)).All(ctx)
		if s := names(got, branchNr); s != "1.2 1.3 2.1" || err != nil {
			t.Errorf("without a child: %s, %v", s, err)
		}
		got, err = branches.Filter(orm.Lookup("parent__isnull", true)).Prefetch(&b.Children).All(ctx)
		must(t, err)
		if l, ok := got[0].Children.Loaded(); !ok || names(l, branchNr) != "1.2 1.3" {
			t.Errorf("children: %s", names(l, branchNr))
		}
		child := &Branch{Nr: 9, Stamp: uuid(9), Day: day}
		must(t, got[1].Children.Create(ctx, child))
		if child.Tenant != 2 || *child.ParentNr != 1 {
			t.Errorf("a child of tenant %d", child.Tenant)
		}
		must(t, got[1].Children.Clear(ctx))
		if again, err := branches.Get(ctx, orm.Key(b).Is(child)); err != nil || again.ParentNr != nil || again.Tenant != 2 {
			t.Errorf("Clear: %+v, %v", again, err)
		}
		if d, err := branches.Filter(orm.Key(b).Is(&Branch{Tenant: 1, Nr: 1})).OrderBy().Delete(ctx); d.Total != 1 || err != nil {
			t.Errorf("Delete of a root: %+v, %v", d, err)
		}
		if n, err := branches.Filter(orm.Eq(&b.Tenant, 1), orm.IsNull(&b.ParentNr)).Count(ctx); n != 2 || err != nil {
			t.Errorf("orphans: %d, %v", n, err)
		}

		// Validation asks for the row; an object that was set counts before the Save.
		if got := complaints(t, orm.FullClean(ctx, &Sticker{Stamp: uuid(77), Day: day, UserID: bob.ID})); !strings.HasPrefix(got, "branch:invalid:") {
			t.Errorf("a branch that is not there: %q", got)
		}
		early := &Sticker{UserID: bob.ID}
		early.Branch.Set(&Branch{Tenant: 1, Nr: 2, Stamp: uuid(2), Day: day})
		if got := complaints(t, orm.FullClean(ctx, early)); got != "" || early.Stamp != uuid(2) {
			t.Errorf("an object that was set: %q, %v", got, early.Stamp)
		}

		// Other columns than the key; one plain column.
		must(t, orm.Objects[Sticker]().BulkCreate(ctx, []*Sticker{{Stamp: uuid(2), Day: day, UserID: bob.ID}, {Stamp: uuid(3), Day: day, UserID: bob.ID}}))
		marks, err := orm.Objects[Sticker]().OrderBy(orm.Asc(&m.ID)).Prefetch(&m.Branch, &m.User).All(ctx)
		must(t, err)
		for i, mk := range marks {
			br, ok := mk.Branch.Loaded()
			if !ok || br.Nr != int64(i+2) {
				t.Errorf("mark %d leads to %v", i, br)
			}
			if u, err := mk.User.Get(ctx); err != nil || u.Name != "bob" || mk.User.IsNull() {
				t.Errorf("mark %d of %v, %v", i, u, err)
			}
		}
		for name, p := range map[string]orm.Predicate{
			"is": orm.Is(&m.Branch, marks[0].mustBranch(t)), "user": orm.And(orm.Is(&m.User, bob), orm.Eq(&m.Branch.To().Nr, 2)),
			"by name": orm.Lookup("branch", []any{uuid(2), day}), "key": orm.Key(m.Branch.To()).Is(&Branch{Tenant: 1, Nr: 2}),
			"user by name": orm.And(orm.Lookup("user", bob.ID), orm.Lookup("branch__nr", 2)), "user in": orm.And(orm.Lookup("user__in", []int64{bob.ID}), orm.Lookup("branch__pk", []any{1, 2})),
			"user's name": orm.And(orm.Eq(&m.User.To().Name, "bob"), orm.Lookup("branch__in", [][]any{{uuid(2), day}, {uuid(7), day}})),
		} {
			got, err := orm.Objects[Sticker]().Filter(p).All(ctx)
			if len(got) != 1 || err != nil || got[0].ID != marks[0].ID {
				t.Errorf("%s: %d marks, %v", name, len(got), err)
			}
		}
		marks[0].User.Set(bob)
		marks[0].User.Set(nil) // a plain column cannot be null: it stays
		if marks[0].UserID != bob.ID {
			t.Errorf("Set(nil) of a column that is never null: %d", marks[0].UserID)
		}
		if d, err := branches.Filter(orm.Eq(&b.Nr, 2)).OrderBy().Delete(ctx); d.ByModel["school.Sticker"] != 1 || err != nil {
			t.Errorf("Delete by other columns: %+v, %v", d, err)
		}
		if d, err := orm.Delete(ctx, bob); d.ByModel["school.Sticker"] != 1 || err != nil {
			t.Errorf("Delete over a plain column: %+v, %v", d, err)
		}
	})
}

func (m *Sticker) mustBranch(t *testing.T) *Branch {
	t.Helper()
	b, ok := m.Branch.Loaded()
	if !ok {
		t.Fatal("no branch")
	}
	return b
}

func TestTupleErrors(t *testing.T) {
	t.Parallel()
	ctx := orm.WithModels(open(t), append(fairModels(), orm.ModelOf[User]())...)
	createTables(t, ctx, fairModels()...)
	fair(t, ctx)
	s, b := orm.Fields[Stall](), orm.Fields[Booking]()
	all := orm.Objects[Stall]()
	for name, tt := range map[string]struct {
		err  error
		want string
	}{
		"one value":         {err(all.Filter(orm.Lookup("pk", 7)).All(ctx)), "compared with 2 values"},
		"a text":            {err(all.Filter(orm.Lookup("pk", "a1")).All(ctx)), "compared with 2 values"},
		"bytes":             {err(all.Filter(orm.Lookup("pk", []byte{1, 2})).All(ctx)), "compared with 2 values"},
		"three":             {err(all.Filter(orm.Lookup("pk", []any{"a", 1, 2})).All(ctx)), "not with 3"},
		"a null part":       {err(all.Filter(orm.Lookup("pk", []any{"a", nil})).All(ctx)), "part 2 is null"},
		"no list":           {err(all.Filter(orm.Lookup("pk__in", 7)).All(ctx)), "takes a list of keys"},
		"a list of values":  {err(all.Filter(orm.Lookup("pk__in", []any{"a", 1})).All(ctx)), "compared with 2 values"},
		"a short key":       {err(all.Filter(orm.Lookup("pk__in", [][]any{{"a"}})).All(ctx)), "not with 1"},
		"a wrong type":      {err(all.Filter(orm.Lookup("pk", []any{"a", "x"})).All(ctx)), "not a whole number"},
		"another look-up":   {err(all.Filter(orm.Lookup("pk__icontains", "a")).All(ctx)), `unsupported look-up "icontains"`},
		"a transform":       {err(all.Filter(orm.Lookup("pk__year__gt", 1)).All(ctx)), "unsupported look-up"},
		"isnull of what":    {err(all.Filter(orm.Lookup("pk__isnull", 3)).All(ctx)), "must be true or false"},
		"too few columns":   {err(all.Filter(orm.Lookup("pk__in", orm.Objects[Booking]().ValuesByName("hall"))).All(ctx)), "compared with 2 columns, not with 1"},
		"too many columns":  {err(orm.Objects[Booking]().Filter(orm.Lookup("id__in", all)).All(ctx)), "a subquery gives one column, not 2"},
		"a column of pk":    {err(all.Filter(orm.F(&s.Row).Eq(orm.Name[int64]("pk"))).All(ctx)), "several columns and cannot be one value"},
		"arithmetic":        {err(all.Annotate(orm.Named("x", orm.Name[int64]("pk").Plus(1))).All(ctx)), "several columns and cannot be one value"},
		"an annotation":     {err(all.Annotate(orm.Named("x", orm.Key(s))).All(ctx)), "several columns"},
		"a sum":             {err(orm.Aggregate(ctx, all, orm.SumOf(orm.Name[int64]("pk")))), "only Count takes several columns"},
		"an update":         {err(orm.Objects[Booking]().Update(ctx, orm.SetByName("stall", 1))), "set each of them"},
		"an update by path": {err(orm.Objects[Booking]().Update(ctx, orm.SetTo(&b.Stall, orm.F(&b.Stall)))), "set each of them"},
		"an object unsaved": {err(orm.Objects[Booking]().Filter(orm.Lookup("stall", 5)).All(ctx)), "compared with 2 values"},
		"typed values":      {err(orm.Values(all, func(r *struct{ K *Stall }) []orm.Pick { return []orm.Pick{orm.As(&r.K, orm.Key(s))} }).All(ctx)), "is 2 columns"},
		"in bulk":           {err(orm.InBulkKeys(ctx, all, "a")), "the key of Stall 2"},
		"a union by pk":     {err(all.Union(all).OrderBy(orm.ByName("pk")).All(ctx)), "name those of the key"},
	} {
		if tt.err == nil || !strings.Contains(tt.err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, tt.err, tt.want)
		}
	}
}

func err[V any](_ V, e error) error { return e }

// Models that are described wrongly.
type (
	shortKey  struct{ A, B int64 }
	twiceKey  struct{ A, B int64 }
	nullParts struct{ A, B *int64 }
	bothKeys  struct{ ID, A, B int64 }
	manyKey   struct {
		A    int64
		Tags orm.Many[Tag]
	}
	noColumns struct {
		ID    int64
		Stall orm.ForeignObject[Stall]
	}
	fewColumns struct {
		ID, Row int64
		Stall   orm.ForeignObject[Stall]
	}
	kindColumn struct {
		ID, Hall, Row int64
		Stall         orm.ForeignObject[Stall]
	}
	setNothing struct {
		ID    int64
		Hall  string
		Row   int64
		Stall orm.ForeignObject[Stall]
	}
	plainFK struct {
		ID    int64
		Stall orm.FK[Stall]
	}
	notUnique struct {
		ID          int64
		Hall, Label string
		Stall       orm.ForeignObject[Stall]
	}
	notOne struct {
		ID    int64
		Hall  string
		Row   int64
		Stall orm.ForeignObject[Stall]
	}
	manyStalls struct {
		ID     int64
		Stalls orm.Many[Stall]
	}
	childStall struct {
		Stall
		More string
	}
	ownedColumn struct {
		ID    int64
		Owner orm.FK[User]
	}
	objectKey struct {
		Hall  string
		Row   int64
		Stall orm.ForeignObject[Stall]
	}
)

func (shortKey) Meta(k *shortKey) orm.Meta   { return orm.Meta{PrimaryKey: []any{&k.A}} }
func (twiceKey) Meta(k *twiceKey) orm.Meta   { return orm.Meta{PrimaryKey: []any{&k.A, &k.A}} }
func (nullParts) Meta(k *nullParts) orm.Meta { return orm.Meta{PrimaryKey: []any{&k.A, &k.B}} }
func (bothKeys) Fields(k *bothKeys) []orm.Field {
	return []orm.Field{orm.BigInteger(&k.ID).PrimaryKey()}
}
func (bothKeys) Meta(k *bothKeys) orm.Meta { return orm.Meta{PrimaryKey: []any{&k.A, &k.B}} }
func (manyKey) Fields(k *manyKey) []orm.Field {
	return []orm.Field{orm.ManyToMany(&k.Tags)}
}
func (manyKey) Meta(k *manyKey) orm.Meta { return orm.Meta{PrimaryKey: []any{&k.A, &k.Tags}} }
func (fewColumns) Fields(k *fewColumns) []orm.Field {
	return []orm.Field{orm.Ref(&k.Stall).Columns(&k.Row)}
}

func (kindColumn) Fields(k *kindColumn) []orm.Field {
	return []orm.Field{orm.Ref(&k.Stall).Columns(&k.Hall, &k.Row)}
}

func (setNothing) Fields(k *setNothing) []orm.Field {
	return []orm.Field{orm.Ref(&k.Stall).Columns(&k.Hall, &k.Row).OnDelete(orm.SetNull)}
}

func (notUnique) Fields(k *notUnique) []orm.Field {
	return []orm.Field{orm.Ref(&k.Stall).Columns(&k.Hall, &k.Label).ToField("hall", "label")}
}

func (notOne) Fields(k *notOne) []orm.Field {
	return []orm.Field{orm.OneToOne(&k.Stall).Columns(&k.Hall, &k.Row)}
}
func (childStall) Fields(k *childStall) []orm.Field { return []orm.Field{orm.Parent(&k.Stall)} }
func (ownedColumn) Fields(k *ownedColumn) []orm.Field {
	return []orm.Field{orm.Ref(&k.Owner).Columns(&k.ID)}
}

func (objectKey) Fields(k *objectKey) []orm.Field {
	return []orm.Field{orm.Ref(&k.Stall).Columns(&k.Hall, &k.Row)}
}

func (objectKey) Meta(k *objectKey) orm.Meta {
	return orm.Meta{PrimaryKey: []any{&k.Hall, &k.Stall}}
}

func TestCompositeKeyChecks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		m    orm.Model
		want string
	}{
		{orm.ModelOf[shortKey](), "two fields or more"},
		{orm.ModelOf[twiceKey](), "A is there twice"},
		{orm.ModelOf[nullParts](), "A may be null"},
		{orm.ModelOf[bothKeys](), "ID is the primary key already"},
		{orm.ModelOf[manyKey](), "Tags has no column"},
		{orm.ModelOf[noColumns](), "Columns(&…, &…)"},
		{orm.ModelOf[fewColumns](), "Columns names 1 (row), but what they point to in Stall are 2 (hall, row)"},
		{orm.ModelOf[kindColumn](), "column hall is a BigInteger, but what it points to, Stall.Hall, a Char"},
		{orm.ModelOf[setNothing](), "make one of hall, row a pointer"},
		{orm.ModelOf[plainFK](), "orm.ForeignObject[Stall]"},
		{orm.ModelOf[notUnique](), "hall, label of Stall are not unique together"},
		{orm.ModelOf[notOne](), "add an orm.UniqueOn over hall, row"},
		{orm.ModelOf[manyStalls](), "which Stall lacks"},
		{orm.ModelOf[childStall](), "cannot be a parent"},
		{orm.ModelOf[ownedColumn](), "declare the field as orm.ForeignObject[User]"},
		{orm.ModelOf[objectKey](), "Stall has no column of its own"},
	} {
		if err := tt.m.Err(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.m.Type().Name(), err, tt.want)
		}
	}
}

// Lists of keys are longer than the number of a statement's parameters.
func TestManyKeys(t *testing.T) {
	t.Parallel()
	eachDatabase(t, fairModels(), func(t *testing.T, ctx context.Context) {
		fair(t, ctx)
		keys := make([][]any, 0, 40_000)
		for i := range 40_000 {
			keys = append(keys, []any{"a'\"\\" + string(rune('a'+i%3)), i})
		}
		keys = append(keys, []any{"a", 1}, []any{"b", 2})
		got, err := orm.Objects[Stall]().Filter(orm.Lookup("pk__in", keys)).OrderBy(orm.ByName("pk")).All(ctx)
		if s := names(got, stallLabel); s != "a1 b2" || err != nil {
			t.Errorf("%s, %v", s, err)
		}
	})
}
