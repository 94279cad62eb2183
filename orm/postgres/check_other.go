//go:build !unix

package postgres

import "net"

// quiet cannot look without reading here; a connection that is lost is found when it is used.
func quiet(net.Conn) bool { return true }
