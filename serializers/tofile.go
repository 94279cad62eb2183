package serializers

import (
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
)

// toFile writes a file, packed by the end of its name. A file that was there before stays until all is written; the new one
// can be read by those who could read the old one.
func toFile(name string, x extensions, write func(w io.Writer) error) error {
	_, end := x.cut(name)
	if _, err := x.pack(io.Discard, end); err != nil { // before anything is touched
		return err
	}
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return replace(name, x, end, nil, write)
	case err != nil:
		return err
	case info.Mode().IsRegular():
		return replace(name, x, end, info, write)
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_TRUNC|os.O_CREATE, 0o666) // a device, a link: not to be replaced
	if err != nil {
		return err
	}
	return errors.Join(packInto(f, x, end, write), f.Close())
}

// replace writes beside the file and then takes its place.
func replace(name string, x extensions, end string, old fs.FileInfo, write func(w io.Writer) error) (err error) {
	beside := filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+"."+strconv.FormatUint(rand.Uint64(), 36))
	mode := fs.FileMode(0o666) // less the umask
	if old != nil {
		mode = 0o600
	}
	f, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(beside)
		}
	}()
	err = packInto(f, x, end, write)
	if err == nil && old != nil {
		err = f.Chmod(old.Mode().Perm())
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(beside, name)
}

func packInto(f *os.File, x extensions, end string, write func(w io.Writer) error) error {
	w, err := x.pack(f, end)
	if err != nil {
		return err
	}
	if err := write(w); err != nil {
		return err
	}
	return w.Close()
}
