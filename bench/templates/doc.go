// Package templates compares the template engine with others, on the same pages with the same output:
//
//	cd bench && go test ./templates -run Agree -bench . -benchtime 300ms -count 8
//
// pages.templ and pages.qtpl are compiled to Go by their own generators; the Go files are checked in.
package templates
