// Package value holds the values that templates work with: a Go value together with a plan of its type, so that fields,
// methods and elements are reached by an offset instead of by reflection. It knows how Python prints, compares and
// tests the values that Django templates see.
//
// This is the one package of the template engine that uses unsafe; safe_test.go compares it with package reflect.
package value
