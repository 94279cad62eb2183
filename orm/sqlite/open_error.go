package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// openError says why a file cannot be opened: SQLite itself only tells that it cannot.
func openError(path string, err error) error {
	reason := ""
	dir := filepath.Dir(path)
	info, statErr := os.Stat(path)
	_, dirErr := os.Stat(dir)
	switch {
	case statErr == nil && info.IsDir():
		reason = "it is a directory (name a file in it)"
	case errors.Is(dirErr, fs.ErrNotExist):
		reason = fmt.Sprintf("the directory %q is not there (make it%s)", dir, fromHere(path))
	case errors.Is(statErr, fs.ErrPermission), errors.Is(dirErr, fs.ErrPermission):
		reason = "permission denied"
	case errors.Is(statErr, fs.ErrNotExist) && !canWrite(dir):
		reason = fmt.Sprintf("it is not there, and the directory %q cannot be written to", dir)
	case errors.Is(statErr, fs.ErrNotExist):
		reason = "it is not there"
	}
	cause := strings.TrimPrefix(err.Error(), fmt.Sprintf("sqlite: open %q: ", path))
	if reason != "" {
		cause = reason
	}
	return fmt.Errorf("sqlite: open %q: %s", path, cause)
}

// fromHere tells where a relative path begins, since a slash too few is the usual mistake.
func fromHere(path string) string {
	wd, err := os.Getwd()
	if filepath.IsAbs(path) || err != nil {
		return ""
	}
	return fmt.Sprintf("; the path begins at %q, one of the whole system has four slashes: sqlite:////srv/site.db", wd)
}

func canWrite(dir string) bool {
	f, err := os.CreateTemp(dir, ".nuages-*")
	if err != nil {
		return false
	}
	name := f.Name()
	return errors.Join(f.Close(), os.Remove(name)) == nil
}
