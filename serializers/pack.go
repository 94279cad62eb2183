package serializers

import (
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// packings are the ends of the names of packed fixtures, the plain one first.
var packings = []string{"", "gz", "zip", "bz2", "xz", "lzma"}

// unpack reads a packed file. Closing it closes the file.
func (x extensions) unpack(f fs.File, end string) (io.ReadCloser, error) {
	var r io.Reader
	var err error
	switch end {
	case "gz":
		r, err = gzip.NewReader(f)
	case "bz2":
		r = bzip2.NewReader(f)
	case "zip":
		r, err = unzip(f)
	case "":
		return f, nil
	default:
		p, perr := x.packing(end)
		if perr != nil {
			_ = f.Close()
			return nil, perr
		}
		r, err = p.Reader(f)
	}
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("it is no %s file: %w", end, err)
	}
	return &unpacked{r, f}, nil
}

type unpacked struct {
	io.Reader
	io.Closer
}

// zipMax is the greatest archive that is read where the file cannot be read at any place.
const zipMax = 1 << 30

func unzip(f fs.File) (io.Reader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	at, ok := f.(io.ReaderAt)
	size := info.Size()
	if !ok {
		all, err := io.ReadAll(io.LimitReader(f, zipMax))
		if err != nil {
			return nil, err
		}
		at, size = bytes.NewReader(all), int64(len(all))
	}
	archive, err := zip.NewReader(at, size)
	if err != nil {
		return nil, err
	}
	if len(archive.File) != 1 {
		return nil, fmt.Errorf("a packed fixture holds one file, and this has %d", len(archive.File))
	}
	return archive.File[0].Open()
}

// pack writes to a file by the end of its name. Close ends the packing, not the file.
func (x extensions) pack(w io.Writer, end string) (io.WriteCloser, error) {
	switch end {
	case "":
		return plainWriter{w}, nil
	case "gz":
		return gzip.NewWriter(w), nil
	case "bz2", "zip":
		return nil, errors.New("serializers: ." + end + " can be read but not written (end the name in .gz or .xz, or pipe the output into a program)")
	}
	p, err := x.packing(end)
	if err != nil {
		return nil, fmt.Errorf("serializers: %w", err)
	}
	if p.Writer == nil {
		return nil, errors.New("serializers: ." + end + " can be read but not written (end the name in .gz)")
	}
	return p.Writer(w)
}

type plainWriter struct{ io.Writer }

func (plainWriter) Close() error { return nil }
