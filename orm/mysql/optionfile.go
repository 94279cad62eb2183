package mysql

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"strings"
)

// readFile reads who and where from an option file of MySQL's own programs: the group [client], and another one if it is
// named.
//
//	[client]
//	user = site
//	password = secret
//	database = site
func (s *settings) readFile(name, group string) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("mysql: option \"read_default_file\" of the URL: %w", err)
	}
	defer func() { _ = f.Close() }()
	host, port, socket := "", "", ""
	in := false
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "" || line[0] == '#' || line[0] == ';' || line[0] == '!':
			continue
		case line[0] == '[':
			in = line == "[client]" || line == "[client-mariadb]" || line == "[client-server]" || group != "" && line == "["+group+"]"
			continue
		case !in:
			continue
		}
		key, value, _ := strings.Cut(line, "=")
		value = unquoteOption(strings.TrimSpace(value))
		switch strings.ReplaceAll(strings.TrimSpace(key), "_", "-") {
		case "user":
			s.cfg.User = value
		case "password":
			s.cfg.Passwd = value
		case "database":
			s.cfg.DBName = value
		case "host":
			host = value
		case "port":
			port = value
		case "socket":
			socket = value
		case "ssl-ca":
			s.tls.ca = value
		case "ssl-cert":
			s.tls.cert = value
		case "ssl-key":
			s.tls.key = value
		case "ssl-mode":
			s.tls.mode = strings.ToLower(value)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("mysql: option \"read_default_file\" of the URL: %w", err)
	}
	if socket != "" && (host == "" || host == "localhost") { // as the programs do it
		s.cfg.Net, s.cfg.Addr = "unix", socket
		return nil
	}
	if err := s.address(host, port); err != nil {
		return fmt.Errorf("mysql: %s: %s: %w", name, net.JoinHostPort(host, port), err)
	}
	return nil
}

// unquoteOption drops the quotes or the comment of a value.
func unquoteOption(v string) string {
	if len(v) > 1 && (v[0] == '"' || v[0] == '\'') {
		if end := strings.IndexByte(v[1:], v[0]); end >= 0 {
			return v[1 : 1+end]
		}
	}
	if i := strings.Index(v, " #"); i >= 0 {
		v = strings.TrimSpace(v[:i])
	}
	return v
}
