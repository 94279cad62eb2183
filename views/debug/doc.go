// Package debug makes error reports: the page that a developer sees when a view fails, and the text that goes into a
// mail or a log when a visitor does.
//
//	report := debug.New(r, err, debug.Options{Settings: settings})
//	report.HTML() // the technical 500 page
//	report.Text() // the same for curl, a mail, a ticket
//
// A Report holds the error with everything it wraps, the stack of a panic, the place that an ordinary error probably came
// from, the source around it, the request, the SQL that ran, the template line, the settings and the environment. What
// looks like a secret is masked by Django's rule (see Mask). Nothing in the package decides whether a visitor may see a
// report: views.ErrorPage shows one only while Debug is on.
//
// Differs from Django: Go keeps no stack for an error that is returned, and no local variables. In their place the report
// shows the view's source with the lines that return errors, and the lines of your program whose message fits the error's
// text. There is no sensitive_variables for the same reason: no variable's value is ever in a report.
package debug
