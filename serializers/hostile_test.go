package serializers_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/serializers"
)

// TestHostile reads what is broken or wants to do harm: each is an error that says where and what.
func TestHostile(t *testing.T) {
	t.Parallel()
	ctx := orm.WithModels(t.Context(), newsroom.All()...)
	deep := strings.Repeat("[", 5000) + strings.Repeat("]", 5000)
	tag := func(fields string) string { return `[{"model": "newsroom.tag", "pk": 1, "fields": ` + fields + `}]` }
	tests := []struct {
		name   string
		format serializers.Format
		in     string
		want   string // a part of the error
		line   int
	}{
		{"truncated", "json", `[{"model": "newsroom.tag", "pk`, "truncated", 1},
		{"truncated list", "json", "[\n" + `{"model": "newsroom.tag", "pk": 1, "fields": {"slug": "a", "label": "b"}},` + "\n", "truncated", 2},
		{"not a list", "json", `"x"`, "list of objects", 1},
		{"not UTF-8", "json", tag(`{"slug": "` + "\xff" + `"}`), "not UTF-8", 1},
		{"deep", "json", tag(`{"slug": ` + deep + `}`), "levels deep", 1},
		{"second object", "json", "[\n" + `{"model": "newsroom.tag", "pk": 1, "fields": {"slug": "a"}},` + "\n" + `{"model": "newsroom.tag", "pk": 1, "fields": {"slog": "a"}}]`, `did you mean "slug"?`, 3},
		{"list for a text", "json", tag(`{"slug": [1]}`), "must be a single value", 1},
		{"giant number", "json", `[{"model": "newsroom.tag", "pk": 99999999999999999999, "fields": {}}]`, "too large", 1},
		{"giant decimal", "json", `[{"model": "newsroom.author", "pk": 1, "fields": {"rating": 1e999999999}}]`, "must be a decimal number", 1},
		{"wide decimal", "json", `[{"model": "newsroom.author", "pk": 1, "fields": {"rating": 123456}}]`, "more than 5 digits", 1},
		{"small integer", "json", `[{"model": "newsroom.review", "pk": 1, "fields": {"stars": 70000}}]`, "between -32768 and 32767", 1},
		{"null", "json", tag(`{"slug": null}`), "cannot be null", 1},
		{"through", "json", `[{"model": "newsroom.story", "pk": 1, "fields": {"reviewers": [1]}}]`, "model between", 1},
		{"no natural key", "json", `[{"model": "newsroom.story", "pk": 1, "fields": {"author": ["x"]}}]`, "has no natural key", 1},
		{"two values in a line", "jsonl", "{} {}", "more than one value", 1},
		{"second line", "jsonl", "\n\n[1]\n", "no object", 3},
		{"entities", "xml", `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><django-objects>&b;</django-objects>`, "not allowed", 1},
		{"entity", "xml", `<django-objects><object model="newsroom.tag"><field name="slug">&boom;</field></object></django-objects>`, "entity", 1},
		{"other root", "xml", `<html></html>`, "begins with <html>", 1},
		{"field without a name", "xml", "<django-objects>\n<object model=\"newsroom.tag\"><field>x</field></object></django-objects>", "missing the 'name'", 2},
		{"truncated XML", "xml", `<django-objects><object model="newsroom.tag"><field name="slug">x`, "truncated", 1},
		{"empty XML", "xml", "", "empty", 0},
		{"Python object", "yaml", "- model: newsroom.tag\n  pk: 1\n  fields:\n    slug: !!python/object/apply:os.system [ls]\n", "single value", 1},
		{"Python name", "yaml", "- model: newsroom.tag\n  pk: 1\n  fields:\n    slug: !!python/name:os.system x\n", "not allowed", 1},
		{"aliases", "yaml", bomb(), "parts", 1},
		{"bad YAML", "yaml", "- model: newsroom.tag\n  pk: 1\n- model: [\n", "", 0},
		{"not a list, YAML", "yaml", "model: x\n", "list of objects", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := readAll(ctx, tt.format, tt.in)
			var e *serializers.DeserializationError
			if !errors.As(err, &e) {
				t.Fatalf("error %v, want a DeserializationError", err)
			}
			if !strings.Contains(e.Error(), tt.want) || len(e.Error()) > 1000 {
				t.Errorf("error %.1000q, want %q in it", e.Error(), tt.want)
			}
			if tt.line > 0 && e.Line != tt.line {
				t.Errorf("line %d, want %d (%v)", e.Line, tt.line, e)
			}
		})
	}
}

// bomb is YAML whose aliases repeat a little text very often.
func bomb() string {
	var b strings.Builder
	b.WriteString("- model: newsroom.story\n  pk: 1\n  fields:\n    meta:\n      a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&b, "      a%d: &a%[1]d [%s]\n", i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	return b.String()
}

func readAll(ctx context.Context, format serializers.Format, in string) error {
	for _, err := range serializers.Deserialize(ctx, strings.NewReader(in), format, serializers.LoadOptions{Extensions: extensions}) {
		if err != nil {
			return err
		}
	}
	return nil
}

// fuzzFormat reads anything: it must end with objects or an error.
func fuzzFormat(f *testing.F, format serializers.Format, seeds ...string) {
	ctx := orm.WithModels(f.Context(), newsroom.All()...)
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		err := readAll(ctx, format, in)
		if err == nil {
			return
		}
		if _, ok := errors.AsType[*serializers.DeserializationError](err); !ok && !errors.Is(err, orm.ErrNoDatabase) {
			t.Errorf("%q gives %T: %[2]v", in, err)
		}
	})
}

func FuzzJSON(f *testing.F) {
	fuzzFormat(f, serializers.JSON, `[{"model": "newsroom.tag", "pk": 9, "fields": {"slug": "s", "label": "l"}}]`,
		`[{"model": "newsroom.everything", "pk": "00000000-0000-0000-0000-000000000007", "fields": {"f_json": {"a": 1.0}, "f_duration": "1 00:00:02", "f_time": "05:06", "f_date": "2026-01-02"}}]`,
		`[{"model": "newsroom.composite", "pk": ["eu", 1], "fields": {"note": ""}}]`)
}

func FuzzJSONL(f *testing.F) {
	fuzzFormat(f, serializers.JSONL, `{"model": "newsroom.tag", "pk": 9, "fields": {"slug": "s"}}`+"\n")
}

func FuzzXML(f *testing.F) {
	fuzzFormat(f, serializers.XML, `<?xml version="1.0" encoding="utf-8"?><django-objects version="1.0"><object model="newsroom.story" pk="1"><field name="tags"><object pk="1"></object></field><field name="score"><None></None></field></object></django-objects>`)
}

func FuzzYAML(f *testing.F) {
	fuzzFormat(f, serializers.YAML, "- model: newsroom.story\n  pk: 1\n  fields:\n    meta: {a: &x [1, 2.5], b: *x}\n    title: 'it''s'\n", "[]\n", "- {model: newsroom.tag, pk: 1, fields: {slug: yes}}\n")
}
