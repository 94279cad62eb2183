//go:build unix

package postgres

import (
	"crypto/tls"
	"net"
	"syscall"
)

// quiet says that the server has sent nothing that was not read: its farewell, or the end of the connection, waits where a
// statement would find it too late.
func quiet(c net.Conn) bool {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	s, ok := c.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return false
	}
	nothing := false
	// Control and not Read: pgx may have a read of its own waiting on the connection, and Read would wait for that one.
	err = raw.Control(func(fd uintptr) {
		var b [1]byte
		_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		nothing = err == syscall.EAGAIN || err == syscall.EWOULDBLOCK || err == syscall.EINTR
	})
	return err == nil && nothing
}
