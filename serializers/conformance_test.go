package serializers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/serializers"
)

// TestConformance runs serializers.json, which holds what Django 6.1 wrote and refused. The file is in testdata/conformance
// or in the directory that NUAGES_CONFORMANCE names.
func TestConformance(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("NUAGES_CONFORMANCE")
	if dir == "" {
		dir = filepath.Join("testdata", "conformance")
	}
	b, err := os.ReadFile(filepath.Join(dir, "serializers.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []conformanceCase }
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	if err := dec.Decode(&file); err != nil {
		t.Fatal(err)
	}
	ctx := newsroomDB(t)
	conformanceRows(t, ctx)
	passed, failed, skipped := 0, 0, 0
	for _, c := range file.Cases {
		var problem string
		switch c.Op {
		case "serialize":
			problem = c.serialize(ctx)
		case "deserialize":
			problem = c.deserialize(ctx)
		default:
			skipped++
			t.Logf("%s: unknown op %q", c.Name, c.Op)
			continue
		}
		if problem == "" {
			passed++
			continue
		}
		failed++
		t.Errorf("%s: %s", c.Name, problem)
	}
	fmt.Printf("conformance serializers: %d passed, %d failed, %d skipped\n", passed, failed, skipped)
}

type conformanceCase struct {
	Name, Op, Model, Format, In string
	Options                     struct {
		Indent int
		Fields []string
	}
	Out   any
	Error *struct{ Class, Message string }
}

func (c *conformanceCase) serialize(ctx context.Context) string {
	m, ok := orm.RegistryFrom(ctx).Model("newsroom." + c.Model)
	if !ok {
		return "unknown model " + c.Model
	}
	o := serializers.Options{Indent: c.Options.Indent, Fields: c.Options.Fields}
	if c.Format == "python" {
		var got []any
		for obj, err := range serializers.Objects(ctx, m.Records().OrderBy(), o) {
			if err != nil {
				return err.Error()
			}
			got = append(got, tagged(obj))
		}
		return compare(normal(got), normal(c.Out))
	}
	var b strings.Builder
	if err := serializers.Serialize(ctx, &b, serializers.Format(c.Format), m.Records().OrderBy(), o); err != nil {
		return err.Error()
	}
	return compare(b.String(), c.Out)
}

func compare(got, want any) string {
	if reflect.DeepEqual(got, want) {
		return ""
	}
	return fmt.Sprintf("got\n%v\nwant\n%v", got, want)
}

// normal is a value as JSON has it, an empty list for none.
func normal(v any) string {
	if list, ok := v.([]any); ok && len(list) == 0 {
		return "[]"
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// tagged is an object as the conformance files write Python's values.
func tagged(o *serializers.Object) any {
	fields := map[string]any{}
	for _, f := range o.Fields {
		fields[f.Name] = tag(f.Value)
	}
	return map[string]any{"model": o.Model, "pk": tag(o.PK), "fields": fields}
}

func tag(v any) any {
	kind := func(k string, v any) any { return map[string]any{"$": k, "v": v} }
	switch v := v.(type) {
	case time.Time:
		return kind("datetime", v.Format("2006-01-02T15:04:05.999999")+"+00:00")
	case serializers.Date:
		return kind("date", v.Format("2006-01-02"))
	case serializers.Clock:
		return kind("time", time.Time{}.Add(time.Duration(v)).Format("15:04:05.000000"))
	case orm.Decimal:
		return kind("decimal", v.String())
	case json.RawMessage: // the database's text, whose escapes are its own
		dec := json.NewDecoder(bytes.NewReader(v))
		dec.UseNumber()
		var out any
		if err := dec.Decode(&out); err != nil {
			return err.Error()
		}
		return out
	case float64:
		if v != 0 && (v < 1e-4 || v > 1e16) {
			return json.RawMessage(fmt.Sprintf("%.0e", v)) // as the file has it
		}
	}
	return v
}

func (c *conformanceCase) deserialize(ctx context.Context) string {
	got := []any{}
	for d, err := range serializers.Deserialize(ctx, strings.NewReader(c.In), serializers.Format(c.Format), serializers.LoadOptions{Extensions: extensions}) {
		if err != nil {
			return c.judge(err)
		}
		got = append(got, []any{strings.ToLower(d.Model().Label()), d.PK()})
	}
	if c.Error != nil {
		return "no error, want " + c.Error.Class + ": " + c.Error.Message
	}
	return compare(normal(got), normal(c.Out))
}

// judge compares an error. What Python's own parsers say is theirs; all else must be said in the same words.
func (c *conformanceCase) judge(err error) string {
	var e *serializers.DeserializationError
	switch {
	case c.Error == nil:
		return err.Error()
	case !errors.As(err, &e):
		return fmt.Sprintf("error %T: %[1]v", err)
	case c.Error.Class == "DeserializationError" && c.Error.Message != "" && e.Text != c.Error.Message:
		return fmt.Sprintf("error %q, want %q", e.Text, c.Error.Message)
	}
	return ""
}

func conformanceRows(t *testing.T, ctx context.Context) {
	t.Helper()
	frozen := time.Date(2026, 3, 14, 15, 9, 26, 535897000, time.UTC)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	born := time.Date(1980, 2, 3, 0, 0, 0, 0, time.UTC)
	ana := &newsroom.Author{Name: `Ana <R> & "co"`, Email: "a@news.example", Born: &born, Rating: orm.MustDecimal("4.50"), Active: true}
	must(orm.Create(ctx, ana))
	bo := &newsroom.Author{Name: "Bo é漢😀", Email: "b@news.example", Rating: orm.MustDecimal("0"), Active: true}
	bo.Mentor.ID = ana.ID
	must(orm.Create(ctx, bo))
	sea, moon := &newsroom.Tag{Slug: "sea", Label: "Sea"}, &newsroom.Tag{Slug: "moon", Label: "Moon"}
	must(orm.Create(ctx, sea))
	must(orm.Create(ctx, moon))
	score, published := 1.5, time.Date(2026, 3, 4, 5, 6, 7, 89012000, time.UTC)
	story := &newsroom.Story{Title: "T", Slug: "t", Section: newsroom.City, Words: 3, Score: &score, Published: &published, Body: "line\n<b>", Meta_: map[string]any{"k": []any{1, nil, "é"}}}
	story.Author.ID = ana.ID
	must(orm.Create(ctx, story))
	must(story.Tags.Add(ctx, sea, moon))
	photo := &newsroom.Story{Title: "P", Slug: "p", Section: newsroom.City, Meta_: map[string]any{}}
	photo.Author.ID = bo.ID
	must(orm.Create(ctx, photo))
	s := orm.Fields[newsroom.Story]()
	_, err := orm.Objects[newsroom.Story]().Update(ctx, orm.Set(&s.CreatedAt, frozen), orm.Set(&s.UpdatedAt, frozen))
	must(err)
	shot := &newsroom.PhotoStory{Camera: "X1"}
	shot.Story.ID = photo.ID
	must(orm.Create(ctx, shot))
	review := &newsroom.Review{Stars: 4}
	review.Story.ID, review.Reviewer.ID = story.ID, bo.ID
	must(orm.Create(ctx, review))
	must(orm.Create(ctx, &newsroom.Composite{Region: "eu", Number: 1, Note: "n"}))

	e := &newsroom.Everything{
		UID: [16]byte{15: 7}, FBinary: []byte("\x00\xffab"), FChar: "abc", FDate: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC),
		FDatetime: time.Date(2026, 1, 2, 1, 4, 5, 0, time.UTC), FDecimal: orm.MustDecimal("12.3400"), FEmail: "e@news.example", FFile: "files/a.txt",
		FFilepath: "/srv/x", FFloat: 1e-7, FInt: -5, FSlug: "s", FURL: "http://a.example",
	}
	big, span, clock, ip, id, image := int64(1)<<40, 24*time.Hour+2500*time.Millisecond, 5*time.Hour+6*time.Minute+7*time.Second+time.Millisecond, "::1", [16]byte{15: 1}, ""
	e.FBig, e.FDuration, e.FTime, e.FIP, e.FUUID, e.FImage = &big, &span, &clock, &ip, &id, &image
	e.FJSON = &map[string]any{"a": map[string]any{"b": json.Number("1.0")}}
	must(orm.Create(ctx, e))
}
