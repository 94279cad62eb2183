package postgres_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/postgres"
)

// TestTLS talks to a server with a real certificate in each of the modes, and shows it one of its own.
func TestTLS(t *testing.T) {
	certs := testservices.NewCertificates(t)
	server := testservices.NewPostgres(t, "ssl=on", "ssl_cert_file="+certs.ServerCert, "ssl_key_file="+certs.ServerKey, "ssl_ca_file="+certs.CA)
	base := strings.TrimSuffix(server.NewDatabase(t), "?sslmode=disable")
	byName := strings.Replace(base, server.Host, "localhost", 1)
	services := filepath.Join(t.TempDir(), "services")
	name := base[strings.LastIndexByte(base, '/')+1:]
	must(t, os.WriteFile(services, fmt.Appendf(nil, "[site]\nhost=%s\nport=%d\nuser=%s\ndbname=%s\nsslmode=verify-full\nsslrootcert=%s\n", server.Host, server.Port, server.User, name, certs.CA), 0o600))
	for _, tt := range []struct{ name, url, want string }{
		{"disable", base + "?sslmode=disable", "false "},
		{"by default where it can", base, "true "},
		{"require", base + "?sslmode=require", "true "},
		{"verify-ca", base + "?sslmode=verify-ca&sslrootcert=" + certs.CA, "true "},
		{"verify-ca, by another name", byName + "?sslmode=verify-ca&sslrootcert=" + certs.CA, "true "},
		{"verify-full", base + "?sslmode=verify-full&sslrootcert=" + certs.CA, "true "},
		{"a certificate of our own", base + "?sslmode=verify-full&sslrootcert=" + certs.CA + "&sslcert=" + certs.ClientCert + "&sslkey=" + certs.ClientKey, "true /CN=site"},
		{"a service", "postgres:///?service=site&servicefile=" + services, "true "},
		{"verify-full, by another name", byName + "?sslmode=verify-full&sslrootcert=" + certs.CA, "certificate"},
		{"another authority", base + "?sslmode=verify-ca&sslrootcert=" + certs.OtherCA, "certificate"},
		{"the system's authorities", base + "?sslmode=verify-full", "certificate"},
		{"no such mode", base + "?sslmode=always", "sslmode"},
		{"no such file", base + "?sslmode=verify-full&sslrootcert=/no/such/file", "/no/such/file"},
		{"a key without a certificate", base + "?sslmode=require&sslkey=" + certs.ClientKey, "sslcert"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			db, err := postgres.Open(tt.url, postgres.Options{MaxConns: 1})
			if err == nil {
				defer db.Close()
				err = orm.QueryRows(orm.WithDatabase(t.Context(), db), "SELECT ssl, COALESCE(client_dn, '') FROM pg_stat_ssl WHERE pid = pg_backend_pid()", nil, func(c []any) error {
					got = fmt.Sprint(c[0], " ", c[1])
					return nil
				})
			}
			if err != nil {
				got = err.Error()
			}
			if got != tt.want && (err == nil || !strings.Contains(got, tt.want)) {
				t.Errorf("%s: %q, want %q", tt.url, got, tt.want)
			}
		})
	}
}
