package dialect

import "strings"

// Params writes a statement with ? for its parameters as the dialect wants them. A ? in a text, a quoted name, a
// comment or a dollar-quoted body stays; ?? is a ? (PostgreSQL has operators with one).
func (d *Dialect) Params(sql string) string {
	if !d.Dollar || strings.IndexByte(sql, '?') < 0 {
		return sql
	}
	b := make([]byte, 0, len(sql)+16)
	n := 0
	for i := 0; i < len(sql); {
		if end := skipQuoted(sql, i); end > i {
			b = append(b, sql[i:end]...)
			i = end
			continue
		}
		switch {
		case strings.HasPrefix(sql[i:], "??"):
			b = append(b, '?')
			i++
		case sql[i] == '?':
			n++
			b = d.AppendParam(b, n)
		default:
			b = append(b, sql[i])
		}
		i++
	}
	return string(b)
}

// skipQuoted returns the end of the text, name or comment that begins at i, or i.
func skipQuoted(sql string, i int) int {
	rest := sql[i:]
	until := func(mark string, from int) int {
		if at := strings.Index(rest[min(from, len(rest)):], mark); at >= 0 {
			return i + from + at + len(mark)
		}
		return len(sql)
	}
	switch {
	case rest[0] == '\'' && i > 0 && (sql[i-1] == 'E' || sql[i-1] == 'e') && (i < 2 || !isWord(sql[i-2])):
		for j := 1; j < len(rest); j++ { // backslashes escape
			switch rest[j] {
			case '\\':
				j++
			case '\'':
				return i + j + 1
			}
		}
		return len(sql)
	case rest[0] == '\'':
		return until("'", 1)
	case rest[0] == '"':
		return until(`"`, 1)
	case strings.HasPrefix(rest, "--"):
		return until("\n", 2)
	case strings.HasPrefix(rest, "/*"):
		return until("*/", 2)
	case rest[0] == '$' && (i == 0 || !isWord(sql[i-1])):
		j := 1
		for j < len(rest) && isWord(rest[j]) && (j > 1 || rest[j] < '0' || rest[j] > '9') {
			j++
		}
		if j < len(rest) && rest[j] == '$' {
			return until(rest[:j+1], j+1)
		}
	}
	return i
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// Named writes a statement with :name for its parameters as one with ?, by calling value for each in order: it says how many
// parameters the name stands for, at least one. A colon in a text, a quoted name or a comment stays, and so do :: and :=.
func Named(sql string, value func(name string) (n int, err error)) (string, error) {
	b := make([]byte, 0, len(sql)+16)
	for i := 0; i < len(sql); {
		if end := skipQuoted(sql, i); end > i {
			b = append(b, sql[i:end]...)
			i = end
			continue
		}
		switch {
		case strings.HasPrefix(sql[i:], "::"), strings.HasPrefix(sql[i:], ":="):
			b = append(b, sql[i], sql[i+1])
			i += 2
			continue
		case sql[i] == '`': // a name of MySQL
			end := strings.IndexByte(sql[i+1:], '`')
			if end < 0 {
				end = len(sql) - i - 2
			}
			b = append(b, sql[i:i+end+2]...)
			i += end + 2
			continue
		case sql[i] != ':' || i+1 == len(sql) || !isWord(sql[i+1]) || sql[i+1] >= '0' && sql[i+1] <= '9' || i > 0 && isWord(sql[i-1]):
			b = append(b, sql[i])
			i++
			continue
		}
		end := i + 1
		for end < len(sql) && isWord(sql[end]) {
			end++
		}
		n, err := value(sql[i+1 : end])
		if err != nil {
			return "", err
		}
		for k := range n {
			if k > 0 {
				b = append(b, ", "...)
			}
			b = append(b, '?')
		}
		i = end
	}
	return string(b), nil
}
