package compile

import (
	"reflect"
)

// appendPointer appends an address. Models and paths live as long as the process, so an address names one of them.
func appendPointer[T any](b []byte, p *T) []byte {
	n := uint64(reflect.ValueOf(p).Pointer())
	return append(b, byte(n), byte(n>>8), byte(n>>16), byte(n>>24), byte(n>>32), byte(n>>40), byte(n>>48), byte(n>>56))
}
