"""Writes python.json: what Python's re makes of patterns and texts. Run with Python 3.13."""

import json
import os
import random
import re
import warnings

warnings.simplefilter("ignore")
random.seed(7)

PATTERNS = r"""
^$
^y/(?P<year>[0-9]{4})/$
^p/(\d+)/(\w+)/$
a|ab|abc
(a|ab)(c|bcd)(d*)
^(?:a|b)*?c$
x*
(x+x+)+y
^a$
^a\Z
$
a$b
(a$|b)
^(a$)\n?
\Aab\Z
(?i)straße
(?i)ÀÉ
(?i:abc)d
(?-i:a)b
(?i)a(?-i:b)c
(?s).+
(?s:.)x
(?m)^b$
(?m:^b$)
(?x) a b  # comment
(?x) [ a]  \  b
(?a)\w+
(?a:\d)\d
(?u)\w
\w+
\W+
\d+
\D+
\s+
\S+
[\w-]+
[^\W\d_]+
[\W_]+
[^\s/]+
[\D5]
\bfoo\b
\Boo\B
\bé\b
(?a)\bé
[a-z&&[b]]
[]a]+
[^]a]+
[a\]b]+
[-a]+
[a-]+
[\-a]+
[a\-z]+
[\b]
\x41\u0042\U00000043
[\x41-\x43]+
\0\07\101
[\0-\07]
\t\n\v\f\r\a
\.\*\+\?\[\]\(\)\{\}\|\^\$\\
a{2}
a{2,}
a{,2}
a{2,3}
a{,}
a{
a{b}
a{2
a{}
a{2,b}
{2}
a??
a*?
a+?
a{1,2}?
a*+a
a++b
a?+a
a{1,2}+a
(?>a+)b
(?>a|ab)c
(?=ab)a
(?!ab)a
(?<=a)b
(?<!a)b
(?<=ab|cd)e
(?<=a+)b
(?<=(a|b))c
(?P<k>\w)/(?P=k)
(\w)\1
(a)(b)?\2
(?:(a)|b)\1
(?i)(a)\1
(a)?(?(1)b|c)
(?P<x>a)?(?(x)b|c)
(a)?(?(1)b)
(?(1)a|b)
(?(2)a|b)(c)
(?(x)a)
(?(0)a)
(?(1)a|b|c)(d)
()
(?:)
(a*)*
(a*)+
(a|b*)*
(?:a|())*b
(|a)+
(a?)*b
((a)|(b))*
(?:(a)|(b))*
(?P<y>[/$
(?P<y>x
(?P<>x)
(?P<1y>x)
(?P<y y>x)
(?P<y>x)(?P<y>z)
(?P<y
(?P=y)
(?P=
(?Py)
(?P
(?
(
)
a)
(a
((a)
[a
[
[^
[]
[z-a]
[\d-a]
[a-\d]
[a-
*a
+
?
a**
a*{2}
^*
$+
\b*
(?:^)*
(?:a*)*
\q
\8
\1
(\1)
(a)\2
(a)\10
\400
[\400]
[\8]
[\q]
\x4
\u12
\U0011FFFF
\N{EM DASH
\
a\
(?i
(?i-
(?i-i:a)
(?q)
(?i:a
(?-a:x)
(?au)x
(?L)x
a(?i)b
(?i)(?s).
(?#comment)a
(?#comment
a(?#c)*
(?<a>b)
(?<
(?~a)
(?'a'b)
(?P>a)
(?:a(?P<in>b)c)+
(?P<a>\d+)/(\w+)
^v(?P<ver>\d+)/
^opt(?:/page-(?P<page>\d+))?/$
^(?:(?P<lang>[a-z]{2})/)?page/$
^[abc]{2,3}/$
tail/$
^é+$
^[é-ü]+$
^[^/]+/$
^日本(?P<x>語)?$
a.c
a\.c
(?s)a.c
^\w{3}$
^(?P<slug>[-\w]+)/(?P<id>\d+)\.html$
\#\ \-\&\~
a{1001}
(a{500}){3}
(?P<a>a)(?P<b>b)?(?P<c>c)?
(?!)a
(?=)a
a|
|a
(|)
(a||b)
(?i)[a-z]+
(?i)[^a-z]+
(?i)k
(?i)[k]
(?i)s
\Z\A
^^a$$
a^b
a$
a\Zb
(?m)a$
(?m)$
(?m)^
(?<=\n)b
(?<!x)(?<!y)z
(?=(a+))a*b\1
(?P<w>\w+)(?<!foo)$
^(?!admin/)(?P<rest>.*)$
^(?P<a>[^/]+)(?:/(?P<b>[^/]+))?(?:/(?P<c>[^/]+))?/$
""".strip("\n").split("\n")

TEXTS = [
    "", "a", "b", "ab", "abc", "abcd", "aab", "aaa", "aaaa", "ba", "c", "ac", "cde", "abe", "ab\n", "a\n", "\n", "b\n", "a\nb", "a\nb\n", "\nb",
    "/", "y/2026/", "y/2026/\n", "p/12/ab/", "p/1٣/é_/", "foo", "foo bar", " foo-bar ", "xfoox", "é", "aé b", "ÀÉ", "àé", "STRASSE", "straße", "Straße",
    "v2/users", "opt/", "opt/page-3/", "page/", "de/page/", "ab/", "abc/", "deep/tail/", "tail/", "日本", "日本語", "a.c", "axc", "\x00\x07A", "ABC", "K", "\u212a", "k", "ſ", "S",
    "-a]", "z", "]a", "^", "{2}", "a{", "a{b}", "a{2", "a{}", "a/a", "a/b", "aa", "bb", "AA", "aA", "12", "1a", "_", "\u00a0", " ", "\t", ".*+?[](){}|^$\\",
    "my-slug/42.html", "admin/x", "other/x", "one/", "one/two/", "one/two/three/", "# -&~", "x" * 12, "a" * 30, "123", "yz", "ac\n", "m\u0301", "²", "Ⅷ", "\u2028",
]

ATOMS = ["a", "b", "c", ".", "\\d", "\\w", "[ab]", "[^a]", "(?:ab)", "(a|b)", "(?P<n%d>a?)", "(b*)", "^", "$", "\\b", "a|b", "(?:a|bc)", "\\Z", "(?i:A)", "é", "/", "(?=a)", "(?!b)", "(?<=a)"]
QUANT = ["", "", "", "*", "+", "?", "*?", "+?", "{1,2}", "{2}"]
for i in range(700):
    text = ""
    for j in range(random.randint(1, 6)):
        atom = random.choice(ATOMS)
        if "%d" in atom:
            atom = atom % j
        text += atom + random.choice(QUANT)
    PATTERNS.append(text)

rows = []
for pattern in PATTERNS:
    row = {"pattern": pattern}
    try:
        rx = re.compile(pattern)
    except (re.PatternError, OverflowError) as e:
        row["error"] = str(e)
        rows.append(row)
        continue
    row["names"] = [next((n for n, g in rx.groupindex.items() if g == i + 1), "") for i in range(rx.groups)]
    texts = TEXTS if len(rows) < 250 else random.sample(TEXTS, 12)

    def spans(m):
        return m and [list(m.span(g)) for g in range(rx.groups + 1)]

    for key, f in (("search", rx.search), ("full", rx.fullmatch)):
        row[key] = [[t, spans(f(t))] for t in texts if key == "search" or f(t)]
    row["search"] = [x for x in row["search"] if x[1]] + [[x[0]] for x in row["search"] if not x[1]][:8]
    rows.append(row)

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "python.json")
with open(path, "w", encoding="utf-8") as f:
    f.write("[\n" + ",\n".join(json.dumps(r, ensure_ascii=False, separators=(",", ":")) for r in rows) + "\n]\n")
print(len(rows), "patterns")
