// Package terminal tells whether a stream is a terminal.
package terminal

import "os"

// Is says whether a reader or writer is a terminal that a person looks at.
func Is(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && file != nil && isTerminal(file)
}
