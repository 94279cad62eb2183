package conf

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/internal/closest"
)

// Options say where values come from. The zero value reads nothing.
type Options struct {
	// Environ is the environment as os.Environ returns it. Default: empty.
	Environ []string
	// File is the path of a .env file. A file that does not exist is empty. Default: none.
	File string
	// Prefix is what all variables of the program may start with: "SHOP_". A variable with the prefix that no field
	// reads is warned about. Default: none.
	Prefix string
	// Known are further names that are not warned about.
	Known []string
}

// Report says what FromEnv did.
type Report struct {
	// Entries has one entry for each field that the environment can fill, in the order of the struct.
	Entries []Entry
	// Warnings are about variables that look misspelt.
	Warnings []string
}

// Entry is one setting.
type Entry struct {
	// Name is the variable's name without prefix: "ALLOWED_HOSTS". Field is the path in the struct: "AllowedHosts".
	Name, Field string
	// Value is the value as text, masked if Secret.
	Value string
	// Source is "default" for a field that nobody set, "code" for what the struct held, or "environment", ".env:3".
	Source string
	Secret bool
}

// Error is a variable that cannot be used.
type Error struct {
	// Name is the variable, Source where it was found: "environment" or ".env:3".
	Name, Source string
	// Value is the text, masked if the name says that it is secret.
	Value string
	// Reason says what is wrong, Fix what to write instead.
	Reason, Fix string
}

// Error returns everything in one line.
func (e *Error) Error() string {
	text := fmt.Sprintf("%s (%s): %q %s", e.Name, e.Source, e.Value, e.Reason)
	if e.Fix != "" {
		text += " (" + e.Fix + ")"
	}
	return text
}

// FromEnv fills the struct that dst points to and reports every mistake at once (errors.Join of *Error and *SyntaxError).
// The report is complete even then. FromEnv panics if dst is not a pointer to a struct.
func FromEnv(dst any, opts Options) (*Report, error) {
	v := reflect.ValueOf(dst)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		panic(fmt.Sprintf("conf: FromEnv(%T): need a pointer to a struct", dst))
	}

	env := newEnviron(opts.Environ)
	f := filler{opts: opts, env: env, report: &Report{}}
	f.readFile()
	f.fill(v.Elem(), "", "")
	f.warn()
	if len(f.errs) > 0 {
		return f.report, fmt.Errorf("conf: %w", errors.Join(f.errs...))
	}
	return f.report, nil
}

// variable is a value and its place.
type variable struct {
	name, value, source string
}

type filler struct {
	opts   Options
	env    map[string]string
	file   map[string]variable
	report *Report
	errs   []error
	used   []string
}

func newEnviron(environ []string) map[string]string {
	env := make(map[string]string, len(environ))
	for _, kv := range environ {
		if name, value, ok := strings.Cut(kv, "="); ok {
			env[name] = value
		}
	}
	return env
}

func (f *filler) readFile() {
	f.file = map[string]variable{}
	if f.opts.File == "" {
		return
	}
	data, err := os.ReadFile(f.opts.File)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		f.errs = append(f.errs, err)
		return
	}
	base := f.opts.File[strings.LastIndexAny(f.opts.File, `/\`)+1:]
	vars, err := Parse(base, data, func(name string) (string, bool) { value, ok := f.env[name]; return value, ok })
	if err != nil {
		f.errs = append(f.errs, err)
	}
	for _, v := range vars {
		f.file[v.Name] = variable{v.Name, v.Value, fmt.Sprintf("%s:%d", base, v.Line)}
	}
}

// fill walks the struct's fields; prefix and path belong to the struct that holds them.
func (f *filler) fill(v reflect.Value, prefix, path string) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		tag := field.Tag.Get("env")
		if !field.IsExported() || tag == "-" {
			continue
		}
		name := tag
		if name == "" {
			name = prefix + VarName(field.Name)
		}
		target := v.Field(i)
		parse := parserOf(field.Type)
		switch {
		case parse != nil:
			f.set(target, name, path+field.Name, parse)
		case field.Anonymous && field.Type.Kind() == reflect.Struct:
			f.fill(target, prefix, path)
		case field.Type.Kind() == reflect.Struct && field.Type.NumField() > 0:
			f.fill(target, name+"_", path+field.Name+".")
		}
	}
}

func (f *filler) set(target reflect.Value, name, path string, parse parser) {
	f.used = append(f.used, name)
	entry := Entry{Name: name, Field: path, Source: "code", Secret: IsSecret(name)}
	if target.IsZero() {
		entry.Source = "default"
	}
	found, ok := f.lookup(name, target.Kind() == reflect.String)
	if ok {
		entry.Source = found.source
		value := reflect.New(target.Type()).Elem()
		if reason, fix := parse(value, found.value); reason != "" {
			f.errs = append(f.errs, &Error{Name: found.name, Source: found.source, Value: Mask(found.name, found.value), Reason: reason, Fix: fix})
		} else {
			target.Set(value)
		}
	}
	entry.Value = Mask(name, Text(target.Interface()))
	f.report.Entries = append(f.report.Entries, entry)
}

// lookup finds a variable: environment before file, prefixed before bare, the value before the file that holds it.
func (f *filler) lookup(name string, text bool) (variable, bool) {
	names := []string{name}
	if f.opts.Prefix != "" {
		names = []string{f.opts.Prefix + name, name}
	}
	get := func(name string) (variable, bool) {
		if value, ok := f.env[name]; ok {
			return variable{name, value, "environment"}, true
		}
		v, ok := f.file[name]
		return v, ok
	}
	for _, inFile := range []bool{false, true} {
		for _, n := range names {
			if v, ok := get(n); ok && (v.source != "environment") == inFile {
				return v, true
			}
			if !text {
				continue
			}
			if v, ok := get(n + "_FILE"); ok && (v.source != "environment") == inFile {
				return f.readSecret(v)
			}
		}
	}
	return variable{}, false
}

// readSecret reads a value from the file that a NAME_FILE variable names.
func (f *filler) readSecret(v variable) (variable, bool) {
	data, err := os.ReadFile(v.value)
	if err != nil {
		f.errs = append(f.errs, &Error{Name: v.name, Source: v.source, Value: v.value, Reason: "cannot be read: " + err.Error()})
		return variable{}, false
	}
	return variable{v.name, strings.TrimRight(string(data), "\r\n"), v.source + ", file " + v.value}, true
}

// warn looks for variables that nobody reads: those with the program's prefix, and those that are nearly a known name in
// the file.
func (f *filler) warn() {
	known := slices.Concat(f.used, f.opts.Known)
	all := known
	for _, name := range f.used {
		all = append(all, name+"_FILE")
	}
	check := func(name, source string, ours bool) {
		bare := name
		if f.opts.Prefix != "" && strings.HasPrefix(name, f.opts.Prefix) {
			bare, ours = strings.TrimPrefix(name, f.opts.Prefix), true
		}
		if slices.Contains(all, bare) || slices.Contains(all, name) {
			return
		}
		near := closest.Match(bare, known)
		switch {
		case near != "" && ours:
			f.report.Warnings = append(f.report.Warnings, fmt.Sprintf("%s (%s) is not a setting (did you mean %s?)", name, source, near))
		case ours && bare != name:
			f.report.Warnings = append(f.report.Warnings, fmt.Sprintf("%s (%s) is not a setting", name, source))
		}
	}
	for _, v := range f.file {
		check(v.name, v.source, true)
	}
	for name := range f.env {
		check(name, "environment", false)
	}
	slices.Sort(f.report.Warnings)
}
