package mysql

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	driver "github.com/go-sql-driver/mysql"
)

// settings are what a URL and the files that it names say, before defaults.
type settings struct {
	cfg *driver.Config
	o   *Options
	tls tlsFiles
}

// parseURL reads a database URL into the configuration of the driver below.
func parseURL(raw string, o *Options) (*driver.Config, tlsFiles, error) {
	s, err := parseSettings(raw, o)
	if err != nil {
		return nil, tlsFiles{}, err
	}
	return s.cfg, s.tls, nil
}

func parseSettings(raw string, o *Options) (*settings, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "mysql" && u.Scheme != "mariadb" || u.Opaque != "" {
		return nil, errors.New("mysql: the database URL cannot be read (mysql://user:password@host:3306/name, special characters as %XX)")
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, fmt.Errorf("mysql: options of the URL: %w", err)
	}
	s := &settings{cfg: driver.NewConfig(), o: o}
	s.cfg.Net, s.cfg.Addr = "tcp", "127.0.0.1:3306"
	if file := q.Get("read_default_file"); file != "" { // first: the URL itself says more
		if err := s.readFile(file, q.Get("read_default_group")); err != nil {
			return nil, err
		}
	} else if q.Has("read_default_group") {
		return nil, errors.New("mysql: option \"read_default_group\" of the URL needs \"read_default_file\"")
	}
	if o.Flavor == "" && u.Scheme == "mariadb" {
		o.Flavor = "mariadb"
	}
	if u.User != nil {
		s.cfg.User = u.User.Username()
		if password, ok := u.User.Password(); ok {
			s.cfg.Passwd = password
		}
	}
	if name := strings.TrimPrefix(u.Path, "/"); name != "" {
		s.cfg.DBName = name
	}
	if err := s.address(u.Hostname(), u.Port()); err != nil {
		return nil, err
	}
	for key, vs := range q {
		if err := s.set(key, vs[0]); err != nil {
			return nil, fmt.Errorf("mysql: option %q of the URL: %w", key, err)
		}
	}
	if err := s.tls.apply(s.cfg, o); err != nil {
		return nil, err
	}
	return s, nil
}

// address sets the server's, as far as it is named.
func (s *settings) address(host, port string) error {
	if host == "" && port == "" || s.cfg.Net == "unix" && host == "" {
		return nil
	}
	was, wasPort, err := net.SplitHostPort(s.cfg.Addr)
	if err != nil {
		was, wasPort = "127.0.0.1", "3306"
	}
	if host == "" {
		host = was
	}
	if port == "" {
		port = wasPort
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return fmt.Errorf("mysql: port %q of the database URL", port)
	}
	s.cfg.Net, s.cfg.Addr = "tcp", net.JoinHostPort(host, port)
	return nil
}

// known are the options that a URL may set.
const known = "socket (unix_socket), flavor, max_conns, max_idle_conns, max_lifetime, max_idle, acquire_timeout, connect_timeout, statement_timeout, " +
	"statements, isolation (isolation_level), time_zone, read_only, init_command, charset, read_default_file, read_default_group, tls, ssl_mode, ssl_ca, ssl_cert, ssl_key"

// elsewhere are words of Django's driver that mean nothing here, with what does instead.
var elsewhere = map[string]string{
	"sql_mode": "sessions are always strict: ", "use_unicode": "texts always are: ", "autocommit": "always on outside orm.Atomic: ",
	"read_timeout": "contexts bound statements, or statement_timeout: ", "write_timeout": "contexts bound statements, or statement_timeout: ",
	"ssl": "use ssl_ca, ssl_cert, ssl_key: ", "collation": "it is the columns': ", "local_infile": "always off: ", "client_flag": "", "conv": "",
}

// set sets an option that the caller's options leave open.
func (s *settings) set(key, v string) (err error) {
	o := s.o
	number := func(to *int) {
		if *to == 0 {
			if *to, err = strconv.Atoi(v); err == nil && *to < 0 {
				err = fmt.Errorf("%d is negative", *to)
			}
		}
	}
	span := func(to *time.Duration) {
		if *to == 0 {
			if *to, err = time.ParseDuration(v); err == nil && *to < 0 {
				err = fmt.Errorf("%s is negative", *to)
			}
		}
	}
	text := func(to *string) {
		if *to == "" {
			*to = v
		}
	}
	switch key {
	case "socket", "unix_socket":
		s.cfg.Net, s.cfg.Addr = "unix", v
	case "flavor":
		text(&o.Flavor)
	case "max_conns":
		number(&o.MaxConns)
	case "max_idle_conns":
		number(&o.MaxIdleConns)
	case "max_lifetime":
		span(&o.MaxLifetime)
	case "max_idle":
		span(&o.MaxIdle)
	case "acquire_timeout":
		span(&o.AcquireTimeout)
	case "connect_timeout":
		if n, nerr := strconv.ParseUint(v, 10, 16); nerr == nil && o.ConnectTimeout == 0 { // seconds, as in Django and in MySQL's programs
			o.ConnectTimeout = time.Duration(n) * time.Second
			break
		}
		span(&o.ConnectTimeout)
	case "statement_timeout":
		span(&o.StatementTimeout)
	case "statements":
		number(&o.Statements)
	case "isolation", "isolation_level":
		text(&o.Isolation)
	case "time_zone":
		text(&o.TimeZone)
	case "read_only":
		var on bool
		if on, err = strconv.ParseBool(v); on {
			o.ReadOnly = true
		}
	case "init_command":
		if v != "" {
			o.Init = append([]string{v}, o.Init...)
		}
	case "charset":
		if v != "utf8mb4" {
			err = fmt.Errorf("%q (texts are always utf8mb4, which holds all of Unicode)", v)
		}
	case "read_default_file", "read_default_group": // have been read
	case "tls":
		s.cfg.TLSConfig = v
	case "ssl_mode", "ssl-mode":
		s.tls.mode = strings.ToLower(v)
	case "ssl_ca":
		s.tls.ca = v
	case "ssl_cert":
		s.tls.cert = v
	case "ssl_key":
		s.tls.key = v
	default:
		err = errors.New(elsewhere[key] + "unknown (known: " + known + ")")
	}
	return err
}
