package debug

import "io/fs"

// What the tests look into.
var (
	FormatPieces = formatPieces
	Fits         = fits
	HighlightGo  = highlightGo
	HighlightSQL = highlightSQL
	SplitFunc    = splitFunc
	Closest      = closest
	Short        = short
	Hint         = hint
	EscapeModule = escapeModule
	Arguments    = arguments
)

// Excerpt reads source as a report does.
func Excerpt(embedded fs.FS, name string, line int) []Line {
	return sources{embedded}.excerpt(name, line)
}

// OwnerOf and ShortPath look at one frame.
var (
	OwnerOf   = ownerOf
	ShortPath = shortPath
)
