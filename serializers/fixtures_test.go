package serializers_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"

	"github.com/nuages-go/nuages/orm"
)

// country is a fixture of one country.
func country(code string) string {
	return `[{"model": "world.country", "fields": {"code": "` + code + `"}}]`
}

// bz2 is country("bz") by the program bzip2, which Go does not write.
const bz2 = "QlpoOTFBWSZTWQppI+UAAAmbgFAFABAACh8nnrogAFRQAABkyCKfqajRp6ageptTymZgnThqwAItyMlmhLbBCpNoyuDjDzRJST23lvbd8XckU4UJAKaSPlA="

// packed packs a text.
func packed(t testing.TB, end, s string) string {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch end {
	case "gz":
		w := gzip.NewWriter(&b)
		_, werr := w.Write([]byte(s))
		err = errors.Join(werr, w.Close())
	case "xz":
		w, werr := xz.NewWriter(&b)
		if err = werr; err == nil {
			_, werr = w.Write([]byte(s))
			err = errors.Join(werr, w.Close())
		}
	case "lzma":
		w, werr := lzma.NewWriter(&b)
		if err = werr; err == nil {
			_, werr = w.Write([]byte(s))
			err = errors.Join(werr, w.Close())
		}
	case "zip":
		return archive(t, s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// archive is a zip file that holds texts.
func archive(t testing.TB, texts ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i, s := range texts {
		w, err := z.Create(string(rune('a'+i)) + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// fixtureCLI has fixtures in two applications and in a directory, which it returns.
func fixtureCLI(t testing.TB) (c *cli, dir string) {
	t.Helper()
	c = newCLI(t)
	bzip, err := base64.StdEncoding.DecodeString(bz2)
	if err != nil {
		t.Fatal(err)
	}
	whole := packed(t, "gz", country("xx"))
	files := map[string]string{
		"plain.json": country("pl"), "lines.jsonl": strings.Trim(country("jl"), "[]"),
		"mark.xml":  `<django-objects version="1.0"><object model="world.country"><field name="code" type="CharField">xm</field></object></django-objects>`,
		"list.yaml": "- model: world.country\n  fields: {code: ya}\n", "short.yml": "- model: world.country\n  fields: {code: ym}\n",
		"g.json.gz": packed(t, "gz", country("gz")), "x.json.xz": packed(t, "xz", country("xz")), "l.json.lzma": packed(t, "lzma", country("lz")),
		"z.json.zip": packed(t, "zip", country("zi")), "b.json.bz2": string(bzip),
		"here.default.json": country("de"), "there.other.json": country("ot"),
		"sub/deep.json": country("su"), "both.json": country("b1"),
		"twice.json": country("t1"), "twice.xml": "", "twicedb.json": country("t1"), "twicedb.default.json": country("t2"),
		"empty.json": "[]", "more.json": "[] []", "nothing.json": "", "folder.json/x": "",
		"two.json.zip": archive(t, country("z1"), country("z2")), "none.json.zip": archive(t),
		"false.json.gz": "[]", "false.json.zip": "[]", "falsex.json.xz": "[]", "falsel.json.lzma": "[]", "falseb.json.bz2": "[]", "falsez.json.zip": "[]",
		"cut.json.gz": whole[:len(whole)-12], "crc.json.gz": whole[:len(whole)-8] + "abcd" + whole[len(whole)-4:],
		"large.json.lzma": "\x5d\xff\xff\xff\x7f\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00\x00",
	}
	for name, plain := range map[string]string{"crcl.jsonl": "lines.jsonl", "crcx.xml": "mark.xml", "crcy.yaml": "list.yaml"} {
		all := packed(t, "gz", files[plain])
		files[name+".gz"] = all[:len(all)-8] + "abcd" + all[len(all)-4:]
	}
	fsys := fstest.MapFS{}
	for name, s := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(s)}
	}
	c.config.Apps[0].Fixtures = fsys
	c.config.Apps[1].Fixtures = fstest.MapFS{"both.json": &fstest.MapFile{Data: []byte(country("b2"))}}
	dir = t.TempDir()
	for name, s := range map[string]string{"both.json": country("b3"), "extra.json": country("ex"), "zipped.json.zip": archive(t, country("zd")), "file": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c.config.Dirs = []string{filepath.Join(dir, "missing"), dir}
	return c, dir
}

// codes are the countries of a database.
func (c *cli) codes(t testing.TB, db string) string {
	t.Helper()
	list, err := orm.Objects[Country]().Using(db).All(c.ctx)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, x := range list {
		out = append([]string{x.Code}, out...)
	}
	return strings.Join(out, " ")
}

func (c *cli) forget(t testing.TB) {
	t.Helper()
	for _, db := range []string{orm.DefaultDB, "other"} {
		if _, err := orm.Objects[Country]().Using(db).Delete(c.ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFixtureSearch finds fixtures by their names.
func TestFixtureSearch(t *testing.T) {
	t.Parallel()
	c, dir := fixtureCLI(t)
	one := "Installed 1 object(s) from 1 fixture(s)\n"
	tests := []struct {
		name, args string
		want       string // the countries, sorted
		says       string
	}{
		{"name", "plain", "pl", one},
		{"name and format", "plain.json", "pl", one},
		{"lines", "lines", "jl", one},
		{"xml", "mark", "xm", one},
		{"yaml", "list", "ya", one},
		{"yml", "short", "ym", one},
		{"yml in full", "short.yml", "ym", one},
		{"gz", "g", "gz", one},
		{"gz with the format", "g.json", "gz", one},
		{"gz in full", "g.json.gz", "gz", one},
		{"gz without the format", "g.gz", "gz", one},
		{"xz", "x", "xz", one},
		{"lzma", "l", "lz", one},
		{"zip", "z", "zi", one},
		{"bz2", "b", "bz", one},
		{"zip of a directory", "zipped", "zd", one},
		{"for the database", "here", "de", one},
		{"for the database, in full", "here.default.json", "de", one},
		{"below", "sub/deep", "su", one},
		{"below, in full", "./sub/deep.json", "su", one},
		{"directory", "extra", "ex", one},
		{"absolute", filepath.Join(dir, "extra"), "ex", one},
		{"absolute, in full", filepath.Join(dir, "extra.json"), "ex", one},
		{"everywhere", "both", "b1 b2 b3", "Installed 3 object(s) from 3 fixture(s)\n"},
		{"of one application", "--app empty both", "b2", one},
		{"several", "plain extra mark", "ex pl xm", "Installed 3 object(s) from 3 fixture(s)\n"},
		{"the same twice", "plain plain", "pl", "Installed 2 object(s) from 2 fixture(s)\n"},
		{"left out", "plain -e world.Country", "", "Installed 0 object(s) (of 1) from 1 fixture(s)\n"},
		{"application left out", "plain extra --exclude world", "", "Installed 0 object(s) (of 2) from 2 fixture(s)\n"},
		{"quiet", "plain -v 0", "pl", ""},
		{"loud", "plain -v 2 --app world", "pl", "Loading 'plain' fixtures...\nChecking the fixtures of world for fixtures...\nInstalling json fixture 'plain' from the fixtures of world.\n" + one},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c.forget(t)
			says := c.ok(t, append([]string{"loaddata"}, strings.Fields(tt.args)...)...)
			if says != tt.says {
				t.Errorf("it says %q, want %q", says, tt.says)
			}
			if got := c.codes(t, orm.DefaultDB); got != tt.want {
				t.Errorf("there are %q, want %q", got, tt.want)
			}
			if got := c.codes(t, "other"); got != "" {
				t.Errorf("the other database has %q", got)
			}
		})
	}
	c.forget(t)
	if says := c.ok(t, "loaddata", "--database=other", "there", "plain"); says != "Installed 2 object(s) from 2 fixture(s)\n" || c.codes(t, "other") != "ot pl" || c.codes(t, orm.DefaultDB) != "" {
		t.Errorf("for the other database: %q, %q, default %q", says, c.codes(t, "other"), c.codes(t, orm.DefaultDB))
	}
}

// TestFixtureMistakes: each ends with code 1 (2 for a mistake in the command line), says why, and loads nothing.
func TestFixtureMistakes(t *testing.T) {
	t.Parallel()
	c, dir := fixtureCLI(t)
	tests := []struct {
		name, args string
		code       int
		want       []string // parts of what stderr says
	}{
		{"no name", "", 2, []string{"at least one fixture"}},
		{"unknown", "plain absent", 1, []string{`no fixture named "absent" found`, "the fixtures of world", dir, "the working directory"}},
		{"for another database", "there", 1, []string{`no fixture named "there" found`}},
		{"of another application", "--app empty plain", 1, []string{`no fixture named "plain" found (looked in the fixtures of empty)`}},
		{"unknown application", "--app nowhere plain", 1, []string{`no application with label "nowhere"`}},
		{"unknown format", "plain.toml", 1, []string{`problem installing fixture "plain.toml": toml is not a known serialization format`}},
		{"two in one place", "twice", 1, []string{`multiple fixtures named "twice" in the fixtures of world`}},
		{"two for the database", "twicedb", 1, []string{`multiple fixtures named "twicedb"`}},
		{"unknown application left out", "plain -e nowhere", 1, []string{`no application with label "nowhere"`}},
		{"unknown model left out", "plain -e world.Planet", 1, []string{`unknown model "world.Planet"`}},
		{"unknown database", "plain --database nowhere", 1, []string{"nowhere"}},
		{"standard input of no format", "-", 1, []string{"format of standard input", "--format=json"}},
		{"standard input of an unknown format", "- --format toml", 1, []string{`unknown format "toml"`}},
		{"a directory", "folder", 1, []string{`no fixture named "folder" found`}},
		{"below a file", "file/extra", 1, []string{`no fixture named "file/extra" found`}},
		{"outside", "../../../etc/passwd", 1, []string{"no fixture named"}},
		{"empty name", "--app=world ./", 1, []string{`no fixture named "./" found`, "name a file"}},
		{"empty file", "plain nothing", 1, []string{"nothing.json"}},
		{"zip of two", "two", 1, []string{"two.json.zip", "holds one file, and this has 2"}},
		{"zip of none", "none", 1, []string{"none.json.zip", "this has 0"}},
		{"no gz", "false.json.gz", 1, []string{"false.json.gz", "no gz file"}},
		{"no xz", "falsex", 1, []string{"falsex.json.xz", "no xz file"}},
		{"no lzma", "falsel", 1, []string{"falsel.json.lzma", "no lzma file"}},
		{"no bz2", "falseb", 1, []string{"falseb.json.bz2", "bzip2"}},
		{"no zip", "falsez", 1, []string{"falsez.json.zip", "no zip file"}},
		{"cut", "plain cut", 1, []string{"cut.json.gz", "truncated"}},
		{"more after the end", "more", 1, []string{"more.json", "there is more after the end of the list"}},
		{"bad sum", "plain crc", 1, []string{"crc.json.gz", "invalid checksum"}},
		{"bad sum of lines", "crcl", 1, []string{"crcl.jsonl.gz", "invalid checksum"}},
		{"bad sum of XML", "crcx", 1, []string{"crcx.xml.gz", "invalid checksum"}},
		{"bad sum of YAML", "crcy", 1, []string{"crcy.yaml.gz", "invalid checksum"}},
		{"lzma that wants much memory", "large", 1, []string{"large.json.lzma", "dictionary"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			stdout, stderr, code := c.run(append([]string{"loaddata"}, strings.Fields(tt.args)...)...)
			if code != tt.code || stdout != "" {
				t.Errorf("code %d, stdout %q; want %d and nothing", code, stdout, tt.code)
			}
			for _, want := range tt.want {
				if !strings.Contains(stderr, want) {
					t.Errorf("it says %s, want %q in it", stderr, want)
				}
			}
			if got := c.codes(t, orm.DefaultDB); got != "" {
				t.Errorf("it has loaded %s", got)
			}
		})
	}
	stdout, stderr, code := c.run("loaddata", "empty", "plain")
	if code != 0 || stdout != "Installed 1 object(s) from 2 fixture(s)\n" || !strings.Contains(stderr, "No fixture data found for 'the fixtures of world: empty.json'") {
		t.Errorf("an empty fixture gives %d, %q, %q", code, stdout, stderr)
	}
}

// TestFixtureIgnore: -i leaves out what the site does not have.
func TestFixtureIgnore(t *testing.T) {
	t.Parallel()
	c := newCLI(t)
	c.stdin = `[{"model": "world.country", "pk": 1, "fields": {"code": "it", "anthem": "Fratelli"}}, {"model": "mars.crater", "pk": 1, "fields": {}}]`
	if _, stderr, code := c.run("loaddata", "-", "--format=json"); code != 1 || !strings.Contains(stderr, "Country has no field named 'anthem'") {
		t.Errorf("without -i: %d, %s", code, stderr)
	}
	for _, flag := range []string{"-i", "--ignorenonexistent"} {
		if says := c.ok(t, "loaddata", "-", "--format=json", flag); says != "Installed 1 object(s) from 1 fixture(s)\n" {
			t.Errorf("%s says %q", flag, says)
		}
	}
	if got := c.codes(t, orm.DefaultDB); got != "it" {
		t.Errorf("there is %q", got)
	}
	c.stdin = `[{"model": "world.city", "pk": 1, "fields": {"name": "Lost", "country": 99}}]`
	_, stderr, code := c.run("loaddata", "-", "--format", "json")
	if code != 1 || !strings.Contains(stderr, "problem installing fixtures") || !strings.Contains(stderr, "99") {
		t.Errorf("a key that leads nowhere gives %d, %s", code, stderr)
	}
}

// TestWorkingDirectory: names are looked for there too.
func TestWorkingDirectory(t *testing.T) {
	c := newCLI(t)
	t.Chdir(t.TempDir())
	if err := os.Mkdir("data", 0o700); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]string{"near.json": country("ne"), "data/far.yaml": "- {model: world.country, fields: {code: fa}}\n"} {
		if err := os.WriteFile(name, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if says := c.ok(t, "loaddata", "near", "data/far"); says != "Installed 2 object(s) from 2 fixture(s)\n" || c.codes(t, orm.DefaultDB) != "fa ne" {
		t.Errorf("it says %q and loads %q", says, c.codes(t, orm.DefaultDB))
	}
}
