package debug

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
)
