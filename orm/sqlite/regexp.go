package sqlite

import "strings"

// unicodeClasses writes a pattern's \w, \d and \s so that they know letters, digits and spaces of all scripts, as those of
// Python do and of PostgreSQL; in Go's patterns they are ASCII's.
func unicodeClasses(pattern string) string {
	if !strings.Contains(pattern, `\`) {
		return pattern
	}
	var b strings.Builder
	class, first := false, 0 // inside [...], and where its first character stands
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case c == '\\' && i+1 < len(pattern):
			i++
			b.WriteString(unicodeClass(pattern[i], class))
			continue
		case class && strings.HasPrefix(pattern[i:], "[:"): // a class with a name
			if end := strings.Index(pattern[i:], ":]"); end > 0 {
				b.WriteString(pattern[i : i+end+2])
				i += end + 1
				continue
			}
		case c == '[' && !class:
			class, first = true, i+1
			if strings.HasPrefix(pattern[first:], "^") {
				first++
			}
		case c == ']' && class && i > first:
			class = false
		}
		b.WriteByte(c)
	}
	return b.String()
}

func unicodeClass(c byte, class bool) string {
	const word, space = `\p{L}\p{N}_`, `\s\v\p{Z}`
	switch {
	case c == 'd':
		return `\p{Nd}`
	case c == 'D':
		return `\P{Nd}`
	case c == 'w' && class:
		return word
	case c == 'w':
		return "[" + word + "]"
	case c == 'W' && !class:
		return "[^" + word + "]"
	case c == 's' && class:
		return space
	case c == 's':
		return "[" + space + "]"
	case c == 'S' && !class:
		return "[^" + space + "]"
	}
	return `\` + string([]byte{c})
}
