package filters

import (
	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/internal/textutil"
	"github.com/nuages-go/nuages/template/internal/value"
)

func defaultFilter(_ *Env, v, arg value.Value) (value.Value, error) {
	if v.Truth() {
		return v, nil
	}
	return arg, nil
}

func defaultIfNone(_ *Env, v, arg value.Value) (value.Value, error) {
	if v.IsNone() {
		return arg, nil
	}
	return v, nil
}

func forceEscape(s string) string { return textutil.Escape(s) }

func same(s string) string { return s }

// Builtin returns the filters that every template has.
func Builtin() []*Filter {
	return []*Filter{
		{Name: "add", Fn: add, Arg: Required, Pure: true},
		{Name: "addslashes", Fn: plain(addslashes), Safe: true, Text: true, Pure: true, Result: TextResult},
		{Name: "capfirst", Fn: capfirst, Safe: true, Text: true, Pure: true, Result: TextResult},
		{Name: "center", Fn: justify("center"), Arg: Required, Safe: true, Text: true, Result: TextResult},
		{Name: "cut", Fn: cut, Arg: Required, Text: true, Result: TextResult},
		{Name: "date", Fn: date, Arg: Optional, LocalTime: true, Result: TextResult},
		{Name: "default", Fn: defaultFilter, Arg: Required},
		{Name: "default_if_none", Fn: defaultIfNone, Arg: Required},
		{Name: "dictsort", Fn: dictsort(false), Arg: Required, Result: SameResult},
		{Name: "dictsortreversed", Fn: dictsort(true), Arg: Required, Result: SameResult},
		{Name: "divisibleby", Fn: divisibleby, Arg: Required, Result: BoolResult},
		{Name: "escape", Fn: escape, Safe: true, Text: true, Pure: true, Result: TextResult},
		{Name: "escapejs", Fn: marked(textutil.EscapeJS), Text: true, Result: TextResult},
		{Name: "escapeseq", Fn: each(conditional), Safe: true, Result: ListResult},
		{Name: "filesizeformat", Fn: filesizeformat, Safe: true, Result: TextResult},
		{Name: "first", Fn: first},
		{Name: "floatformat", Fn: floatformat, Arg: Optional, Safe: true, Result: TextResult},
		{Name: "force_escape", Fn: marked(forceEscape), Text: true, Safe: true, Pure: true, Result: TextResult},
		{Name: "get_digit", Fn: getDigit, Arg: Required},
		{Name: "iriencode", Fn: plain(textutil.IRIToURI), Safe: true, Text: true, Result: TextResult},
		{Name: "join", Fn: join, Arg: Required, Safe: true, Result: TextResult},
		{Name: "json_script", Fn: jsonScript, Arg: Optional, Safe: true, Result: TextResult},
		{Name: "last", Fn: last, Safe: true},
		{Name: "length", Fn: length, Result: IntResult},
		{Name: "linebreaks", Fn: linebreaks, Safe: true, Text: true, Result: TextResult},
		{Name: "linebreaksbr", Fn: linebreaksbr, Safe: true, Text: true, Result: TextResult},
		{Name: "linenumbers", Fn: linenumbers, Safe: true, Text: true, Result: TextResult},
		{Name: "ljust", Fn: justify("ljust"), Arg: Required, Safe: true, Text: true, Result: TextResult},
		{Name: "lower", Fn: plain(pyfmt.Lower), Safe: true, Text: true, Pure: true, Result: TextResult},
		{Name: "make_list", Fn: makeList, Text: true, Result: ListResult},
		{Name: "phone2numeric", Fn: phone2numeric, Safe: true, Result: TextResult},
		{Name: "pluralize", Fn: pluralize, Arg: Optional, Result: TextResult},
		{Name: "pprint", Fn: pprint, Safe: true, Result: TextResult},
		{Name: "random", Fn: random, Safe: true},
		{Name: "rjust", Fn: justify("rjust"), Arg: Required, Safe: true, Text: true, Result: TextResult},
		{Name: "safe", Fn: marked(same), Safe: true, Text: true, Pure: true, Result: TextResult},
		{Name: "safeseq", Fn: each(markSafe), Safe: true, Result: ListResult},
		{Name: "slice", Fn: slice, Arg: Required, Safe: true, Result: SameResult},
		{Name: "slugify", Fn: plain(textutil.Slugify), Safe: true, Text: true, Pure: true, Result: TextResult},
		{Name: "stringformat", Fn: stringformat, Arg: Required, Safe: true, Result: TextResult},
		{Name: "striptags", Fn: plain(textutil.StripTags), Safe: true, Text: true, Result: TextResult},
		{Name: "time", Fn: timeFilter, Arg: Optional, LocalTime: true, Result: TextResult},
		{Name: "timesince", Fn: timesince(false), Arg: Optional, Result: TextResult},
		{Name: "timeuntil", Fn: timesince(true), Arg: Optional, Result: TextResult},
		{Name: "title", Fn: plain(textutil.Title), Safe: true, Text: true, Pure: true, Result: TextResult},
		{Name: "truncatechars", Fn: truncate(textutil.TruncateChars), Arg: Required, Safe: true, Text: true, Result: TextResult},
		{Name: "truncatechars_html", Fn: truncate(textutil.TruncateCharsHTML), Arg: Required, Safe: true, Text: true, Result: TextResult},
		{Name: "truncatewords", Fn: truncate(truncateWords), Arg: Required, Safe: true, Text: true, Result: TextResult},
		{Name: "truncatewords_html", Fn: truncate(truncateWordsHTML), Arg: Required, Safe: true, Text: true, Result: TextResult},
		{Name: "unordered_list", Fn: unorderedList, Safe: true, Result: TextResult},
		{Name: "upper", Fn: plain(pyfmt.Upper), Text: true, Pure: true, Result: TextResult},
		{Name: "urlencode", Fn: urlencode, Arg: Optional, Text: true, Result: TextResult},
		{Name: "urlize", Fn: urlize, Safe: true, Text: true, Result: TextResult},
		{Name: "urlizetrunc", Fn: urlizetrunc, Arg: Required, Safe: true, Text: true, Result: TextResult},
		{Name: "wordcount", Fn: wordcount, Text: true, Result: IntResult},
		{Name: "wordwrap", Fn: wordwrap, Arg: Required, Safe: true, Text: true, Result: TextResult},
		{Name: "yesno", Fn: yesno, Arg: Optional, Result: TextResult},
	}
}
