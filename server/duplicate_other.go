//go:build !unix

package server

import (
	"fmt"
	"net"
	"os"
)

// Duplicate returns a descriptor of the socket that l listens on.
func Duplicate(l net.Listener) (*os.File, error) {
	socket, ok := l.(interface{ File() (*os.File, error) })
	if !ok {
		return nil, fmt.Errorf("server: %T has no descriptor", l)
	}
	return socket.File()
}
