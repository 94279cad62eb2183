package server

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// firstInherited is the descriptor of the first socket that a service manager passes on (systemd's protocol).
const firstInherited = 3

// Listen opens a socket:
//
//	"127.0.0.1:8000", ":80", "[::1]:8000"   TCP
//	"8000"                                  TCP on 127.0.0.1
//	"unix:/run/site.sock"                   a unix socket; a stale one is replaced
//	"fd:3"                                  an inherited descriptor
//	"systemd", "systemd:name"               the first inherited socket, or the one with that name (LISTEN_FDS); see Inherited
func Listen(addr string) (net.Listener, error) {
	switch kind, rest, _ := strings.Cut(addr, ":"); kind {
	case "unix":
		return listenUnix(rest)
	case "fd":
		fd, err := strconv.Atoi(rest)
		if err != nil || fd < 0 {
			return nil, fmt.Errorf("server: %q: not a descriptor (write fd:3)", addr)
		}
		return fdListener(uintptr(fd), addr)
	case "systemd":
		return systemdListener(rest)
	}
	if strings.IndexByte(addr, ':') < 0 {
		if _, err := strconv.ParseUint(addr, 10, 16); err != nil {
			return nil, fmt.Errorf("server: %q is neither a port nor an address (write 8000, 127.0.0.1:8000, [::1]:8000 or unix:/run/site.sock; ports end at 65535)", addr)
		}
		addr = "127.0.0.1:" + addr
	}
	if host, port, ok := strings.Cut(addr, ":"); ok && host == "0" {
		addr = "0.0.0.0:" + port
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, listenError(addr, err)
	}
	return l, nil
}

// listenError adds the fix to the commonest causes.
func listenError(addr string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("server: listen on %s: %w (another program uses that port: stop it or choose another one)", addr, err)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("server: listen on %s: %w (ports below 1024 need rights: choose another one or use a socket from the service manager)", addr, err)
	}
	return fmt.Errorf("server: listen on %s: %w", addr, err)
}

func listenUnix(path string) (net.Listener, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSocket != 0 {
		if conn, err := net.Dial("unix", path); err == nil {
			conn.Close()
			return nil, fmt.Errorf("server: listen on unix:%s: another program answers there", path)
		}
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("server: stale socket: %w", err)
		}
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("server: listen on unix:%s: %w", path, err)
	}
	return l, nil
}

func fdListener(fd uintptr, addr string) (net.Listener, error) {
	file := os.NewFile(fd, addr)
	if file == nil {
		return nil, fmt.Errorf("server: descriptor %d is not open", fd)
	}
	l, err := net.FileListener(file)
	file.Close()
	if err != nil {
		return nil, fmt.Errorf("server: descriptor %d is not a listening socket: %w", fd, err)
	}
	if u, ok := l.(*net.UnixListener); ok {
		u.SetUnlinkOnClose(false) // the path belongs to whoever made the socket
	}
	return l, nil
}

// systemdListener takes a socket of the service manager; LISTEN_PID says whether they are meant for this process.
func systemdListener(name string) (net.Listener, error) {
	n, err := strconv.Atoi(os.Getenv("LISTEN_FDS"))
	if pid := os.Getenv("LISTEN_PID"); err != nil || n < 1 || pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return nil, errors.New("server: no inherited socket (LISTEN_FDS is not set for this process: start it from a socket unit)")
	}
	names := strings.Split(os.Getenv("LISTEN_FDNAMES"), ":")
	for i := range n {
		if name == "" || i < len(names) && names[i] == name {
			return fdListener(firstInherited+uintptr(i), fmt.Sprintf("systemd:%s", name))
		}
	}
	return nil, fmt.Errorf("server: no inherited socket is named %q (LISTEN_FDNAMES=%s)", name, os.Getenv("LISTEN_FDNAMES"))
}
