package serializers_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/serializers"
)

// Rover is a proxy: it has no rows of its own.
type Rover struct{ Dog }

func (Rover) Meta(*Rover) orm.Meta { return orm.Meta{App: "world", Proxy: true} }

// cli runs the commands over databases of its own and applications.
type cli struct {
	ctx    context.Context
	config serializers.Config
	stdin  string
}

// newCLI has the databases default and other with the tables of the world; the working directory of the test is left alone.
func newCLI(t testing.TB) *cli {
	t.Helper()
	dbs := orm.Databases{orm.DefaultDB: sqliteDB(t), "other": sqliteDB(t)}
	ctx := orm.WithModels(orm.WithDatabases(t.Context(), dbs), world().Models...)
	for _, name := range []string{orm.DefaultDB, "other"} {
		if err := migrate.Run(ctx, []migrate.App{world()}, migrate.Options{SyncDB: true, DB: name}); err != nil {
			t.Fatal(err)
		}
	}
	apps := worldApps()
	apps[0].Models = append(apps[0].Models, orm.ModelOf[Rover]())
	apps = append(apps, serializers.App{Label: "empty"})
	return &cli{ctx: ctx, config: serializers.Config{Apps: apps, Extensions: extensions}}
}

// run runs a command line as a process would.
func (c *cli) run(args ...string) (stdout, stderr string, code int) {
	var out, errs bytes.Buffer
	p := &manage.Program{
		Name: "site", Commands: serializers.Commands(func(context.Context) serializers.Config { return c.config }),
		Streams: manage.Streams{In: strings.NewReader(c.stdin), Out: &out, Err: &errs},
	}
	code = p.Run(c.ctx, args)
	return out.String(), errs.String(), code
}

// ok runs a command line that must succeed and say nothing about errors.
func (c *cli) ok(t testing.TB, args ...string) string {
	t.Helper()
	stdout, stderr, code := c.run(args...)
	if code != 0 || stderr != "" {
		t.Fatalf("%q gives %d, %s", args, code, stderr)
	}
	return stdout
}

// twoCities is the fixture that most tests here begin with.
const twoCities = `[{"model": "world.country", "pk": 1, "fields": {"code": "it"}}, {"model": "world.country", "pk": 2, "fields": {"code": "fr"}}, ` +
	`{"model": "world.city", "pk": 1, "fields": {"name": "Rome", "country": 1}}, {"model": "world.city", "pk": 2, "fields": {"name": "Nice", "country": 2}}]`

func citiesCLI(t testing.TB) *cli {
	c := newCLI(t)
	c.stdin = twoCities
	if got := c.ok(t, "loaddata", "--format=json", "-"); got != "Installed 4 object(s) from 1 fixture(s)\n" {
		t.Fatalf("loaddata says %q", got)
	}
	return c
}

func TestDumpCommand(t *testing.T) {
	t.Parallel()
	c := citiesCLI(t)
	const (
		rome  = `{"model": "world.city", "pk": 1, "fields": {"name": "Rome", "country": 1}}`
		nice  = `{"model": "world.city", "pk": 2, "fields": {"name": "Nice", "country": 2}}`
		italy = `{"model": "world.country", "pk": 1, "fields": {"code": "it"}}`
		gaul  = `{"model": "world.country", "pk": 2, "fields": {"code": "fr"}}`
	)
	tests := []struct {
		name, args, want string
	}{
		{"all", "", "[" + rome + ", " + nice + ", " + italy + ", " + gaul + "]\n"},
		{"application", "world", "[" + rome + ", " + nice + ", " + italy + ", " + gaul + "]\n"},
		{"model", "world.City", "[" + rome + ", " + nice + "]\n"},
		{"model in lower case", "world.city", "[" + rome + ", " + nice + "]\n"},
		{"models in the order given", "world.Country world.City", "[" + italy + ", " + gaul + ", " + rome + ", " + nice + "]\n"},
		{"model twice", "world.City world.City", "[" + rome + ", " + nice + "]\n"},
		{"without a model", "--exclude world.Country", "[" + rome + ", " + nice + "]\n"},
		{"without models", "-e world.city -e world.country", "[]\n"},
		{"without models, with a comma", "-e world.city,world.country", "[]\n"},
		{"without an application", "-e world", "[]\n"},
		{"excluded and asked for", "world.City -e world.City", "[]\n"},
		{"no rows", "world.Person", "[]\n"},
		{"indent", "world.City --pks 1 --indent 2", "[\n{\n  \"model\": \"world.city\",\n  \"pk\": 1,\n  \"fields\": {\n    \"name\": \"Rome\",\n    \"country\": 1\n  }\n}\n]\n"},
		{"keys", "world.City --pks 2,9", "[" + nice + "]\n"},
		{"keys twice", "world.City --pks 2 --pks 1", "[" + rome + ", " + nice + "]\n"},
		{"natural foreign", "world.City --natural-foreign --pks 1", `[{"model": "world.city", "pk": 1, "fields": {"name": "Rome", "country": ["it"]}}]` + "\n"},
		{"natural primary", "world.City --natural-primary --pks 1", `[{"model": "world.city", "fields": {"name": "Rome", "country": 1}}]` + "\n"},
		{"natural", "--natural-primary --natural-foreign -e world.city", `[{"model": "world.country", "fields": {"code": "it"}}, {"model": "world.country", "fields": {"code": "fr"}}]` + "\n"},
		{"base manager", "-a world.City", "[" + rome + ", " + nice + "]\n"},
		{"base manager, long", "--all world.City", "[" + rome + ", " + nice + "]\n"},
		{"jsonl", "world.City --format jsonl", `{"model": "world.city","pk": 1,"fields": {"name": "Rome","country": 1}}` + "\n" + `{"model": "world.city","pk": 2,"fields": {"name": "Nice","country": 2}}` + "\n"},
		{"xml", "world.Country --format xml --pks 1", `<?xml version="1.0" encoding="utf-8"?>` + "\n" + `<django-objects version="1.0"><object model="world.country" pk="1"><field name="code" type="CharField">it</field></object></django-objects>`},
		{"yaml", "world.Country --format=yaml --pks 1", "- model: world.country\n  pk: 1\n  fields:\n    code: it\n"},
		{"other database", "--database other", "[]\n"},
		{"quiet", "-v 0 world.City --pks 1", "[" + rome + "]\n"},
		{"loud", "-v 3 world.City --pks 1", "[" + rome + "]\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := c.ok(t, append([]string{"dumpdata"}, strings.Fields(tt.args)...)...); got != tt.want {
				t.Errorf("dumpdata %s writes\n%s\nwant\n%s", tt.args, got, tt.want)
			}
		})
	}
	if got := c.ok(t, "dumpdata", "world.City", "--pks", " 2, 1 "); got != "["+rome+", "+nice+"]\n" {
		t.Errorf("keys with blanks give %s", got)
	}
}

// TestDumpMistakes: each ends with code 1 (2 for a mistake in the command line) and writes nothing.
func TestDumpMistakes(t *testing.T) {
	t.Parallel()
	c := citiesCLI(t)
	tests := []struct {
		name, args string
		code       int
		want       string // a part of what stderr says
	}{
		{"unknown application", "nowhere", 1, `no application with label "nowhere" (there are: world, empty)`},
		{"unknown model", "world.Planet", 1, `unknown model "world.Planet"`},
		{"unknown application left out", "-e nowhere", 1, `no application with label "nowhere"`},
		{"unknown model left out", "--exclude world.Planet", 1, `unknown model "world.Planet"`},
		{"unknown format", "--format toml", 1, `unknown format "toml" (choose json, jsonl, xml or yaml)`},
		{"unknown database", "--database nowhere", 1, "nowhere"},
		{"keys without a model", "--pks 1", 1, "for one model only"},
		{"keys of an application", "world --pks 1", 1, "for one model only"},
		{"keys of two models", "world.City world.Country --pks 1", 1, "for one model only"},
		{"keys of another kind", "world.City --pks x", 1, "x"},
		{"negative indent", "world.City --indent -1", 1, "indent"},
		{"enormous indent", "world.City --indent 1000000000", 1, "indent"},
		{"indent is no number", "--indent two", 2, "indent"},
		{"unknown flag", "--natural", 2, "natural"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			stdout, stderr, code := c.run(append([]string{"dumpdata"}, strings.Fields(tt.args)...)...)
			if code != tt.code || !strings.Contains(stderr, tt.want) {
				t.Errorf("code %d, %s; want %d and %q", code, stderr, tt.code, tt.want)
			}
			if stdout != "" {
				t.Errorf("it writes %.200q", stdout)
			}
		})
	}
	if got := c.ok(t, "dumpdata", "empty"); got != "[]\n" {
		t.Errorf("an application without models gives %q", got)
	}
}

func TestDumpToFile(t *testing.T) {
	t.Parallel()
	c := citiesCLI(t)
	tests := []struct {
		file, args string
		starts     string // the first bytes
	}{
		{"a.json", "", "["},
		{"a.jsonl", "", `{"model":`},
		{"a.xml", "", "<?xml"},
		{"a.yaml", "", "- model"},
		{"a.yml", "", "- model"},
		{"a.txt", "", "["},
		{"a", "", "["},
		{"b.json", "--format=xml", "<?xml"},
		{"a.json.gz", "", "\x1f\x8b"},
		{"a.xml.xz", "", "\xfd7zXZ\x00"},
		{"a.jsonl.lzma", "", "\x5d\x00"},
		{"a.gz", "", "\x1f\x8b"},
	}
	for _, tt := range tests {
		t.Run(tt.file+tt.args, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), tt.file)
			if got := c.ok(t, append([]string{"dumpdata", "-o", file}, strings.Fields(tt.args)...)...); got != "" {
				t.Errorf("stdout gets %q", got)
			}
			b, err := os.ReadFile(file)
			if err != nil || !bytes.HasPrefix(b, []byte(tt.starts)) {
				t.Fatalf("the file is %.40q, %v; want %q first", b, err, tt.starts)
			}
			if tt.args != "" || !strings.Contains(tt.file, ".json") && !strings.Contains(tt.file, "ml") {
				return // loaddata cannot tell the format by the name
			}
			if got := c.ok(t, "loaddata", "--database", "other", file); got != "Installed 4 object(s) from 1 fixture(s)\n" {
				t.Errorf("loaddata says %q", got)
			}
		})
	}
}

// TestDumpFileStays: a file that is there is replaced when all is written, and keeps who may read it.
func TestDumpFileStays(t *testing.T) {
	t.Parallel()
	c := citiesCLI(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "a.json")
	if err := os.WriteFile(file, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	is := func(name, want string) {
		t.Helper()
		if b, err := os.ReadFile(name); string(b) != want {
			t.Errorf("%s is %.80q, %v; want %q", filepath.Base(name), b, err, want)
		}
	}
	for _, args := range []string{"nowhere", "--format=toml", "world.City --pks x"} {
		if _, stderr, code := c.run(append([]string{"dumpdata", "-o", file}, strings.Fields(args)...)...); code != 1 {
			t.Errorf("%s gives %d, %s", args, code, stderr)
		}
		is(file, "old")
	}
	for _, end := range []string{"bz2", "zip"} {
		if _, stderr, code := c.run("dumpdata", "-o", file+"."+end); code != 1 || !strings.Contains(stderr, "can be read but not written") {
			t.Errorf(".%s gives %d, %s", end, code, stderr)
		}
	}
	if _, _, code := c.run("dumpdata", "-o", filepath.Join(dir, "no", "a.json")); code != 1 {
		t.Errorf("a directory that is not there gives %d", code)
	}
	if _, _, code := c.run("dumpdata", "-o", dir); code != 1 {
		t.Errorf("a directory as the file gives %d", code)
	}
	const rome = `[{"model": "world.city", "pk": 1, "fields": {"name": "Rome", "country": 1}}]` + "\n"
	c.ok(t, "dumpdata", "world.City", "--pks", "1", "-o", file)
	is(file, rome)
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has the mode %v, %v; want that it had, -rw-------", info.Mode(), err)
	}
	link := filepath.Join(dir, "link.json")
	if err := os.Symlink(filepath.Join(dir, "far.json"), link); err != nil {
		t.Fatal(err)
	}
	c.ok(t, "dumpdata", "world.City", "--pks", "1", "--output", link)
	is(filepath.Join(dir, "far.json"), rome)
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 3 {
		t.Errorf("the directory holds %v, %v; want 3 files", left, err)
	}
}
