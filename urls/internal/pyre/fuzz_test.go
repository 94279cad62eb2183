package pyre_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/urls/internal/pyre"
)

// FuzzFind: no pattern or text panics or hangs, and the two engines agree.
func FuzzFind(f *testing.F) {
	for _, seed := range [][2]string{
		{`^y/(?P<year>[0-9]{4})/$`, "y/2026/"},
		{`(a|ab)(c|bcd)(d*)`, "abcd"},
		{`(?i)stra[^\W\d_]+\b`, "straße"},
		{`^(?!a)(?P<k>\w)(?P=k)$`, "bb"},
		{`(?x) a b # c`, "ab"},
		{`a$`, "a\n"},
		{`(?m)^b$`, "a\nb\n"},
		{`[]a-c\x41-\u0042]+`, "]aB"},
		{`(?:(a)|b)*`, "ab"},
		{`a{2,3}?b{,2}`, "aabb"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 100 || len(text) > 100 {
			return
		}
		text = strings.ToValidUTF8(text, "?")
		defer func(start time.Time) {
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("pattern %q, text %q took %v", pattern, text, took)
			}
		}(time.Now())
		for _, mode := range []pyre.Mode{pyre.Search, pyre.Full} {
			re, err := pyre.Compile(pattern, mode, 50*time.Millisecond)
			if err != nil {
				continue
			}
			loc, err := re.Find(text)
			exact, exactErr := re.FindExact(text)
			if err != nil || exactErr != nil {
				continue // too slow for the backtracking engine
			}
			if !reflect.DeepEqual(loc, exact) {
				t.Errorf("pattern %q, text %q, full %v: %v and %v", pattern, text, mode, loc, exact)
			}
			if prefix, ok := re.Prefix(); ok && loc != nil && (loc[0] != 0 || !strings.HasPrefix(text, prefix)) {
				t.Errorf("pattern %q has the prefix %q and matches %q at %v", pattern, prefix, text, loc)
			}
		}
	})
}
