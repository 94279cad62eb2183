// Package bench compares Nuages with other frameworks. It is a module of its own, so that they are no dependencies of
// the framework:
//
//	cd bench && go test -run '^$' -bench Router -benchtime 200ms
package bench
