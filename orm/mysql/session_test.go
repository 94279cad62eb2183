package mysql_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/dialecttest"
	"github.com/nuages-go/nuages/orm/mysql"
)

func TestConnected(t *testing.T) {
	url := testservices.StartMariaDB(t).NewDatabase(t)
	dialecttest.RunConnected(t, func(_ testing.TB, connected func(ctx context.Context, s dialect.Session) error) (*orm.DB, error) {
		return mysql.Open(url, mysql.Options{Connected: connected})
	})
}

// TestGroupConcat: long texts of groups are whole, where a server would cut them, and an update counts the rows that it
// found.
func TestGroupConcat(t *testing.T) {
	ctx, admin := two(t, mysql.Options{})
	_, err := orm.Exec(admin, "SET GLOBAL group_concat_max_len = 1024")
	must(t, err)
	_, err = orm.Exec(ctx, "CREATE TABLE note (id bigint AUTO_INCREMENT PRIMARY KEY, text longtext NOT NULL)")
	must(t, err)
	ctx = orm.WithModels(ctx, orm.ModelOf[note]())
	list := make([]*note, 500)
	for i := range list {
		list[i] = &note{Text: strings.Repeat("x", 3000)}
	}
	must(t, orm.Objects[note]().BulkCreate(ctx, list))
	length := 0
	must(t, orm.QueryRows(ctx, "SELECT GROUP_CONCAT(text SEPARATOR '') FROM note", nil, func(c []any) error {
		switch v := c[0].(type) {
		case string:
			length = len(v)
		case []byte:
			length = len(v)
		}
		return nil
	}))
	if length != 500*3000 {
		t.Errorf("the text has %d bytes, want %d", length, 500*3000)
	}
	n := orm.Fields[note]()
	same := orm.Set(&n.Text, list[0].Text)
	if found, err := orm.Objects[note]().Update(ctx, same); err != nil || found != 500 {
		t.Errorf("an update that changes nothing = %d, %v, want 500 rows", found, err)
	}
}

// TestShell: the client program meets the server as the site does.
func TestShell(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ca.pem")
	must(t, os.WriteFile(file, []byte(testCA(t)), 0o600))
	for _, tt := range []struct{ name, url, args, mysql, maria string }{
		{"plain", "mariadb://u@h:3307/d", "--host=h --port=3307 --protocol=TCP --user=u --default-character-set=utf8mb4 d", "", ""},
		{"socket", "mariadb://u@/d?socket=/run/x.sock", "--socket=/run/x.sock --user=u --default-character-set=utf8mb4 d", "", ""},
		{"tls", "mariadb://u@h/d?tls=true", "", "--ssl-mode=VERIFY_IDENTITY", "--ssl --ssl-verify-server-cert"},
		{"no tls", "mariadb://u@h/d?ssl_mode=disabled", "", "--ssl-mode=DISABLED", "--skip-ssl"},
		{"required", "mariadb://u@h/d?tls=skip-verify", "", "--ssl-mode=REQUIRED", "--ssl"},
		{"authority", "mariadb://u@h/d?ssl_mode=verify_ca&ssl_ca=" + file, "--host=h --port=3306 --protocol=TCP --user=u --default-character-set=utf8mb4 --ssl-ca=" + file + " d", "--ssl-mode=VERIFY_CA", "--ssl --ssl-verify-server-cert"},
	} {
		db, err := mysql.OpenURL(tt.url)
		must(t, err)
		sh := db.Backend().(dialect.Sheller).Shell()
		must(t, db.Close())
		if got := strings.Join(sh.Args, " "); tt.args != "" && got != tt.args {
			t.Errorf("%s: arguments %q, want %q", tt.name, got, tt.args)
		}
		for program, want := range map[string]string{"mysql": tt.mysql, "mariadb": tt.maria} {
			if !slices.Equal(sh.Own[program], strings.Fields(want)) {
				t.Errorf("%s: arguments of %s %q, want %q", tt.name, program, sh.Own[program], want)
			}
		}
	}
}

// testCA is a certificate of an authority.
func testCA(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, key.Public(), key)
	must(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
