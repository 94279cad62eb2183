package schema

import (
	"crypto/md5"
	"encoding/hex"
	"strings"
)

// Digest is the short hash in the names that Django gives: the first hexadecimal digits of the MD5 of the parts.
func Digest(length int, parts ...string) string {
	h := md5.New()
	for _, p := range parts {
		h.Write([]byte(p))
	}
	return hex.EncodeToString(h.Sum(nil))[:length]
}

// IndexName is the name of an index, unique constraint or foreign key over columns of a table. Limit is the longest name
// that the database takes; 0 is none.
//
// Django 6.1 django/db/backends/base/schema.py _create_index_name.
func IndexName(table string, columns []string, suffix string, limit int) string {
	if limit <= 0 {
		limit = 200
	}
	table = Unquote(table)
	hash := Digest(8, append([]string{table}, columns...)...) + suffix
	cols := strings.Join(columns, "_")
	name := table + "_" + cols + "_" + hash
	if len(name) <= limit {
		return name
	}

	if len(hash) > limit/3 {
		hash = hash[:limit/3]
	}
	other := (limit-len(hash))/2 - 1
	name = cut(table, other) + "_" + cut(cols, other) + "_" + hash
	if name[0] == '_' || name[0] >= '0' && name[0] <= '9' {
		name = "D" + name[:len(name)-1]
	}
	return name
}

// AutoIndexName is the name of an Index without one: at most 30 characters.
//
// Django 6.1 django/db/models/indexes.py set_name_with_model.
func AutoIndexName(table string, columns []string, descending []bool) string {
	table = Unquote(table)
	parts := []string{table}
	for i, c := range columns {
		if i < len(descending) && descending[i] {
			c = "-" + c
		}
		parts = append(parts, c)
	}
	parts = append(parts, "idx")
	name := cut(table, 11) + "_" + cut(columns[0], 7) + "_" + Digest(6, parts...) + "_idx"
	if name[0] == '_' || name[0] >= '0' && name[0] <= '9' {
		name = "D" + name[1:]
	}
	return name
}

// ShortName cuts a name to the limit, ending in a hash of the whole, as Django does with table and column names.
func ShortName(name string, limit int) string {
	letters := []rune(name)
	if limit <= 0 || len(letters) <= limit {
		return name
	}
	return string(letters[:limit-4]) + Digest(4, name)
}

// Unquote takes the double quotes off a name that came quoted.
func Unquote(name string) string {
	if len(name) > 1 && name[0] == '"' && name[len(name)-1] == '"' {
		return name[1 : len(name)-1]
	}
	return name
}

func cut(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}
