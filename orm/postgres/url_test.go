package postgres_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/postgres"
)

func TestURLSetsOptions(t *testing.T) {
	t.Parallel()
	o := postgres.Options{Statements: 7}
	rest, err := postgres.OwnOptions("postgres://u:p%40ss@h:5433/d?sslmode=disable&assume_role=reader&isolation_level=serializable&acquire_timeout=3s&read_only=true&statements=9&prepare=off", &o)
	if err != nil || rest != "postgres://u:p%40ss@h:5433/d?sslmode=disable" {
		t.Errorf("left is %q, %v", rest, err)
	}
	if o.Role != "reader" || o.Isolation != "serializable" || o.AcquireTimeout != 3*time.Second || !o.ReadOnly || o.Statements != 7 || !o.NoPrepare {
		t.Errorf("options = %+v", o)
	}
	for _, query := range []string{"acquire_timeout=3", "acquire_timeout=-1s", "read_only=maybe", "statements=many", "prepare=perhaps", "isolation_level=chaos"} {
		db, err := postgres.OpenURL("postgres://u:s3cret@h/d?" + query)
		if err == nil {
			t.Errorf("%s is taken", query)
			_ = db.Close()
		} else if name, _, _ := strings.Cut(query, "="); !strings.Contains(strings.ToLower(err.Error()), name) && name != "isolation_level" || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", query, err)
		}
	}
}

// TestURLOptionsHold asks the server what a connection got.
func TestURLOptionsHold(t *testing.T) {
	t.Parallel()
	plain := open(t, postgres.Options{})
	ctx := orm.WithDatabase(t.Context(), plain)
	var url string
	if err := orm.QueryRows(ctx, "SELECT current_database(), inet_server_port()::text", nil, func(c []any) error {
		url = "postgres://postgres@127.0.0.1:" + c[1].(string) + "/" + c[0].(string) + "?sslmode=disable"
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	db := openURL(t, url+"&assume_role=pg_read_all_data&isolation_level=serializable&read_only=true&acquire_timeout=100ms&pool_max_conns=1", postgres.Options{})
	ctx = orm.WithDatabase(t.Context(), db)
	err := orm.QueryRows(ctx, "SELECT current_user::text, current_setting('default_transaction_isolation'), current_setting('default_transaction_read_only')", nil, func(c []any) error {
		if c[0] != "pg_read_all_data" || c[1] != "serializable" || c[2] != "on" {
			t.Errorf("the session has %v", c)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = orm.Atomic(ctx, func(_ context.Context) error {
		start := time.Now()
		_, err := orm.Exec(ctx, "SELECT 1") // the only connection is in use
		if err == nil || time.Since(start) > 10*time.Second {
			t.Errorf("a second connection: %v after %s", err, time.Since(start))
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func FuzzURL(f *testing.F) {
	for _, seed := range []string{
		"postgres://u:s3cret-password@h:5432/d?assume_role=r", "postgresql://u:s3cret-password@%2Frun%2Fx/d?acquire_timeout=1h", "postgres://[::1]:1/d?read_only=1&a=%zz",
		"postgres://h/d?statements=99999999999999999999", "host=h user=u password=x", "postgres://h:p/d?isolation_level=%00",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		var o postgres.Options
		rest, err := postgres.OwnOptions(raw, &o)
		if err != nil && strings.Contains(raw, ":s3cret-password@") && strings.Contains(err.Error(), "s3cret-password") {
			t.Errorf("%q: the error shows the password: %v", raw, err)
		}
		if err != nil {
			return
		}
		var again postgres.Options
		if twice, err := postgres.OwnOptions(rest, &again); err != nil || twice != rest || again.Role != "" || again.ReadOnly {
			t.Errorf("%q: %q still has options of ours: %q, %v", raw, rest, twice, err)
		}
	})
}

// TestForeignWords: options that a team brings along from Django, psycopg or libpq work, or are refused with what to write
// instead.
func TestForeignWords(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"pool=false": "pool_max_conns", "server_side_binding=0": "always on", "prepare_threshold=5": "prepare=off", "client_encoding=LATIN1": "always UTF8",
		"gssencmode=require": "use sslmode", "hostaddr=10.0.0.1": "verify-ca", "keepalives_idle=30": "known: sslmode", "cursor_factory=x": "orm.QueryRows",
		"time_zone=Mars/Olympus": "no time zone", "timezone=Mars/Olympus": "no time zone", "disable_server_side_cursors=perhaps": "disable_server_side_cursors",
	} {
		for _, raw := range []string{"postgres://u:s3cret@h/d?" + query, "host=h user=u password=s3cret " + query} {
			if own := strings.HasPrefix(query, "time_zone") || strings.HasPrefix(query, "disable"); own && !strings.HasPrefix(raw, "postgres:") {
				continue // ours, which only URLs have
			}
			db, err := postgres.OpenURL(raw)
			if err == nil {
				_ = db.Close()
			}
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%s: %v, want %q", query, err, want)
			}
		}
	}
	var url string
	ctx := orm.WithDatabase(t.Context(), open(t, postgres.Options{}))
	if err := orm.QueryRows(ctx, "SELECT current_database(), inet_server_port()::text", nil, func(c []any) error {
		url = "postgres://postgres@127.0.0.1:" + c[1].(string) + "/" + c[0].(string) + "?sslmode=disable"
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	all := "&pool=true&client_encoding=UTF8&keepalives=1&gssencmode=prefer&sslcompression=0&fallback_application_name=newsroom&timezone=Europe/Berlin" +
		"&options=-c%20work_mem%3D77MB&statement_timeout=7s&init_command=SET%20temp_buffers%20%3D%20%273MB%27"
	ctx = orm.WithDatabase(t.Context(), openURL(t, url+all, postgres.Options{}))
	err := orm.QueryRows(ctx, "SELECT concat_ws(' ', current_setting('application_name'), current_setting('TimeZone'), current_setting('work_mem'), current_setting('statement_timeout'), current_setting('temp_buffers'))", nil, func(c []any) error {
		if c[0] != "newsroom Europe/Berlin 77MB 7s 3MB" {
			t.Errorf("the session has %v", c[0])
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	err = openURL(t, url+"&max_con=5", postgres.Options{}).Ping(t.Context()) // only the server knows all of its settings
	if err == nil || !strings.Contains(err.Error(), `"max_con"`) || !strings.Contains(err.Error(), "pool_max_conns") {
		t.Errorf("an option that nobody knows: %v", err)
	}
}
