//go:build !unix

package terminal

import "os"

// isTerminal takes every character device for a terminal.
func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
