package testservices

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// MariaDB is a running MariaDB server of this test binary.
type MariaDB struct {
	// Host and Port are where it listens; User may do anything and has no password.
	Host string
	Port int
	User string

	*process
	client    string
	databases atomic.Int64
}

// mariadb is the server that the tests of this binary share.
var mariadb = sync.OnceValues(func() (*MariaDB, error) {
	return findMariaDB("innodb-flush-log-at-trx-commit=0")
})

// findMariaDB starts a server with further options.
func findMariaDB(options ...string) (*MariaDB, error) {
	server := lookDir("mariadbd", "/usr/sbin")
	client := lookDir("mariadb", "/usr/bin")
	install := lookDir("mariadb-install-db", "/usr/bin")
	if server == "" || client == "" || install == "" {
		return nil, errMissing
	}
	var problems []error
	for range 3 { // another process may take the free port before the server does
		s, err := startMariaDB(filepath.Join(server, "mariadbd"), filepath.Join(client, "mariadb"), filepath.Join(install, "mariadb-install-db"), options)
		if err == nil {
			return s, nil
		}
		problems = append(problems, err)
	}
	return nil, errors.Join(problems...)
}

// StartMariaDB returns the test binary's MariaDB server, which the first call starts. Durability is off: the server is for
// tests alone. The time zones that tests use are loaded.
func StartMariaDB(t testing.TB) *MariaDB {
	t.Helper()
	server, err := mariadb()
	return have(t, server, err, "mariadb", "mariadb-server")
}

// NewMariaDB starts a server for this test alone, which may be stopped and started again: what it has committed is there
// after Kill too. It ends with the test. Options are the server's: "max-connections=5".
func NewMariaDB(t testing.TB, options ...string) *MariaDB {
	t.Helper()
	server, err := findMariaDB(append([]string{"innodb-flush-log-at-trx-commit=2"}, options...)...)
	server = have(t, server, err, "mariadb", "mariadb-server")
	t.Cleanup(server.end)
	return server
}

// Socket is the server's Unix socket.
func (m *MariaDB) Socket() string { return filepath.Join(m.dir, "socket") }

// URL is the address of a database of the server.
func (m *MariaDB) URL(database string) string {
	return fmt.Sprintf("mysql://%s@%s/%s", m.User, net.JoinHostPort(m.Host, strconv.Itoa(m.Port)), database)
}

// NewDatabase makes an empty database for one test and returns its URL. It is dropped when the test ends, even while
// connections to it are open. Its texts compare by the collation, or by the server's default if there is none.
func (m *MariaDB) NewDatabase(t testing.TB, collation ...string) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", m.databases.Add(1))
	create := "CREATE DATABASE " + name + " CHARACTER SET utf8mb4"
	if len(collation) > 0 {
		create += " COLLATE " + collation[0]
	}
	if err := m.run(create); err != nil {
		t.Fatalf("testservices: %v", err)
	}
	t.Cleanup(func() {
		if err := m.run("DROP DATABASE IF EXISTS " + name); err != nil {
			t.Errorf("testservices: %v", err)
		}
	})
	return m.URL(name)
}

// run gives SQL to the server by its client program.
func (m *MariaDB) run(sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, m.client, "--no-defaults", "-h", m.Host, "-P", strconv.Itoa(m.Port), "-u", m.User, "mysql")
	cmd.Stdin = strings.NewReader(sql)
	return run(cmd)
}

// timeZones are loaded into the server, which knows none by itself.
var timeZones = []string{
	"UTC", "Europe/Berlin", "Europe/London", "Europe/Paris", "America/New_York", "America/Los_Angeles", "America/Sao_Paulo", "America/St_Johns",
	"Asia/Kathmandu", "Asia/Kolkata", "Asia/Tokyo", "Australia/Melbourne", "Australia/Sydney", "Africa/Nairobi", "Pacific/Kiritimati", "Pacific/Auckland",
}

func startMariaDB(program, client, install string, options []string) (*MariaDB, error) {
	server := &MariaDB{Host: "127.0.0.1", User: "test", client: client}
	dir, err := scratch("nuages-mariadb-")
	if err != nil {
		return nil, err
	}
	data, first := filepath.Join(dir, "data"), filepath.Join(dir, "first.sql")
	grant := "CREATE USER IF NOT EXISTS '" + server.User + "'@'%';\nGRANT ALL ON *.* TO '" + server.User + "'@'%' WITH GRANT OPTION;\n"
	if err := os.WriteFile(first, []byte(grant), 0o644); err != nil {
		return nil, err
	}
	as, err := unprivileged(dir)
	if err != nil {
		return nil, err
	}

	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	init := exec.CommandContext(ctx, install, "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db",
		"--skip-name-resolve", "--innodb-log-file-size=4M", "--innodb-buffer-pool-size=16M")
	as(init)
	if err := run(init); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}

	if server.Port, err = freePort(); err != nil {
		return nil, err
	}
	args := []string{
		program, "--no-defaults", "--datadir=" + data,
		"--bind-address=" + server.Host, "--port=" + strconv.Itoa(server.Port), "--socket=" + filepath.Join(dir, "socket"), "--pid-file=" + filepath.Join(dir, "pid"),
		"--init-file=" + first, "--skip-name-resolve", "--max-connections=200", "--innodb-doublewrite=0", "--innodb-flush-method=nosync", "--sync-frm=OFF",
		"--innodb-log-file-size=32M", "--innodb-buffer-pool-size=64M", "--character-set-server=utf8mb4", "--skip-log-bin",
	}
	for _, option := range options {
		args = append(args, "--"+option)
	}
	server.process = &process{dir: dir, fast: syscall.SIGTERM, hard: syscall.SIGKILL, ready: func(context.Context) bool { return server.run("SELECT 1") == nil }}
	if err := server.start(ctx, as, args); err != nil {
		return nil, err
	}
	if err := server.loadZones(ctx); err != nil {
		server.end()
		return nil, err
	}
	return server, nil
}

// loadZones fills the server's tables of time zones from the system's, as its manual says. Without the system's the tests
// of zones tell.
func (m *MariaDB) loadZones(ctx context.Context) error {
	dir := lookDir("mariadb-tzinfo-to-sql", "/usr/bin")
	if dir == "" {
		return nil
	}
	var sql strings.Builder
	for _, zone := range timeZones {
		file := filepath.Join("/usr/share/zoneinfo", zone)
		if _, err := os.Stat(file); err != nil {
			continue
		}
		out, err := exec.CommandContext(ctx, filepath.Join(dir, "mariadb-tzinfo-to-sql"), file, zone).Output()
		if err != nil {
			return fmt.Errorf("mariadb-tzinfo-to-sql: %w", err)
		}
		sql.Write(out)
	}
	return m.run(sql.String())
}
