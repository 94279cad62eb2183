package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"flag"
	"fmt"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"text/template"

	"github.com/nuages-go/nuages/manage"
)

//go:embed project app
var files embed.FS

// data is what the files' templates see.
type data struct {
	Name, Title string
	Module      string
	Version     string
	SecretKey   string
	Checkout    string // the framework's own sources, if this program was built from them
	Requires    string // what the framework requires, for a go.mod that replaces it
}

func startProject() manage.Command {
	return manage.Command{
		Name: "startproject", Help: "Write a new project.", Args: "NAME [DIR]", Standalone: true,
		Long: "NAME is the program's name; the files go to DIR, by default ./NAME, which must be empty or not there.",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			module := flags.String("module", "", "the module's `PATH` (default NAME)")
			return func(ctx context.Context, in *manage.Invocation) error {
				name, dir, err := target(in.Args)
				if err != nil {
					return err
				}
				d := data{Name: name, Title: title(name), Module: *module, Version: "v" + version, SecretKey: secretKey()}
				if d.Module == "" {
					d.Module = name
				}
				if err := d.findCheckout(); err != nil {
					return err
				}
				if err := write("project", dir, d); err != nil {
					return err
				}
				if err := d.resolve(ctx, dir); err != nil {
					return err
				}
				in.Printf("%s is in %s. Next:\n\n    cd %s\n    go run . migrate\n    go run . runserver\n", d.Title, dir, dir)
				return nil
			}
		},
	}
}

func startApp() manage.Command {
	return manage.Command{
		Name: "startapp", Help: "Write a new application into a project.", Args: "NAME [DIR]", Standalone: true,
		Setup: func(*flag.FlagSet) manage.RunFunc {
			return func(_ context.Context, in *manage.Invocation) error {
				name, dir, err := target(in.Args)
				if err != nil {
					return err
				}
				if strings.Contains(name, "-") {
					return manage.UsageErrorf("%q cannot be a package's name (use letters, digits and underscores)", name)
				}
				module, err := importPath(dir)
				if err != nil {
					return err
				}
				if err := write("app", dir, data{Name: name, Title: title(name), Module: module}); err != nil {
					return err
				}
				in.Printf("The application is in %s. Add it to the site:\n\n    Apps: []apps.App{%s.App()}\n    urls.Include(\"%s/\", %s.URLs())\n", dir, name, name, name)
				return nil
			}
		},
	}
}

var namePattern = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

// target reads the arguments: a name and a directory that must be free.
func target(args []string) (name, dir string, err error) {
	if len(args) == 0 || len(args) > 2 {
		return "", "", manage.UsageErrorf("give a name and perhaps a directory")
	}
	name = args[0]
	if !namePattern.MatchString(name) || token.IsKeyword(name) || name == "main" || name == "test" || name == "internal" || name == "vendor" {
		return "", "", manage.UsageErrorf("%q is not a good name (use lower-case letters and digits, and no word of the language)", name)
	}
	dir = name
	if len(args) == 2 {
		dir = args[1]
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", "", err
	}
	for _, e := range entries {
		if e.Name() != ".git" {
			return "", "", fmt.Errorf("%s is not empty (it holds %s)", dir, e.Name())
		}
	}
	return name, dir, nil
}

// write renders the files of a tree into dir. A file's name loses .tmpl; those that begin with a dot stand without it in
// the tree, and an application's templates go to a directory of its name.
func write(tree, dir string, d data) error {
	return fs.WalkDir(files, tree, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		source, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		parsed, err := template.New(name).Parse(string(source))
		if err != nil {
			return err
		}
		var out bytes.Buffer
		if err := parsed.Execute(&out, d); err != nil {
			return err
		}
		rel := strings.TrimSuffix(strings.TrimPrefix(name, tree+"/"), ".tmpl")
		switch {
		case rel == "env" || rel == "env.example" || rel == "gitignore":
			rel = "." + rel
		case tree == "app" && path.Dir(rel) == "templates":
			rel = path.Join("templates", d.Name, path.Base(rel))
		case rel == "app_test.go":
			rel = d.Name + "_test.go"
		}
		return writeFile(filepath.Join(dir, filepath.FromSlash(rel)), out.Bytes())
	})
}

func writeFile(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if filepath.Base(name) == ".env" {
		mode = 0o600 // it holds the secret key
	}
	return os.WriteFile(name, append(bytes.TrimSpace(content), '\n'), mode)
}

// findCheckout looks for the sources that this program was built from. A released version in the module cache is none.
func (d *data) findCheckout() error {
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) || strings.Contains(file, "@v") {
		return nil
	}
	root := filepath.Dir(filepath.Dir(filepath.Dir(file)))
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil || !bytes.Contains(mod, []byte("module github.com/nuages-go/nuages\n")) {
		return nil
	}
	_, requires, _ := strings.Cut(string(mod), "\nrequire")
	d.Checkout, d.Version = root, "v0.0.0-00010101000000-000000000000"
	if requires != "" {
		d.Requires = "\nrequire" + indirect(requires)
	}
	return nil
}

// indirect marks the framework's requirements as those of a program that gets them through it.
func indirect(requires string) string {
	var b strings.Builder
	for line := range strings.Lines(requires) {
		text := strings.TrimRight(line, "\n")
		if fields := strings.Fields(text); len(fields) == 2 && strings.HasPrefix(fields[1], "v") {
			text += " // indirect"
		}
		b.WriteString(text + "\n")
	}
	return b.String()
}

// resolve completes go.sum: from the checkout, else by the go command.
func (d *data) resolve(ctx context.Context, dir string) error {
	if d.Checkout != "" {
		sum, err := os.ReadFile(filepath.Join(d.Checkout, "go.sum"))
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o644)
	}
	cmd := exec.CommandContext(ctx, "go", "mod", "tidy")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("the project is written, but go mod tidy failed: %w\n%s", err, out)
	}
	return nil
}

// importPath is the import path of a directory below a go.mod.
func importPath(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for root := filepath.Dir(abs); ; root = filepath.Dir(root) {
		mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
		if err == nil {
			m := modulePattern.FindSubmatch(mod)
			if m == nil {
				return "", fmt.Errorf("%s names no module", filepath.Join(root, "go.mod"))
			}
			rel, err := filepath.Rel(root, abs)
			return path.Join(string(m[1]), filepath.ToSlash(rel)), err
		}
		if root == filepath.Dir(root) {
			return "", errors.New("there is no go.mod here or above (run this in a project)")
		}
	}
}

var modulePattern = regexp.MustCompile(`(?m)^module\s+"?([^\s"]+)`)

// title makes words of a name: "my_site" is "My site".
func title(name string) string {
	text := strings.NewReplacer("_", " ", "-", " ").Replace(name)
	return strings.ToUpper(text[:1]) + text[1:]
}

// secretKey is 260 bits of chance.
func secretKey() string { return rand.Text() + rand.Text() }
