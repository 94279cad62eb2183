package mysql_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/mysql"
)

func TestURLOptions(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "my.cnf")
	must(t, os.WriteFile(file, []byte("[mysqld]\nport=1\n[client]\nuser = fileuser\npassword = \"a#b c\"\nhost=db.example.org # the primary\nport=3310\ndatabase=filedb\n[mysql]\nuser=no\n"), 0o600))
	socket := filepath.Join(t.TempDir(), "socket.cnf")
	must(t, os.WriteFile(socket, []byte("[client]\nsocket=/run/db.sock\nhost=localhost\n"), 0o600))
	for _, tt := range []struct{ name, url, user, password, net, addr, db string }{
		{"plain", "mysql://u:p%40ss@h:3307/d", "u", "p@ss", "tcp", "h:3307", "d"},
		{"defaults", "mysql:///d", "", "", "tcp", "127.0.0.1:3306", "d"},
		{"IPv6", "mysql://u@[::1]/d", "u", "", "tcp", "[::1]:3306", "d"},
		{"socket", "mysql://u@/d?socket=/run/x.sock", "u", "", "unix", "/run/x.sock", "d"},
		{"option file", "mysql://?read_default_file=" + file, "fileuser", "a#b c", "tcp", "db.example.org:3310", "filedb"},
		{"more than the option file", "mariadb://other@h2/own?read_default_file=" + file, "other", "a#b c", "tcp", "h2:3310", "own"},
		{"a group of the option file", "mysql://h/d?read_default_group=mysql&read_default_file=" + file, "no", "a#b c", "tcp", "h:3310", "d"},
		{"Django's word for a socket", "mysql://u@/d?unix_socket=/run/x.sock", "u", "", "unix", "/run/x.sock", "d"},
		{"socket of the option file", "mysql://u@/d?read_default_file=" + socket, "u", "", "unix", "/run/db.sock", "d"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg, err := mysql.ParseURL(tt.url, &mysql.Options{})
			must(t, err)
			if cfg.User != tt.user || cfg.Passwd != tt.password || cfg.Net != tt.net || cfg.Addr != tt.addr || cfg.DBName != tt.db {
				t.Errorf("%s = %s:%s@%s(%s)/%s", tt.url, cfg.User, cfg.Passwd, cfg.Net, cfg.Addr, cfg.DBName)
			}
			if !cfg.ClientFoundRows || !cfg.ParseTime || cfg.Loc != time.UTC {
				t.Errorf("found rows %t, times %t in %s", cfg.ClientFoundRows, cfg.ParseTime, cfg.Loc)
			}
		})
	}
}

func TestURLSetsOptions(t *testing.T) {
	t.Parallel()
	o := mysql.Options{MaxConns: 7}
	_, err := mysql.ParseURL("mariadb://h/d?max_conns=3&max_idle_conns=2&max_lifetime=2m&max_idle=1m&acquire_timeout=3s&connect_timeout=4&statement_timeout=5s&"+
		"statements=9&isolation=serializable&read_only=true&init_command=SET%20@x=1&charset=utf8mb4", &o)
	must(t, err)
	if o.MaxConns != 7 || o.MaxIdleConns != 2 || o.MaxLifetime != 2*time.Minute || o.MaxIdle != time.Minute || o.AcquireTimeout != 3*time.Second ||
		o.ConnectTimeout != 4*time.Second || o.StatementTimeout != 5*time.Second || o.Statements != 9 || o.Isolation != "serializable" || !o.ReadOnly ||
		strings.Join(o.Init, ";") != "SET @x=1" || o.Flavor != "mariadb" {
		t.Errorf("options = %+v", o)
	}
}

func TestURLRefuses(t *testing.T) {
	t.Parallel()
	noCert := filepath.Join(t.TempDir(), "ca.pem")
	must(t, os.WriteFile(noCert, []byte("nothing"), 0o600))
	for url, want := range map[string]string{
		"mysql://h/d?charset=latin1":                                     "utf8mb4",
		"mysql://h/d?max_conns=-1":                                       "negative",
		"mysql://h/d?max_idle=-1s":                                       "negative",
		"mysql://h/d?read_only=perhaps":                                  "read_only",
		"mysql://h/d?nonsense=1":                                         "known: socket",
		"mysql://h/d?sql_mode=ANSI":                                      "always strict",
		"mysql://h/d?read_timeout=5":                                     "statement_timeout",
		"mysql://h/d?read_default_group=site":                            "read_default_file",
		"mysql://h/d?ssl_mode=verify":                                    "verify_identity",
		"mysql://h/d?tls=true&ssl_mode=required":                         "exclude",
		"mysql://h/d?ssl_cert=x":                                         "ssl_key",
		"mysql://h/d?ssl_ca=" + noCert:                                   "no certificate",
		"mysql://h/d?ssl_ca=/no/such/file":                               "ssl_ca",
		"mysql://h/d?read_default_file=/no/such/file":                    "read_default_file",
		"mysql://h:99999/d":                                              "port",
		"mysql:h/d":                                                      "cannot be read",
		"mysql://h/d?statement_timeout=5":                                "statement_timeout",
		"mysql://u:s3cret@h/d?isolation=snapshot&connect_timeout=s3cret": "mysql: ",
	} {
		_, err := mysql.ParseURL(url, &mysql.Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q in it", url, err, want)
		}
	}
}

func TestTLSModes(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string]struct{ on, skip, verify, plain bool }{
		"disabled": {}, "preferred": {on: true, skip: true, plain: true}, "required": {on: true, skip: true},
		"verify_ca": {on: true, skip: true, verify: true}, "VERIFY_IDENTITY": {on: true},
	} {
		cfg, err := mysql.ParseURL("mysql://db.example.org/d?ssl_mode="+mode, &mysql.Options{})
		must(t, err)
		if (cfg.TLS != nil) != want.on || cfg.AllowFallbackToPlaintext != want.plain {
			t.Errorf("%s: TLS %v, plain text %t", mode, cfg.TLS != nil, cfg.AllowFallbackToPlaintext)
		}
		if cfg.TLS != nil && (cfg.TLS.InsecureSkipVerify != want.skip || (cfg.TLS.VerifyConnection != nil) != want.verify) {
			t.Errorf("%s: skip %t, own verification %t", mode, cfg.TLS.InsecureSkipVerify, cfg.TLS.VerifyConnection != nil)
		}
	}
}

func TestZoneOfNoPlace(t *testing.T) {
	t.Parallel()
	if _, err := mysql.OpenURL("mysql://h/d?time_zone=Mars/Olympus"); err == nil || !strings.Contains(err.Error(), "no time zone") {
		t.Errorf("OpenURL = %v", err)
	}
	if db, err := mysql.Open(testservices.StartMariaDB(t).NewDatabase(t), mysql.Options{TimeZone: "America/Chicago"}); err == nil || !strings.Contains(err.Error(), "mariadb-tzinfo-to-sql") {
		if err == nil {
			_ = db.Close()
		}
		t.Errorf("a zone that the server does not know: %v", err)
	}
}

// FuzzURL: whatever a URL says, it is read or refused, and the password is not shown.
func FuzzURL(f *testing.F) {
	for _, seed := range []string{
		"mysql://u:s3cret-password@h:3306/d?tls=true", "mariadb://u:s3cret-password@%2Frun%2Fx/d", "mysql:///?ssl_mode=required&ssl_ca=x", "mysql://[::1]:1/d?a=b&a=%zz",
		"mysql://h/d?max_conns=99999999999999999999",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if strings.Contains(raw, "read_default_file") || strings.Contains(raw, "ssl_") {
			t.Skip("names a file")
		}
		cfg, err := mysql.ParseURL(raw, &mysql.Options{})
		switch {
		case err == nil && (cfg.Addr == "" || cfg.Net != "tcp" && cfg.Net != "unix"):
			t.Errorf("%q gives no address: %+v", raw, cfg)
		case err != nil && strings.Contains(raw, ":s3cret-password@") && strings.Contains(err.Error(), "s3cret-password"):
			t.Errorf("%q: the error shows the password: %v", raw, err)
		}
	})
}

func TestVersions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		version string
		maria   bool
		old     string
	}{
		{"8.4.0", false, ""},
		{"9.1.0-commercial", false, ""},
		{"8.0.39", false, "MySQL 8.0.39"},
		{"10.11.6-MariaDB-0+deb12u1", true, ""},
		{"5.5.5-10.6.18-MariaDB", true, "MariaDB 10.6.18"},
		{"12.0.1-MariaDB", true, ""},
		{"next-MariaDB", true, ""},
	} {
		err := mysql.CheckVersion(tt.version, tt.maria)
		ve, old := errors.AsType[*orm.VersionError](err)
		if old != (tt.old != "") || old && !strings.Contains(ve.Error(), tt.old) {
			t.Errorf("%s: %v, want %q", tt.version, err, tt.old)
		}
	}
	if got := mysql.StrictMode("ANSI_QUOTES,PIPES_AS_CONCAT,NO_ZERO_DATE,'; DROP"); got != "NO_ZERO_DATE,STRICT_TRANS_TABLES,NO_UNSIGNED_SUBTRACTION" {
		t.Errorf("strict mode = %s", got)
	}
	if got := mysql.TimeoutSQL(1500*time.Millisecond, true); got != "SET SESSION max_statement_time = 1.5" {
		t.Error(got)
	}
	if got := mysql.TimeoutSQL(1500*time.Millisecond, false); got != "SET SESSION max_execution_time = 1500" {
		t.Error(got)
	}
}

// TestSession sees what a connection of a URL with options is like.
func TestSession(t *testing.T) {
	url := testservices.StartMariaDB(t).NewDatabase(t)
	ask := func(query, sql string) string {
		t.Helper()
		db, err := mysql.OpenURL(url + query)
		must(t, err)
		defer db.Close()
		text := ""
		must(t, orm.QueryRows(orm.WithDatabase(t.Context(), db), sql, nil, func(c []any) error {
			switch v := c[0].(type) {
			case string:
				text = v
			case []byte:
				text = string(v)
			}
			return nil
		}))
		return text
	}
	const state = "SELECT CONCAT_WS(' ', @@character_set_connection, @@time_zone, REPLACE(@@tx_isolation, '-', '_'), @@tx_read_only, CAST(@@max_statement_time AS CHAR), IFNULL(@x, 'none'))"
	if got, want := ask("", state), "utf8mb4 +00:00 READ_COMMITTED OFF 0.000000 none"; got != want {
		t.Errorf("a session is %s, want %s", got, want)
	}
	if got, want := ask("?isolation=repeatable+read&read_only=1&statement_timeout=2s&init_command=SET+@x%3D5", state), "utf8mb4 +00:00 REPEATABLE_READ ON 2.000000 5"; got != want {
		t.Errorf("a session is %s, want %s", got, want)
	}
	if mode := ask("", "SELECT @@sql_mode"); !strings.Contains(mode, "STRICT_TRANS_TABLES") {
		t.Errorf("the session is not strict: %s", mode)
	}
	sock := ask("", "SELECT @@socket")
	if _, err := os.Stat(sock); err != nil {
		t.Fatalf("the server that this test started has no socket to reach: %v", err)
	}
	db, err := mysql.OpenURL("mysql://test@/" + url[strings.LastIndexByte(url, '/')+1:] + "?socket=" + sock)
	must(t, err)
	defer db.Close()
	must(t, db.Ping(t.Context()))
}

// TestStatementTimeout: the server's own limit has an error of its own.
func TestStatementTimeout(t *testing.T) {
	db := open(t, mysql.Options{StatementTimeout: 50 * time.Millisecond})
	defer db.Close()
	ctx := orm.WithDatabase(t.Context(), db)
	if err := orm.QueryRows(ctx, "SELECT SLEEP(5)", nil, func([]any) error { return nil }); !errors.Is(err, orm.ErrStatementTimeout) {
		t.Errorf("error = %v, want ErrStatementTimeout", err)
	}
	must(t, db.Ping(ctx))
}

// TestReadOnly: a database that is opened read only refuses to write.
func TestReadOnly(t *testing.T) {
	url := testservices.StartMariaDB(t).NewDatabase(t)
	db, err := mysql.Open(url, mysql.Options{ReadOnly: true})
	must(t, err)
	defer db.Close()
	_, err = orm.Exec(orm.WithDatabase(t.Context(), db), "CREATE TABLE t (id int)")
	if e, ok := errors.AsType[*mysql.Error](err); !ok || e.Number != 1792 {
		t.Errorf("error = %v, want 1792", err)
	}
}

// TestZones: a zone that the server does not know is an error, where CONVERT_TZ would find nothing.
func TestZones(t *testing.T) {
	db := open(t, mysql.Options{})
	defer db.Close()
	ctx := orm.WithDatabase(t.Context(), db)
	_, err := orm.Exec(ctx, "CREATE TABLE item (id bigint AUTO_INCREMENT PRIMARY KEY, name varchar(100) NOT NULL, pages bigint NOT NULL, created datetime(6) NOT NULL)")
	must(t, err)
	must(t, orm.Create(ctx, &Item{Name: "x", Created: time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC)}))
	count := func(zone string) (int, error) {
		return orm.Objects[Item]().Filter(orm.Lookup("created__date", time.Date(2025, 12, 31, 12, 0, 0, 0, time.UTC))).Count(orm.WithTimeZone(ctx, zone))
	}
	for range 2 {
		n, err := count("America/New_York")
		must(t, err)
		if n != 1 {
			t.Errorf("%d rows of the last day in New York, want 1", n)
		}
	}
	for range 2 {
		_, err := count("America/Chicago") // not loaded by the tests' server
		if err == nil || !strings.Contains(err.Error(), `"America/Chicago"`) || !strings.Contains(err.Error(), "mariadb-tzinfo-to-sql") {
			t.Errorf("error = %v, want one that says how to load the zones", err)
		}
	}
	if n, err := count("-05:00"); n != 1 || err != nil {
		t.Errorf("at an offset: %d, %v", n, err)
	}
}
