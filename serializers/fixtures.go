package serializers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/nuages-go/nuages/orm"
)

// Config is what the commands know of a site.
type Config struct {
	// Apps are the applications.
	Apps []App
	// Dirs are further directories with fixtures. Django: FIXTURE_DIRS.
	Dirs []string
	// Zone is where moments without a zone are. Default: UTC.
	Zone *time.Location
	// Extensions add formats and packings. Default: none, YAML is written but not read, and .xz neither.
	Extensions []Extension
}

// FixtureOptions say which fixtures LoadFixtures finds, and how they are loaded.
type FixtureOptions struct {
	// Using names the database. Default: "default".
	Using string
	// App limits the search to the fixtures of one application.
	App string
	// IgnoreNonexistent leaves out fields and models that the site does not have.
	IgnoreNonexistent bool
	// Exclude are applications and models to leave out.
	Exclude []string
	// Format is that of Stdin, for the name "-".
	Format Format
	Stdin  io.Reader
	// Log, if not nil, is told which places are searched and what is found.
	Log func(format string, args ...any)
}

// LoadFixtures finds fixtures by their names and loads them, see Load. A name is that of a file without its format,
// "people", or with it, "people.json.gz"; it may begin with directories. Each is looked for in the fixtures of the
// applications, in Config.Dirs and in the working directory, as name[.database].format[.packing], and loaded from all places
// that have it. Django: loaddata.
func LoadFixtures(ctx context.Context, c Config, o FixtureOptions, names ...string) (Result, error) {
	skip, err := excluded(c.Apps, o.Exclude)
	if err != nil {
		return Result{}, err
	}
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	var sources []Source
	for _, name := range names {
		found, err := c.find(&o, name)
		if err != nil {
			return Result{}, err
		}
		sources = append(sources, found...)
	}
	lo := LoadOptions{Using: o.Using, IgnoreNonexistent: o.IgnoreNonexistent, Zone: c.Zone, Extensions: c.Extensions}
	return Load(ctx, lo, skip, sources...)
}

// place is where fixtures are looked for.
type place struct {
	label string
	open  func(name string) (fs.File, error)
}

func dirPlace(dir string) place {
	return place{label: dir, open: func(name string) (fs.File, error) { return os.Open(filepath.Join(dir, name)) }}
}

// places are where a fixture may be.
func (c *Config) places(o *FixtureOptions, name string) ([]place, error) {
	if filepath.IsAbs(name) {
		return []place{dirPlace("/")}, nil
	}
	var out []place
	known := false
	for _, a := range c.Apps {
		if o.App != "" && a.Label != o.App {
			continue
		}
		known = true
		if a.Fixtures != nil {
			out = append(out, place{label: "the fixtures of " + a.Label, open: func(name string) (fs.File, error) {
				return a.Fixtures.Open(filepath.ToSlash(filepath.Clean(name)))
			}})
		}
	}
	if o.App != "" {
		if !known {
			_, err := chosen(c.Apps, o.App)
			return nil, err
		}
		return out, nil
	}
	for _, dir := range c.Dirs {
		out = append(out, dirPlace(dir))
	}
	return append(out, dirPlace("")), nil
}

// find finds a fixture in all places.
//
// Django 6.1 django/core/management/commands/loaddata.py find_fixtures.
func (c *Config) find(o *FixtureOptions, name string) ([]Source, error) {
	if name == "-" {
		if o.Format == "" {
			return nil, errors.New("serializers: the format of standard input is not known (add --format=json)")
		}
		return []Source{{Name: "-", Format: o.Format, Open: func() (io.ReadCloser, error) { return io.NopCloser(o.Stdin), nil }}}, nil
	}
	if name == "" || os.IsPathSeparator(name[len(name)-1]) {
		return nil, fmt.Errorf("serializers: no fixture named %q found (name a file, perhaps without its format)", name)
	}
	x := extensions(c.Extensions)
	rest, end := x.cut(name)
	formats, ends := Formats(), x.ends()
	if end != "" {
		ends = []string{end}
	}
	if dot := strings.LastIndexByte(filepath.Base(rest), '.'); dot >= 0 {
		suffix := filepath.Base(rest)[dot+1:]
		f, err := ParseFormat(suffix)
		if err != nil {
			return nil, fmt.Errorf("serializers: problem installing fixture %q: %s is not a known serialization format (json, jsonl, xml or yaml)", name, suffix)
		}
		formats, rest = []Format{f}, strings.TrimSuffix(rest, "."+suffix)
	}
	targets := targetsOf(rest, o.Using, formats, ends)

	o.Log("Loading '%s' fixtures...\n", name)
	places, err := c.places(o, name)
	if err != nil {
		return nil, err
	}
	var out []Source
	for _, p := range places {
		o.Log("Checking %s for fixtures...\n", placeName(p))
		found, err := p.look(targets, x)
		if err != nil {
			return nil, err
		}
		if len(found) > 1 {
			return nil, fmt.Errorf("serializers: multiple fixtures named %q in %s (write the format: %s)", name, placeName(p), found[0].Name)
		}
		for _, src := range found {
			o.Log("Installing %s fixture '%s' from %s.\n", src.Format, name, placeName(p))
		}
		out = append(out, found...)
	}
	if len(out) == 0 {
		var labels []string
		for _, p := range places {
			labels = append(labels, placeName(p))
		}
		return nil, fmt.Errorf("serializers: no fixture named %q found (looked in %s)", name, strings.Join(slices.Compact(labels), ", "))
	}
	return out, nil
}

func placeName(p place) string {
	if p.label == "" {
		return "the working directory"
	}
	return p.label
}

// target is a name that a fixture may have.
type target struct {
	name   string
	format Format
	end    string
}

func targetsOf(name, using string, formats []Format, ends []string) []target {
	if using == "" {
		using = orm.DefaultDB
	}
	var out []target
	for _, db := range []string{"", "." + using} {
		for _, f := range formats {
			suffixes := []string{string(f)}
			if f == YAML {
				suffixes = append(suffixes, "yml")
			}
			for _, suffix := range suffixes {
				for _, end := range ends {
					full := name + db + "." + suffix
					if end != "" {
						full += "." + end
					}
					out = append(out, target{full, f, end})
				}
			}
		}
	}
	return out
}

// look finds which targets are in a place.
func (p place) look(targets []target, x extensions) ([]Source, error) {
	var out []Source
	for _, t := range targets {
		f, err := p.open(t.name)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) || errors.Is(err, syscall.ENOTDIR) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("serializers: %w", err)
		}
		info, err := f.Stat()
		_ = f.Close()
		if err != nil || info.IsDir() {
			continue
		}
		label := t.name
		if p.label != "" && p.label != "/" {
			label = p.label + ": " + t.name
			if !strings.Contains(p.label, " ") {
				label = filepath.Join(p.label, t.name)
			}
		}
		out = append(out, Source{Name: label, Format: t.format, Open: func() (io.ReadCloser, error) {
			f, err := p.open(t.name)
			if err != nil {
				return nil, err
			}
			r, err := x.unpack(f, t.end)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", label, err)
			}
			return r, nil
		}})
	}
	return out, nil
}
