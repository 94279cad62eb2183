package migrate

import (
	"go/token"
	"strconv"
	"strings"
	"unicode"

	"github.com/nuages-go/nuages/orm"
)

// typeName makes a Go name of a table's that no other table has.
func (w *inspector) typeName(table string) string {
	base := goName(table)
	for name, i := base, 2; ; i++ {
		taken := false
		for _, n := range w.names {
			taken = taken || n == name
		}
		if !taken {
			return name
		}
		name = base + strconv.Itoa(i)
	}
}

// goName writes a column's or table's name in Go's manner: pub_date is PubDate, user_id is UserID.
func goName(name string) string {
	var b strings.Builder
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, word := range words {
		switch up := strings.ToUpper(word); up {
		case "ID", "URL", "UUID", "IP", "JSON", "HTML", "SQL", "API", "UID":
			b.WriteString(up)
		default:
			r := []rune(word)
			b.WriteString(string(unicode.ToUpper(r[0])) + string(r[1:]))
		}
	}
	out := b.String()
	if !token.IsExported(out) || !token.IsIdentifier(out) { // it is empty, or begins with a digit or a letter without capitals
		out = "X" + out
	}
	return out
}

// fieldName is the field's name of a Go name for a column, and the options that say where it comes from. A column whose name
// no field can have keeps it as its column.
func fieldName(goName, column, suffix string) (options []string) {
	name := strings.TrimSuffix(column, suffix)
	if !validFieldName(name) {
		name = orm.SnakeCase(goName)
	}
	if orm.SnakeCase(goName) != name {
		options = append(options, "Name("+strconv.Quote(name)+")")
	}
	if name+suffix != column {
		options = append(options, "Column("+strconv.Quote(column)+")")
	}
	return options
}

// validFieldName says that look-ups can name a field so, as in Django: small letters, digits and single underscores.
func validFieldName(name string) bool {
	if name == "" || strings.Contains(name, "__") || strings.HasSuffix(name, "_") || name == "pk" {
		return false
	}
	return strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == "" && (name[0] < '0' || name[0] > '9')
}

// made says that an index has a name that migrations make for a field: it ends in a hash.
func made(name, suffix string) bool {
	base, ok := strings.CutSuffix(name, suffix)
	i := strings.LastIndexByte(base, '_')
	return ok && i >= 0 && len(base)-i-1 == 8 && strings.Trim(base[i+1:], "0123456789abcdef") == ""
}
