package serializers_test

import (
	"bytes"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/nuages-go/nuages/serializers"
	"github.com/nuages-go/nuages/serializers/xz"
	"github.com/nuages-go/nuages/serializers/yaml"
)

// extensions are all that there are.
var extensions = []serializers.Extension{yaml.Format(), xz.Packing()}

// TestWithoutExtensions loads and writes what needs an extension, in a site that has none: the error names the package.
func TestWithoutExtensions(t *testing.T) {
	t.Parallel()
	c := newCLI(t)
	c.config.Apps[0].Fixtures = fstest.MapFS{
		"list.yaml": {Data: []byte("- model: world.country\n  fields: {code: ya}\n")}, "x.json.xz": {Data: []byte(packed(t, "xz", "[]"))},
		"l.json.lzma": {Data: []byte(packed(t, "lzma", "[]"))},
	}
	c.config.Extensions = nil
	dir := t.TempDir()
	tests := []struct{ name, args, want string }{
		{"YAML", "loaddata list", "YAML cannot be read without package serializers/yaml (add yaml.Format() to Site.Fixtures)"},
		{"YAML from standard input", "loaddata - --format yaml", "add yaml.Format() to Site.Fixtures"},
		{"xz", "loaddata x", "x.json.xz: .xz files need package serializers/xz (add xz.Packing() to Site.Fixtures)"},
		{"lzma", "loaddata l", "l.json.lzma: .lzma files need package serializers/xz"},
		{"writing xz", "dumpdata -o " + filepath.Join(dir, "a.json.xz"), "serializers: .xz files need package serializers/xz"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, stderr, code := c.run(strings.Fields(tt.args)...)
			if code != 1 || !strings.Contains(stderr, tt.want) || strings.Count(stderr, "serializers: ") > 1 {
				t.Errorf("%s = %d, %q, want %q", tt.args, code, stderr, tt.want)
			}
		})
	}
	if _, stderr, code := c.run("dumpdata", "--format=yaml"); code != 0 {
		t.Errorf("dumpdata --format=yaml = %d, %q, want that YAML is written without the extension", code, stderr)
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) > 0 {
		t.Errorf("left are %v, %v, want nothing", list, err)
	}
}

// TestOwnPacking reads and writes files that are packed by a packing of the site's own.
func TestOwnPacking(t *testing.T) {
	t.Parallel()
	c := newCLI(t)
	c.config.Apps[0].Fixtures = fstest.MapFS{"own.json.rot": {Data: []byte(strings.Map(rot, country("ro")))}}
	c.config.Extensions = []serializers.Extension{{Packings: []serializers.Packing{{
		Suffix: "rot",
		Reader: func(r io.Reader) (io.Reader, error) {
			all, err := io.ReadAll(r)
			return strings.NewReader(strings.Map(rot, string(all))), err
		},
	}}}}
	if stdout, stderr, code := c.run("loaddata", "own"); code != 0 || !strings.Contains(stdout, "Installed 1 object(s)") {
		t.Errorf("loaddata own = %d, %q, %q", code, stdout, stderr)
	}
	if _, stderr, code := c.run("dumpdata", "-o", filepath.Join(t.TempDir(), "a.json.rot")); code != 1 || !strings.Contains(stderr, ".rot can be read but not written") {
		t.Errorf("dumpdata to a packing without a writer = %d, %q", code, stderr)
	}
}

// rot exchanges the halves of the alphabet.
func rot(r rune) rune {
	switch {
	case 'a' <= r && r <= 'm' || 'A' <= r && r <= 'M':
		return r + 13
	case 'n' <= r && r <= 'z' || 'N' <= r && r <= 'Z':
		return r - 13
	}
	return r
}

// TestDictionary asks for a dictionary of 1 GiB in the head of a block of .xz.
func TestDictionary(t *testing.T) {
	t.Parallel()
	file := []byte(packed(t, "xz", strings.Repeat(country("xz"), 3)))
	read := xz.Packing().Packings[0].Reader
	r, err := read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(r); err != nil || !strings.HasPrefix(string(text), country("xz")) {
		t.Fatalf("the file itself is %q, %v", text, err)
	}
	const head = 12
	block := file[head : head+(int(file[head])+1)*4]
	at := bytes.Index(block, []byte{0x21, 1})
	if at < 0 {
		t.Fatalf("the head of the block is % x", block)
	}
	block[at+2] = 36 // 2 << (18 + 11)
	sum := crc32.ChecksumIEEE(block[:len(block)-4])
	for i := range 4 {
		block[len(block)-4+i] = byte(sum >> (8 * i))
	}
	if _, err := read(bytes.NewReader(file)); err == nil || !strings.Contains(err.Error(), "its dictionary has 1073741824 bytes, and 268435456 are allowed") {
		t.Errorf("with a dictionary of 1 GiB: %v", err)
	}
	for n := range file {
		if r, err := read(bytes.NewReader(file[:n])); err == nil {
			_, _ = io.Copy(io.Discard, r)
		}
	}
}

// TestProxyWarning dumps a proxy: it has no rows of its own, which is worth a word unless its model is dumped too.
func TestProxyWarning(t *testing.T) {
	t.Parallel()
	c := newCLI(t)
	for args, want := range map[string]string{
		"world.Rover":           "world.Rover is a proxy model and won't be serialized.\n",
		"world.Rover world.Dog": "", "world": "", "": "", "world.Rover -e world.Rover": "",
	} {
		if stdout, stderr, code := c.run(append([]string{"dumpdata"}, strings.Fields(args)...)...); code != 0 || stderr != want || stdout != "[]\n" {
			t.Errorf("dumpdata %s = %d, %q, %q, want %q", args, code, stdout, stderr, want)
		}
	}
}
