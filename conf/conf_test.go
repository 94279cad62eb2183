package conf_test

import (
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nuages-go/nuages/conf"
)

type mail struct {
	Host string
	Port int
}

type settings struct {
	SecretKey         string
	Debug             bool
	AppendSlash       *bool
	AllowedHosts      []string
	SecureHSTSSeconds int
	Timeout           time.Duration
	Limit             conf.Size
	Home              *url.URL
	Trusted           []netip.Prefix
	Labels            map[string]string
	Ratio             float64
	Workers           uint8
	Mail              mail
	Other             string `env:"ODD_NAME"`
	Left              string `env:"-"`
	Hook              func()
}

func fill(t *testing.T, dotenv string, environ ...string) (settings, *conf.Report, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(file, []byte(dotenv), 0o600); err != nil {
		t.Fatal(err)
	}
	s := settings{SecureHSTSSeconds: 60}
	report, err := conf.FromEnv(&s, conf.Options{Environ: environ, File: file, Prefix: "SHOP_"})
	return s, report, err
}

func TestFromEnvFillsEveryKind(t *testing.T) {
	t.Parallel()
	got, _, err := fill(t, "SECRET_KEY=abc\nDEBUG=yes\nAPPEND_SLASH=off\nALLOWED_HOSTS=a.example, b.example,\nTIMEOUT=1h30m\nLIMIT=2.5MiB\n"+
		"HOME_=x\nTRUSTED=10.0.0.0/8,::1\nLABELS=a=1,b=2\nRATIO=0.25\nWORKERS=8\nMAIL_HOST=mx\nMAIL_PORT=2_525\nODD_NAME=odd\nLEFT=no\n",
		"HOME=https://example.com/x")
	if err != nil {
		t.Fatal(err)
	}
	want := settings{
		SecretKey: "abc", Debug: true, AppendSlash: new(false), AllowedHosts: []string{"a.example", "b.example"}, SecureHSTSSeconds: 60,
		Timeout: 90 * time.Minute, Limit: conf.MiB * 5 / 2, Home: &url.URL{Scheme: "https", Host: "example.com", Path: "/x"},
		Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")},
		Labels:  map[string]string{"a": "1", "b": "2"}, Ratio: 0.25, Workers: 8, Mail: mail{"mx", 2525}, Other: "odd",
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }), cmp.Comparer(func(a, b func()) bool { return true })); diff != "" {
		t.Errorf("FromEnv (-want +got):\n%s", diff)
	}
}

func TestFromEnvPrecedence(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, dotenv string
		environ      []string
		want, source string
	}{
		{"default", "", nil, "", "default"},
		{"file", "\nSECRET_KEY=file", nil, "file", ".env:2"},
		{"prefixed in file", "SECRET_KEY=file\nSHOP_SECRET_KEY=ours", nil, "ours", ".env:2"},
		{"environment over file", "SHOP_SECRET_KEY=file", []string{"SECRET_KEY=env"}, "env", "environment"},
		{"prefixed over bare", "", []string{"SECRET_KEY=env", "SHOP_SECRET_KEY=ours"}, "ours", "environment"},
		{"empty counts", "SECRET_KEY=file", []string{"SECRET_KEY="}, "", "environment"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, report, err := fill(t, tt.dotenv, tt.environ...)
			if err != nil {
				t.Fatal(err)
			}
			if got.SecretKey != tt.want || report.Entries[0].Source != tt.source {
				t.Errorf("SECRET_KEY = %q from %s, want %q from %s", got.SecretKey, report.Entries[0].Source, tt.want, tt.source)
			}
		})
	}
}

func TestFromEnvReportsEveryMistakeAtOnce(t *testing.T) {
	t.Parallel()
	_, _, err := fill(t, "DEBUG=maybe\nTIMEOUT=soon\nbad line\nWORKERS=256", "SHOP_LIMIT=big", "TRUSTED=10.0.0.0/8,x", "RATIO=NaN")
	want := []string{
		`.env:3: no NAME=value at "bad line"`,
		`DEBUG (.env:1): "maybe" is not a boolean (use true or false)`,
		`TIMEOUT (.env:2): "soon" is not a duration`,
		`SHOP_LIMIT (environment): "big" is not a size`,
		`TRUSTED (environment): "10.0.0.0/8,x" holds "x", which is not a network`,
		`RATIO (environment): "NaN" is not a number`,
		`WORKERS (.env:4): "256" is out of range`,
	}
	for _, line := range want {
		if !strings.Contains(fmt.Sprint(err), line) {
			t.Errorf("error has no %q:\n%v", line, err)
		}
	}
}

func TestFromEnvMasksSecrets(t *testing.T) {
	t.Parallel()
	var s struct {
		APIToken    int
		DatabaseURL string
	}
	report, err := conf.FromEnv(&s, conf.Options{Environ: []string{"API_TOKEN=hunter2", "DATABASE_URL=postgres://me:p@ss@db/x"}})
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("error = %v, want one without the value", err)
	}
	if got := report.Entries[1].Value; got != "postgres://me:"+conf.Stars+"@db/x" {
		t.Errorf("DATABASE_URL shown as %q", got)
	}
}

func TestFromEnvWarnsOfMisspeltNames(t *testing.T) {
	t.Parallel()
	_, report, err := fill(t, "ALOWED_HOSTS=x\nUNRELATED=1\nSECRET_KEY_FILE=/dev/null\n", "SHOP_DEBG=1", "SHOP_COLOUR=red", "DEBUGG=1", "PATH=/bin")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"ALOWED_HOSTS (.env:1) is not a setting (did you mean ALLOWED_HOSTS?)",
		"SHOP_COLOUR (environment) is not a setting",
		"SHOP_DEBG (environment) is not a setting (did you mean DEBUG?)",
	}
	if diff := cmp.Diff(want, report.Warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestSecretFromFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte("from file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, report, err := fill(t, "", "SECRET_KEY_FILE="+file)
	if err != nil || got.SecretKey != "from file" {
		t.Errorf("SECRET_KEY = %q, %v", got.SecretKey, err)
	}
	if source := report.Entries[0].Source; !strings.HasPrefix(source, "environment, file") {
		t.Errorf("source = %q", source)
	}
}

func TestVarName(t *testing.T) {
	t.Parallel()
	for field, want := range map[string]string{
		"SecretKey": "SECRET_KEY", "SecureHSTSSeconds": "SECURE_HSTS_SECONDS", "Debug": "DEBUG", "UseXForwardedHost": "USE_X_FORWARDED_HOST",
		"XFrameOptions": "X_FRAME_OPTIONS", "DatabaseURL": "DATABASE_URL", "Ignorable404URLs": "IGNORABLE_404_URLS", "UseTZ": "USE_TZ",
		"UseI18N": "USE_I18N", "I18N": "I18N", "L10NPath": "L10N_PATH", "Top10Lists": "TOP_10_LISTS", "H2Conns": "H_2_CONNS",
		"SecureCSP": "SECURE_CSP", "URLs": "URLS", "CSRFTrustedOrigins": "CSRF_TRUSTED_ORIGINS",
	} {
		if got := conf.VarName(field); got != want {
			t.Errorf("VarName(%q) = %q, want %q", field, got, want)
		}
	}
}
