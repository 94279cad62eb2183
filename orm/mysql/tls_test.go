package mysql_test

import (
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/mysql"
)

// TestTLS talks to a server with a real certificate in each of the modes, and shows it one of its own.
func TestTLS(t *testing.T) {
	certs := testservices.NewCertificates(t)
	server := testservices.NewMariaDB(t, "ssl-ca="+certs.CA, "ssl-cert="+certs.ServerCert, "ssl-key="+certs.ServerKey)
	base := server.NewDatabase(t)
	admin := orm.WithDatabase(t.Context(), openURL(t, base, mysql.Options{}))
	for _, sql := range []string{"CREATE USER 'known'@'%' REQUIRE SUBJECT '/CN=site'", "GRANT ALL ON *.* TO 'known'@'%'"} {
		_, err := orm.Exec(admin, sql)
		must(t, err)
	}
	byName := strings.Replace(base, server.Host, "localhost", 1)
	known := strings.Replace(base, "//"+server.User+"@", "//known@", 1)
	file := filepath.Join(t.TempDir(), "my.cnf")
	must(t, os.WriteFile(file, fmt.Appendf(nil, "[client]\nssl-ca=%s\nssl-cert=%s\nssl-key=%s\nssl-mode=VERIFY_IDENTITY\n[other]\nuser=nobody\n", certs.CA, certs.ClientCert, certs.ClientKey), 0o600))
	for _, tt := range []struct{ name, url, want string }{
		{"none by default", base, "plain"},
		{"disabled", base + "?ssl_mode=disabled", "plain"},
		{"preferred", base + "?ssl_mode=preferred", "encrypted"},
		{"required", base + "?ssl_mode=required", "encrypted"},
		{"tls=skip-verify", base + "?tls=skip-verify", "encrypted"},
		{"verify_ca", base + "?ssl_mode=verify_ca&ssl_ca=" + certs.CA, "encrypted"},
		{"verify_ca, by another name", byName + "?ssl_mode=verify_ca&ssl_ca=" + certs.CA, "encrypted"},
		{"verify_identity", base + "?ssl_mode=verify_identity&ssl_ca=" + certs.CA, "encrypted"},
		{"an authority alone", base + "?ssl_ca=" + certs.CA, "encrypted"},
		{"a certificate of our own", known + "?ssl_ca=" + certs.CA + "&ssl_cert=" + certs.ClientCert + "&ssl_key=" + certs.ClientKey, "encrypted"},
		{"an option file", known + "?read_default_file=" + file, "encrypted"},
		{"without the certificate", known + "?ssl_ca=" + certs.CA, "Access denied"},
		{"verify_identity, by another name", byName + "?ssl_mode=verify_identity&ssl_ca=" + certs.CA, "certificate"},
		{"another authority", base + "?ssl_mode=verify_ca&ssl_ca=" + certs.OtherCA, "certificate"},
		{"the system's authorities", base + "?tls=true", "certificate"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := encryption(t, tt.url, mysql.Options{})
			if err != nil {
				got = err.Error()
			}
			if got != tt.want && (err == nil || !strings.Contains(got, tt.want)) {
				t.Errorf("%s: %q, want %q", tt.url, got, tt.want)
			}
		})
	}
	got, err := encryption(t, base+"?ssl_mode=disabled", mysql.Options{TLS: &tls.Config{InsecureSkipVerify: true}})
	if got != "encrypted" || err != nil {
		t.Errorf("with Options.TLS: %q, %v", got, err)
	}
}

func encryption(t *testing.T, url string, o mysql.Options) (got string, err error) {
	t.Helper()
	db, err := mysql.Open(url, o)
	if err != nil {
		return "", err
	}
	defer db.Close()
	err = orm.QueryRows(orm.WithDatabase(t.Context(), db), "SHOW SESSION STATUS LIKE 'Ssl_cipher'", nil, func(c []any) error {
		got = "encrypted"
		if c[1] == "" {
			got = "plain"
		}
		return nil
	})
	return got, err
}

func openURL(t *testing.T, url string, o mysql.Options) *orm.DB {
	t.Helper()
	db, err := mysql.Open(url, o)
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}
