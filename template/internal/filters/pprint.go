package filters

import (
	"strings"
	"unicode/utf8"

	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/template/internal/value"
)

// pprint is Python's pprint.pformat: what does not fit 80 columns has an element on each line; keys are sorted.
func pprint(_ *Env, v, _ value.Value) (value.Value, error) {
	return value.OfString(pformat(v, 0, 0, 0)), nil
}

const pprintWidth = 80

// maxPretty is how long a value may be to be laid out.
const maxPretty = 1 << 19

func pformat(v value.Value, indent, allowance, depth int) string {
	if depth == 0 {
		if flat, cycle := v.ReprCycle(); cycle || len(flat) > maxPretty {
			return flat
		}
	}
	flat := sortedRepr(v, depth)
	if utf8.RuneCountInString(flat) <= pprintWidth-indent-allowance || depth > maxNesting {
		return flat
	}
	var open, end string
	switch v.Kind() {
	case value.List:
		open, end = "[", "]"
	case value.Tuple:
		open, end = "(", ")"
		if n, _ := v.Len(); n == 1 {
			end = ",)"
		}
	case value.Set:
		open, end = "{", "}"
	case value.Dict, value.Map, value.Mapping:
		return pformatDict(v, indent, allowance, depth)
	case value.String, value.Safe:
		return pformatText(v.Text(), indent, allowance, depth)
	default:
		return flat
	}
	elems, err := v.Elements()
	if err != nil {
		return flat
	}
	var b strings.Builder
	b.WriteString(open)
	for i, el := range elems {
		room := 1
		if i == len(elems)-1 {
			room = allowance + len(end)
		}
		b.WriteString(pformat(el, indent+1, room, depth+1))
		if i < len(elems)-1 {
			b.WriteString(",\n" + strings.Repeat(" ", indent+1))
		}
	}
	return b.String() + end
}

// pformatText cuts a long text at white space into several literals.
func pformatText(s string, indent, allowance, depth int) string {
	if depth == 0 {
		indent, allowance = indent+1, allowance+1
	}
	var chunks []string
	lines := splitKeep(s)
	for i, line := range lines {
		room, last := pprintWidth-indent, i == len(lines)-1
		if rep := pyfmt.Quote(line); last && utf8.RuneCountInString(rep) <= room-allowance || !last && utf8.RuneCountInString(rep) <= room {
			chunks = append(chunks, rep)
			continue
		}
		current := ""
		parts := spaceParts(line)
		for j, part := range parts {
			if j == len(parts)-1 && last {
				room -= allowance
			}
			if utf8.RuneCountInString(pyfmt.Quote(current+part)) > room {
				if current != "" {
					chunks = append(chunks, pyfmt.Quote(current))
				}
				current = part
			} else {
				current += part
			}
		}
		if current != "" {
			chunks = append(chunks, pyfmt.Quote(current))
		}
	}
	if len(chunks) == 1 {
		return chunks[0]
	}
	out := strings.Join(chunks, "\n"+strings.Repeat(" ", indent))
	if depth == 0 {
		return "(" + out + ")"
	}
	return out
}

// splitKeep cuts at newlines, which stay at the lines' ends.
func splitKeep(s string) []string {
	var lines []string
	rest := s
	for _, line := range pyfmt.SplitLines(s) {
		end := len(line)
		tail := rest[end:]
		for _, r := range tail { // the newline itself: one character, or \r\n
			end += utf8.RuneLen(r)
			if r == '\r' && strings.HasPrefix(tail, "\r\n") {
				end++
			}
			break
		}
		lines = append(lines, rest[:end])
		rest = rest[end:]
	}
	return lines
}

// spaceParts cuts after runs of white space.
func spaceParts(s string) []string {
	var parts []string
	for s != "" {
		end := strings.IndexFunc(s, pyfmt.IsSpace)
		if end < 0 {
			return append(parts, s)
		}
		end = len(s) - len(strings.TrimLeftFunc(s[end:], pyfmt.IsSpace))
		parts = append(parts, s[:end])
		s = s[end:]
	}
	return parts
}

func pformatDict(v value.Value, indent, allowance, depth int) string {
	items := sortedItems(v)
	var b strings.Builder
	b.WriteString("{")
	for i, item := range items {
		key := item[0].Repr()
		room := 1
		if i == len(items)-1 {
			room = allowance + 1
		}
		b.WriteString(key + ": ")
		b.WriteString(pformat(item[1], indent+utf8.RuneCountInString(key)+3, room, depth+1))
		if i < len(items)-1 {
			b.WriteString(",\n" + strings.Repeat(" ", indent+1))
		}
	}
	return b.String() + "}"
}

// sortedRepr is repr() with the keys of dictionaries in order.
func sortedRepr(v value.Value, depth int) string {
	if depth > maxNesting {
		return "..."
	}
	switch v.Kind() {
	case value.Dict, value.Map, value.Mapping:
		parts := []string{}
		for _, item := range sortedItems(v) {
			parts = append(parts, item[0].Repr()+": "+sortedRepr(item[1], depth+1))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case value.List, value.Tuple:
		elems, err := v.Elements()
		if err != nil {
			return v.Repr()
		}
		parts := make([]string, len(elems))
		for i, el := range elems {
			parts[i] = sortedRepr(el, depth+1)
		}
		inner := strings.Join(parts, ", ")
		if v.Kind() == value.List {
			return "[" + inner + "]"
		}
		if len(parts) == 1 {
			inner += ","
		}
		return "(" + inner + ")"
	}
	return v.Repr()
}

func sortedItems(v value.Value) [][2]value.Value {
	items := v.Items()
	out := make([][2]value.Value, len(items))
	for i, item := range items {
		out[i][0], _ = item.Index(0)
		out[i][1], _ = item.Index(1)
	}
	// Insertion sort: keys that cannot be compared are ordered by their types' names.
	for i := 1; i < len(out); i++ {
		for j := i; j > 0; j-- {
			order, ok := value.Compare(out[j][0], out[j-1][0])
			if !ok {
				order = strings.Compare(out[j][0].TypeName(), out[j-1][0].TypeName())
			}
			if order >= 0 {
				break
			}
			out[j], out[j-1] = out[j-1], out[j]
		}
	}
	return out
}
