package orm_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
	"github.com/nuages-go/nuages/validators"
)

type Habit string

const (
	Tree  Habit = "tree"
	Shrub Habit = "shrub"
	Herb  Habit = "herb"
)

var Habits = orm.ChoiceList[Habit]{{Value: Tree, Label: "Tree"}, {Value: Shrub, Label: "Shrub"}, {Value: Herb, Label: "Herb"}}

type Garden struct {
	ID   int64
	Code string
}

func (Garden) Fields(g *Garden) []orm.Field { return []orm.Field{orm.Char(&g.Code, 5).Unique()} }

// Plant has a field of each kind with rules.
type Plant struct {
	ID     int64
	Name   string
	Habit  Habit
	Zone   int32
	Small  int16
	Stock  uint64
	Price  orm.Decimal
	Slug   string
	Mail   string
	Site   string
	Host   string
	Host4  *string
	Seed   []byte
	Data   map[string]any
	Sown   time.Time
	Label  string
	Garden orm.FK[Garden]
	Rank   int64
	Hidden string
	Note   *string
}

func (Plant) Fields(p *Plant) []orm.Field {
	return []orm.Field{
		orm.Char(&p.Name, 10).Column("f_char").Verbose("plant name").ErrorMessages(map[string]string{
			"blank": "Name it.", "max_length": "%(show_value)d is more than %(limit_value)d.",
		}),
		orm.Char(&p.Habit, 10).ChoicesIn("Woody", Habits[:2]...).Choices(Habits[2]).EmptyChoice("(unknown)"),
		orm.Integer(&p.Zone).Default(3).ChoicesFunc(func() []orm.Choice[int32] {
			return []orm.Choice[int32]{{Value: 3, Label: "Cold"}, {Value: 8, Label: "Mild"}}
		}),
		orm.SmallInteger(&p.Small).Validate(validators.Max[int16](100), func(n int16) error {
			if n%2 != 0 {
				return orm.Invalid{Code: "odd", Message: "Odd."}
			}
			return nil
		}, func(n int16) error {
			if n == 7 {
				return errors.New("Not seven.")
			}
			return nil
		}),
		orm.PositiveBigInteger(&p.Stock),
		orm.Numeric(&p.Price, 5, 2),
		orm.Slug(&p.Slug).AllowUnicode().Unique().ErrorMessages(map[string]string{"unique": "%(field_label)s of another %(model_name)s."}),
		orm.Email(&p.Mail).Blank(),
		orm.URL(&p.Site).Blank(),
		orm.IP(&p.Host).Null().Blank().UnpackIPv4(),
		orm.IP(p.Host4).Blank().Protocol(orm.IPv4Only),
		orm.Binary(&p.Seed).MaxLength(4),
		orm.JSON(&p.Data),
		orm.Date(&p.Sown),
		orm.Generated(&p.Label, orm.Upper(&p.Name), schema.Field{Kind: schema.Char, MaxLength: 10}, true),
		orm.Ref(&p.Garden).OnDelete(orm.Cascade),
		orm.BigInteger(&p.Rank).DBDefault(7),
		orm.Char(&p.Hidden, 3).NotEditable(),
		orm.Char(p.Note, 20),
	}
}

func (Plant) Meta(p *Plant) orm.Meta {
	return orm.Meta{
		App: "garden",
		Constraints: []orm.Constraint{
			orm.UniqueExpr("plant_lower", orm.Lower(&p.Name)),
			orm.UniqueOn("plant_rare", &p.Habit, &p.Zone).Where(orm.Eq(&p.Zone, 8)).Message("One is enough (%(name)s).").Code("rare"),
			orm.UniqueOn("plant_note", p.Note).NullsNotDistinct().Where(orm.Eq(&p.Habit, Shrub)).Code("unique"),
			orm.CheckThat("plant_label", orm.Ne(&p.Label, "BAD")),
			orm.CheckThat("plant_rank", orm.Gt(&p.Rank, 5)),
			orm.CheckThat("plant_stock", orm.Lt(&p.Stock, 1000)),
		},
	}
}

func TestValidation(t *testing.T) {
	t.Parallel()
	p := orm.Fields[Plant]()
	eachDatabase(t, []orm.Model{orm.ModelOf[Garden](), orm.ModelOf[Plant]()}, func(t *testing.T, ctx context.Context) {
		d, err := orm.DialectOf(ctx, "")
		must(t, err)
		home := &Garden{Code: "kew"}
		must(t, orm.Create(ctx, home))
		note, shrub := "n", "s"
		good := func(change func(p *Plant)) *Plant {
			x := &Plant{
				Name: "fir", Habit: Tree, Zone: 3, Small: 2, Stock: 5, Price: orm.MustDecimal("1.50"), Slug: "f", Data: map[string]any{"a": 1},
				Sown: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Garden: orm.To(home), Note: &note,
			}
			if change != nil {
				change(x)
			}
			return x
		}
		there := good(func(x *Plant) { x.Name, x.Slug, x.Zone, x.Habit, x.Rank = "Oak", "oak", 8, Herb, 9 })
		must(t, orm.Create(ctx, there))
		must(t, orm.Create(ctx, good(func(x *Plant) { x.Name, x.Slug, x.Habit, x.Note, x.Rank = "Ivy", "ivy", Shrub, nil, 9 })))
		for _, tt := range []struct {
			name    string
			change  func(x *Plant)
			exclude []any
			want    string
		}{
			{"valid", nil, nil, ""},
			{"blank in own words", func(x *Plant) { x.Name = "" }, nil, "name:blank:Name it."},
			{"length in own words", func(x *Plant) { x.Name = "abcdefghijk" }, nil, "name:max_length:11 is more than 10."},
			{"no choice", func(x *Plant) { x.Habit = "vine" }, nil, "habit:invalid_choice:Value 'vine' is not a valid choice."},
			{"a computed choice", func(x *Plant) { x.Zone = 8 }, nil, ""},
			{"no computed choice", func(x *Plant) { x.Zone = 4 }, nil, "zone:invalid_choice:Value 4 is not a valid choice."},
			{"the default of a new object", func(x *Plant) { x.Zone = 0 }, nil, ""},
			{"all validators speak", func(x *Plant) { x.Small = 101 }, nil, "small:max_value:Ensure this value is less than or equal to 100.|small:odd:Odd."},
			{"an error of any type", func(x *Plant) { x.Small = 7 }, nil, "small:invalid:Not seven.|small:odd:Odd."},
			{"a number beyond 63 bits", func(x *Plant) { x.Stock = math.MaxUint64 }, nil, map[string]string{
				"sqlite":     "stock:max_value:Ensure this value is less than or equal to 9223372036854775807.",
				"postgresql": "stock:max_value:Ensure this value is less than or equal to 9223372036854775807.",
				"mysql":      "::Constraint “plant_stock” is violated.",
			}[d.Name]},
			{"too many digits", func(x *Plant) { x.Price = orm.MustDecimal("1234.5") }, nil, "price:max_whole_digits:Ensure that there are no more than 3 digits before the decimal point."},
			{"too many places", func(x *Plant) { x.Price = orm.MustDecimal("1.234") }, nil, "price:max_decimal_places:Ensure that there are no more than 2 decimal places."},
			{"a slug of another script", func(x *Plant) { x.Slug = "туя-1" }, nil, ""},
			{"no slug", func(x *Plant) { x.Slug = "a b" }, nil, "slug:invalid:Enter a valid “slug” consisting of Unicode letters, numbers, underscores, or hyphens."},
			{"unique in own words", func(x *Plant) { x.Slug = "oak" }, nil, "slug:unique:Slug of another Plant."},
			{"unique but left out", func(x *Plant) { x.Slug = "oak" }, []any{&p.Slug}, ""},
			{"mail", func(x *Plant) { x.Mail = "x@y" }, nil, "mail:invalid:Enter a valid email address."},
			{"address", func(x *Plant) { x.Site = "ftp//x" }, nil, "site:invalid:Enter a valid URL."},
			{"no IP", func(x *Plant) { x.Host = "1.2.3.04" }, nil, "host:invalid:Enter a valid IPv4 or IPv6 address."},
			{"IPv6 where it may not be", func(x *Plant) { x.Host4 = new("::1") }, nil, "host4:invalid:Enter a valid IPv4 address."},
			{"too many bytes", func(x *Plant) { x.Seed = []byte("12345") }, nil, "seed:max_length:Ensure this value has at most 4 characters (it has 5)."},
			{"no JSON", func(x *Plant) { x.Data = map[string]any{"f": math.NaN()} }, nil, "data:invalid:Value must be valid JSON."},
			{"JSON's nothing", func(x *Plant) { x.Data = nil }, nil, "data:null:This field cannot be null."},
			{"empty JSON", func(x *Plant) { x.Data = map[string]any{} }, nil, "data:blank:This field cannot be blank."},
			{"no day", func(x *Plant) { x.Sown = time.Time{} }, nil, "sown:null:This field cannot be null."},
			{"no row", func(x *Plant) { x.Garden.ID = 99 }, nil, "garden:invalid:garden instance with id 99 is not a valid choice."},
			{"no key", func(x *Plant) { x.Garden.ID = 0 }, nil, "garden:null:This field cannot be null."},
			{"null that people must fill", func(x *Plant) { x.Note = nil }, nil, "note:blank:This field cannot be blank."},
			{"length of what people do not see", func(x *Plant) { x.Hidden = "abcd" }, nil, "hidden:max_length:Ensure this value has at most 3 characters (it has 4)."},
			{"unique expression", func(x *Plant) { x.Name = "oAK" }, nil, "::Constraint “plant_lower” is violated."},
			{"unique expression left out", func(x *Plant) { x.Name = "oAK" }, []any{&p.Name}, ""},
			{"unique with a condition", func(x *Plant) { x.Zone, x.Habit = 8, Herb }, nil, ":rare:One is enough (plant_rare)."},
			{"its field left out", func(x *Plant) { x.Zone, x.Habit = 8, Herb }, []any{&p.Habit}, ""},
			{"its condition left out", func(x *Plant) { x.Zone, x.Habit = 8, Herb }, []any{&p.Zone}, ""},
			{"nulls that are equal", func(x *Plant) { x.Habit, x.Note = Shrub, nil }, []any{}, "note:blank:This field cannot be blank."},
			{"a value beside a null", func(x *Plant) { x.Habit, x.Note = Shrub, &shrub }, nil, ""},
			{"check of a generated column", func(x *Plant) { x.Name = "bad" }, nil, "::Constraint “plant_label” is violated."},
			{"check of what the database fills in", func(x *Plant) { x.Rank = 0 }, nil, ""},
			{"check", func(x *Plant) { x.Rank = 5 }, nil, "::Constraint “plant_rank” is violated."},
			{"wrong fields get no second complaint", func(x *Plant) { x.Name, x.Slug = "", "a b" }, nil, "name:blank:Name it.|slug:invalid:Enter a valid “slug” consisting of Unicode letters, numbers, underscores, or hyphens."},
			{"all parts are merged", func(x *Plant) { x.Mail, x.Slug, x.Rank = "x", "oak", 1 }, nil, "::Constraint “plant_rank” is violated.|mail:invalid:Enter a valid email address.|slug:unique:Slug of another Plant."},
		} {
			if got := complaints(t, orm.FullClean(ctx, good(tt.change), tt.exclude...)); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
			}
		}
		if got := complaints(t, orm.FullClean(ctx, there)); got != "" {
			t.Errorf("the row itself: %s", got)
		}
		// By itself, without the fields: two nulls are equal.
		twin := good(func(x *Plant) { x.Habit, x.Note = Shrub, nil })
		if got, want := complaints(t, orm.ValidateConstraints(ctx, twin)), "note:unique:Constraint “plant_note” is violated."; got != want {
			t.Errorf("nulls that are equal: %q, want %q", got, want)
		}
		zoned := good(func(x *Plant) { x.Zone = 8; x.Small = 4 })
		if got := complaints(t, orm.CleanFields(ctx, zoned)); got != "" {
			t.Errorf("CleanFields: %s", got)
		}
	})
}

// TestRanges: the numbers that a column holds depend on the database.
func TestRanges(t *testing.T) {
	t.Parallel()
	eachDatabase(t, []orm.Model{orm.ModelOf[Sizes]()}, func(t *testing.T, ctx context.Context) {
		d, err := orm.DialectOf(ctx, "")
		must(t, err)
		max := func(n string) string { return ":max_value:Ensure this value is less than or equal to " + n + "." }
		wants := map[string]string{
			"sqlite":     "positive:min_value:Ensure this value is greater than or equal to 0.",
			"postgresql": "int" + max("2147483647") + "|positive:min_value:Ensure this value is greater than or equal to 0.|small" + max("32767"),
			"mysql":      "int" + max("2147483647") + "|positive:min_value:Ensure this value is greater than or equal to 0.|small" + max("32767"),
		}
		got := complaints(t, orm.CleanFields(ctx, &Sizes{Small: 32768, Int: 2147483648, Positive: -1, Big: math.MinInt64}))
		if got != wants[d.Name] {
			t.Errorf("%q, want %q", got, wants[d.Name])
		}
		s := orm.Fields[Sizes]()
		must(t, orm.Create(ctx, &Sizes{Small: 1, Int: 2, Positive: 3, Big: 4, Great: 5}))
		for name, p := range map[string]orm.Predicate{
			"great": orm.Eq(&s.Great, math.MaxUint64), "small": orm.Eq(&s.Small, 1<<40), "int in": orm.In(&s.Int, -1<<40, 1<<50), "great in": orm.In(&s.Great, math.MaxUint64),
		} {
			if n, err := orm.Objects[Sizes]().Filter(p).Count(ctx); n != 0 || err != nil {
				t.Errorf("%s: %d rows, %v", name, n, err)
			}
		}
		for name, p := range map[string]orm.Predicate{"great": orm.Lt(&s.Great, math.MaxUint64), "small": orm.Gt(&s.Small, -1<<40), "not": orm.Ne(&s.Int, 1<<50)} {
			if n, err := orm.Objects[Sizes]().Filter(p).Count(ctx); n != 1 || err != nil {
				t.Errorf("below or above, %s: %d rows, %v", name, n, err)
			}
		}
		huge := &Sizes{Great: math.MaxUint64}
		err = orm.Create(ctx, huge)
		if d.Name != "mysql" {
			if err == nil {
				t.Error("a number beyond the column was stored")
			}
			return
		}
		must(t, err)
		back, err := orm.Objects[Sizes]().Get(ctx, orm.Eq(&s.Great, math.MaxUint64))
		must(t, err)
		if back.Great != math.MaxUint64 {
			t.Errorf("read back: %d", back.Great)
		}
	})
}

// Sizes has numbers of several sizes, wider in Go than in the database.
type Sizes struct {
	ID       int64
	Small    int64
	Int      int64
	Positive int64
	Big      int64
	Great    uint64
}

func (Sizes) Fields(s *Sizes) []orm.Field {
	return []orm.Field{orm.SmallInteger(&s.Small), orm.Integer(&s.Int), orm.PositiveInteger(&s.Positive)}
}

func TestDisplay(t *testing.T) {
	t.Parallel()
	p := orm.Fields[Plant]()
	note := "n"
	x := &Plant{Habit: Shrub, Zone: 8, Price: orm.MustDecimal("1.5"), Note: &note, Sown: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
	for _, tt := range []struct {
		field any
		want  string
	}{
		{&p.Habit, "Shrub"},
		{&p.Zone, "Mild"},
		{&p.Price, "1.5"},
		{&p.Note, "n"},
		{&p.Sown, "2026-03-01"},
		{&p.Host4, ""},
	} {
		if got := orm.Display(x, tt.field); got != tt.want {
			t.Errorf("Display() = %q, want %q", got, tt.want)
		}
	}
	x.Habit = ""
	if got := orm.Display(x, &p.Habit); got != "" {
		t.Errorf("of no value: %q", got)
	}
	m := orm.ModelOf[Plant]()
	list, err := m.FormChoices("habit")
	must(t, err)
	var got []string
	for _, c := range list {
		got = append(got, c.Group+"/"+c.Label)
	}
	if s := strings.Join(got, " "); s != "/(unknown) Woody/Tree Woody/Shrub /Herb" {
		t.Errorf("FormChoices(habit) = %s", s)
	}
	if list, err := m.FormChoices("zone"); err != nil || len(list) != 2 || list[1].Label != "Mild" {
		t.Errorf("FormChoices(zone) = %v, %v", list, err) // it has a default and may not be blank: no blank choice
	}
	if _, err := m.Choices("zones"); err == nil {
		t.Error("choices of no field")
	}
	b := orm.ModelOf[Everyday]()
	if list, err := b.FormChoices("done"); err != nil || len(list) != 3 || list[0].Label != "Unknown" || list[2].Value != false {
		t.Errorf("FormChoices(done) = %v, %v", list, err)
	}
	if list, err := b.FormChoices("habit"); err != nil || len(list) != 4 || list[0] != (schema.Choice{Label: orm.BlankChoice}) {
		t.Errorf("FormChoices(habit) = %v, %v", list, err)
	}
}

// Everyday has a truth value that may be unknown.
type Everyday struct {
	ID    int64
	Done  *bool
	Habit Habit
}

func (Everyday) Fields(e *Everyday) []orm.Field {
	return []orm.Field{orm.Char(&e.Habit, 9).Choices(Habits...)}
}

func TestChoiceList(t *testing.T) {
	t.Parallel()
	if label, ok := Habits.Label(Herb); label != "Herb" || !ok || Habits.Has("vine") {
		t.Errorf("Label() = %q %v", label, ok)
	}
	if got := strings.Join(Habits.Labels(), " ") + " " + strings.Join(Habits.Names(), " "); got != "Tree Shrub Herb tree shrub herb" {
		t.Errorf("Labels, Names = %s", got)
	}
	if got := Habits.Values(); len(got) != 3 || got[1] != Shrub {
		t.Errorf("Values() = %v", got)
	}
	of := orm.ChoicesOf(map[int]string{2: "two", 1: "one"})
	if len(of) != 2 || of[0].Label != "one" {
		t.Errorf("ChoicesOf() = %v", of)
	}
}
