package middleware

// Internals for tests.
var (
	Negotiate  = negotiate
	Mentions   = mentions
	AppendLine = appendLine
	Printable  = printable
)
