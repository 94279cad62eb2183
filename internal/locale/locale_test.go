package locale_test

import (
	"testing"

	"github.com/nuages-go/nuages/internal/locale"
)

func TestFind(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"de": "de", "de-at": "de", "de-ch": "de-ch", "DE": "de", "pt_BR": "pt-br", "en-us": "en", "en-gb": "en-gb", "xx": "en", "": "en",
	} {
		if got := locale.Find(code).Code; got != want {
			t.Errorf("Find(%q) is %s, want %s", code, got, want)
		}
	}
}

func TestLocalesAreWhole(t *testing.T) {
	t.Parallel()
	for _, info := range locale.Languages() {
		l := locale.Find(info.Code)
		for i := range 12 {
			for _, names := range [][12]string{l.Months, l.MonthsAlt, l.MonthsShort, l.MonthsLower, l.MonthsAP} {
				if names[i] == "" {
					t.Errorf("%s: month %d has no name", l.Code, i+1)
				}
			}
		}
		for n := range 120 {
			for _, forms := range l.Units {
				if f := l.Plural(n); f < 0 || f >= max(len(forms), 6) {
					t.Errorf("%s: plural form %d of %d", l.Code, f, n)
				}
			}
		}
		for _, name := range []string{"DATE_FORMAT", "TIME_FORMAT", "DATETIME_FORMAT", "SHORT_DATE_FORMAT"} {
			if f, ok := l.Format(name); !ok || f == "" {
				t.Errorf("%s has no %s", l.Code, name)
			}
		}
	}
}

func TestInfoOf(t *testing.T) {
	t.Parallel()
	if info, ok := locale.InfoOf("de-at"); !ok || info.Local != "Deutsch" || info.Bidi {
		t.Errorf("InfoOf(de-at) = %+v, %v", info, ok)
	}
	if info, ok := locale.InfoOf("he"); !ok || !info.Bidi {
		t.Errorf("InfoOf(he) = %+v, %v", info, ok)
	}
	if info, ok := locale.InfoOf("zh-cn"); !ok || info.Code != "zh-hans" {
		t.Errorf("InfoOf(zh-cn) = %+v, %v", info, ok)
	}
	if _, ok := locale.InfoOf("xx"); ok {
		t.Error("xx is known")
	}
}
