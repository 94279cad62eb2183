package dialect

import "encoding/binary"

// TupleValue makes one value of those of several columns: a composite key. Like the values of single columns, tuples with the
// same parts are equal and the same key of a map. A tuple with a null part is null, for it names no row; one with a part that
// has no form in the database is that part.
func TupleValue(parts []Value) Value {
	var few [64]byte // most keys need no more
	b := few[:0]
	for i := range parts {
		p := &parts[i]
		switch p.Kind {
		case Null:
			return Value{}
		case Custom, List, Tuple:
			return *p
		}
		b = append(b, byte(p.Kind))
		b = binary.AppendVarint(b, p.N)
		b = binary.AppendVarint(b, int64(p.M))
		b = binary.AppendUvarint(b, uint64(len(p.S)))
		b = append(b, p.S...)
	}
	return Value{Kind: Tuple, S: string(b)}
}

// tupleParts takes a tuple apart.
func tupleParts(s string) []Value {
	out := make([]Value, 0, 3)
	b := []byte(s)
	for len(b) > 0 {
		p := Value{Kind: ValueKind(b[0])}
		b = b[1:]
		n, used := binary.Varint(b)
		p.N, b = n, b[max(used, 0):]
		m, used := binary.Varint(b)
		p.M, b = int32(m), b[max(used, 0):]
		size, used := binary.Uvarint(b)
		b = b[max(used, 0):]
		size = min(size, uint64(len(b)))
		p.S, b = string(b[:size]), b[size:]
		out = append(out, p)
	}
	return out
}
