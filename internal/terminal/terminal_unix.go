//go:build unix

package terminal

import (
	"os"

	"golang.org/x/sys/unix"
)

// isTerminal asks for the window's size, which only a terminal has.
func isTerminal(file *os.File) bool {
	conn, err := file.SyscallConn()
	if err != nil {
		return false
	}
	ok := false
	err = conn.Control(func(fd uintptr) {
		_, err := unix.IoctlGetWinsize(int(fd), unix.TIOCGWINSZ)
		ok = err == nil
	})
	return ok && err == nil
}
