package template

import (
	"errors"
	"io/fs"
	"path"
	"reflect"
	"slices"
	"strings"
)

// Source is a template's text and where it comes from.
type Source struct {
	// Name is the name under which the template was asked for.
	Name string
	// Origin is where it was found, for messages: "news/templates/news/detail.html".
	Origin string
	// Text is the template itself.
	Text string
}

// Loader finds the text of templates. A template that it does not have is an error that matches fs.ErrNotExist.
type Loader interface {
	Load(name string) (*Source, error)
}

// Lister is optional for a Loader: the names of all its templates, which start-up checks then parse.
type Lister interface {
	List() ([]string, error)
}

// Originer is optional for a Loader: where it looks for a template, for the message that there is none.
type Originer interface {
	Origin(name string) string
}

// FSLoader loads templates from a file system: os.DirFS, an embed.FS, an application's Templates. A name cannot leave it.
// Django: filesystem.Loader, app_directories.Loader.
func FSLoader(origin string, fsys fs.FS) Loader { return &fsLoader{origin: origin, fsys: fsys} }

type fsLoader struct {
	origin string
	fsys   fs.FS
}

var (
	_ Lister   = (*fsLoader)(nil)
	_ Originer = (*fsLoader)(nil)
	_ Lister   = MapLoader(nil)
)

// placeOfFS returns the directory that an os.DirFS shows, "" for other file systems.
func placeOfFS(fsys fs.FS) string {
	if v := reflect.ValueOf(fsys); v.Kind() == reflect.String {
		return v.String()
	}
	return ""
}

// Origin returns the path of a template's file.
func (l *fsLoader) Origin(name string) string { return path.Join(l.origin, name) }

// Load reads the file of that name.
func (l *fsLoader) Load(name string) (*Source, error) {
	if !fs.ValidPath(name) || name == "." {
		return nil, fs.ErrNotExist
	}
	text, err := fs.ReadFile(l.fsys, name)
	if err != nil {
		if info, statErr := fs.Stat(l.fsys, name); statErr == nil && info.IsDir() {
			return nil, fs.ErrNotExist
		}
		return nil, err
	}
	return &Source{Name: name, Origin: l.Origin(name), Text: string(text)}, nil
}

// List returns the names of all files, without hidden ones.
func (l *fsLoader) List() ([]string, error) {
	var names []string
	err := fs.WalkDir(l.fsys, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && p == "." && errors.Is(err, fs.ErrNotExist):
			return fs.SkipAll
		case err != nil:
			return err
		case p != "." && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
		case !d.IsDir():
			names = append(names, p)
		}
		return nil
	})
	return names, err
}

// MapLoader holds templates in memory, by name. Django: locmem.Loader.
type MapLoader map[string]string

// Load returns the text of that name.
func (l MapLoader) Load(name string) (*Source, error) {
	text, ok := l[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return &Source{Name: name, Origin: name, Text: text}, nil
}

// List returns the names in order.
func (l MapLoader) List() ([]string, error) {
	names := make([]string, 0, len(l))
	for name := range l {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}
