package orm

import "strings"

// AltersData keeps templates from calling what writes. Django: alters_data.
func (q Query[T]) AltersData(method string) bool { return altersData(method) }

// AltersData keeps templates from calling what writes.
func (q ValuesQuery[R]) AltersData(method string) bool { return altersData(method) }

// AltersData keeps templates from calling what writes.
func (w ManyWith[T]) AltersData(method string) bool { return altersData(method) }

// altersData knows methods that write by how their names begin, so that a new one is guarded too.
func altersData(method string) bool {
	for _, verb := range []string{"Add", "Bulk", "Clear", "Create", "Delete", "GetOrCreate", "HardDelete", "Refresh", "Remove", "Save", "Set", "Update", "Upsert"} {
		if rest, ok := strings.CutPrefix(method, verb); ok && method != "Clearing" && !strings.HasPrefix(rest, "s") {
			return true
		}
	}
	return false
}
