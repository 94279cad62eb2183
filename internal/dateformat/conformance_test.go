package dateformat_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/dateformat"
	"github.com/nuages-go/nuages/internal/locale"
)

type moment struct {
	Kind string `json:"$"`
	V    string
	TZ   string
}

func (m moment) parse(t *testing.T) (time.Time, dateformat.Kind, bool) {
	t.Helper()
	switch m.Kind {
	case "date":
		d, err := time.Parse("2006-01-02", m.V)
		return d, dateformat.Date, err == nil
	case "time":
		d, err := time.Parse("15:04:05.999999", m.V)
		return d, dateformat.Clock, err == nil
	case "datetime":
		if d, err := time.Parse("2006-01-02T15:04:05.999999Z07:00", m.V); err == nil {
			if m.TZ != "" {
				zone, err := time.LoadLocation(m.TZ)
				if err != nil {
					t.Fatal(err)
				}
				return d.In(zone), dateformat.Aware, true
			}
			return d.UTC(), dateformat.Aware, strings.HasSuffix(m.V, "+00:00")
		}
		d, err := time.Parse("2006-01-02T15:04:05.999999", m.V)
		return d, dateformat.Naive, err == nil
	}
	return time.Time{}, 0, false
}

type dateCase struct {
	Name, Op, Lang string
	Value          moment
	Fold           int
	Formats        map[string]any
	Rendered       map[string]string
	Out            map[string]json.RawMessage
	Checks         []struct {
		Format   string
		Out      json.RawMessage
		Error    any
		From, To json.RawMessage
		Since    string
		Until    string
		Depth1   string
		Depth3   string
	}
}

// TestConformance runs the formats, languages and time spans of dateformat.json.
func TestConformance(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/dateformat.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []json.RawMessage }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, item := range file.Cases {
		var head struct{ Op string }
		_ = json.Unmarshal(item, &head)
		switch head.Op {
		case "format_each", "format", "time_format", "locale", "timesince":
		default:
			continue
		}
		var c dateCase
		if err := json.NewDecoder(bytes.NewReader(item)).Decode(&c); err != nil {
			t.Fatalf("%s: %v", head.Op, err)
		}
		l := locale.Find(c.Lang)
		at, kind, ok := c.Value.parse(t)
		if (c.Op == "format_each" || c.Op == "format" || c.Op == "time_format") && !ok || c.Fold != 0 {
			continue
		}
		check := func(format string, want json.RawMessage) {
			ran++
			got, err := dateformat.Format(at, kind, format, l)
			var text string
			if json.Unmarshal(want, &text) != nil { // an error is wanted
				if err == nil {
					t.Errorf("%s %q = %q, want an error", c.Name, format, got)
				}
				return
			}
			if err != nil || got != text {
				t.Errorf("%s %q = %q, %v, want %q", c.Name, format, got, err, text)
			}
		}
		for letter, want := range c.Out {
			check(letter, want)
		}
		if c.Op == "format" || c.Op == "time_format" {
			for _, row := range c.Checks {
				check(row.Format, row.Out)
			}
		}
		for name, want := range c.Rendered {
			format, _ := l.Format(name)
			text, _ := json.Marshal(want)
			check(format, text)
		}
		if c.Op != "timesince" {
			continue
		}
		for _, row := range c.Checks {
			var from, to moment
			if json.Unmarshal(row.From, &from) != nil || json.Unmarshal(row.To, &to) != nil {
				continue
			}
			a, ak, aok := from.parse(t)
			b, bk, bok := to.parse(t)
			if !aok || !bok || ak != bk {
				continue
			}
			ran++
			if got := dateformat.Since(a, b, 2, l); got != row.Since {
				t.Errorf("%s: Since(%v, %v) = %q, want %q", c.Name, a, b, got, row.Since)
			}
			if got := dateformat.Since(a, b, 3, l); row.Depth3 != "" && got != row.Depth3 {
				t.Errorf("%s: Since(%v, %v, 3) = %q, want %q", c.Name, a, b, got, row.Depth3)
			}
			if got := dateformat.Since(a, b, 1, l); row.Depth1 != "" && got != row.Depth1 {
				t.Errorf("%s: Since(%v, %v, 1) = %q, want %q", c.Name, a, b, got, row.Depth1)
			}
		}
	}
	if ran < 300 {
		t.Errorf("only %d rows ran", ran)
	}
}

func FuzzFormat(f *testing.F) {
	f.Add("jS F Y H:i", int64(1_700_000_000))
	f.Add(`\`, int64(-1))
	f.Fuzz(func(_ *testing.T, format string, unix int64) {
		at := time.Unix(unix%(1<<36), 0).UTC()
		for _, kind := range []dateformat.Kind{dateformat.Aware, dateformat.Naive, dateformat.Date, dateformat.Clock} {
			_, _ = dateformat.Format(at, kind, format, locale.Find("de"))
		}
	})
}
