package debug

import "strings"

// Token is a piece of source with the class that the style sheet colours: "k" keyword, "s" string, "c" comment, "n"
// number, "" anything else.
type Token struct{ Class, Text string }

const goKeywords = " break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var nil true false "

const sqlKeywords = " select from where and or not in is null insert into values update set delete join inner left right outer on as order by group having limit offset distinct union all exists between like asc desc begin commit rollback savepoint release returning case when then else end count with "

// highlightGo colours a line of Go. Lines stand alone: in the middle of a raw string or a comment it can be wrong, which
// costs a colour and nothing else.
func highlightGo(line string) []Token {
	return highlight(line, goKeywords, "//", "\"'`", false)
}

// highlightSQL colours a statement.
func highlightSQL(text string) []Token {
	return highlight(text, sqlKeywords, "--", "'", true)
}

func highlight(text, keywords, comment, quotes string, anyCase bool) []Token {
	var out []Token
	plain := 0
	emit := func(class string, from, to int) {
		if from > plain {
			out = append(out, Token{"", text[plain:from]})
		}
		out = append(out, Token{class, text[from:to]})
		plain = to
	}
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case strings.HasPrefix(text[i:], comment):
			end := len(text)
			if nl := strings.IndexByte(text[i:], '\n'); nl >= 0 {
				end = i + nl
			}
			emit("c", i, end)
			i = end
		case strings.IndexByte(quotes, c) >= 0:
			end := closing(text, i)
			emit("s", i, end)
			i = end
		case isWordStart(c):
			end := i
			for end < len(text) && (isWordStart(text[end]) || isDigit(text[end])) {
				end++
			}
			word := text[i:end]
			if anyCase {
				word = strings.ToLower(word)
			}
			if strings.Contains(keywords, " "+word+" ") {
				emit("k", i, end)
			}
			i = end
		case isDigit(c):
			end := i
			for end < len(text) && (isWordStart(text[end]) || isDigit(text[end]) || text[end] == '.') {
				end++
			}
			emit("n", i, end)
			i = end
		default:
			i++
		}
	}
	if plain < len(text) {
		out = append(out, Token{"", text[plain:]})
	}
	return out
}

// closing finds the end of the string that begins at i; without an end it goes to the end of the text.
func closing(text string, i int) int {
	quote := text[i]
	for j := i + 1; j < len(text); j++ {
		switch {
		case text[j] == '\\' && quote != '`':
			j++
		case text[j] == quote:
			return j + 1
		}
	}
	return len(text)
}

func isWordStart(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
