//go:build unix

package server

import (
	"fmt"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Duplicate returns a descriptor of the socket that l listens on, to hand to another process or to net.FileListener. It
// leaves the socket non-blocking: the File method of a net.Listener does not, and whoever accepts on the socket at that
// moment, in any process, would then be stuck in the system call and could not stop.
func Duplicate(l net.Listener) (*os.File, error) {
	conn, ok := l.(syscall.Conn)
	if !ok {
		return nil, fmt.Errorf("server: %T has no descriptor", l)
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("server: duplicate socket: %w", err)
	}
	fd := -1
	if ctlErr := raw.Control(func(own uintptr) { fd, err = unix.FcntlInt(own, unix.F_DUPFD_CLOEXEC, 0) }); ctlErr != nil {
		err = ctlErr
	}
	if err != nil {
		return nil, fmt.Errorf("server: duplicate socket: %w", err)
	}
	return os.NewFile(uintptr(fd), "socket"), nil
}
