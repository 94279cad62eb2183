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
	"strings"

	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// packings are the ends of the names of packed fixtures, the plain one first.
var packings = []string{"", "gz", "zip", "bz2", "xz", "lzma"}

// packing takes the end that says how a file is packed off a name: "a.json.gz" is "a.json" and "gz".
func packing(name string) (rest, end string) {
	for _, p := range packings[1:] {
		if rest, ok := strings.CutSuffix(name, "."+p); ok {
			return rest, p
		}
	}
	return name, ""
}

// unpack reads a packed file. Closing it closes the file.
func unpack(f fs.File, end string) (io.ReadCloser, error) {
	var r io.Reader
	var err error
	switch end {
	case "gz":
		r, err = gzip.NewReader(f)
	case "bz2":
		r = bzip2.NewReader(f)
	case "xz":
		r, err = xz.NewReader(f)
	case "lzma":
		r, err = lzma.ReaderConfig{DictCap: lzmaMax}.NewReader(f)
	case "zip":
		r, err = unzip(f)
	default:
		return f, nil
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

// lzmaMax is the largest dictionary, which is taken from memory as soon as the head of a file asks for it. xz -9 has 64 MiB.
const lzmaMax = 256 << 20

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
func pack(w io.Writer, end string) (io.WriteCloser, error) {
	switch end {
	case "":
		return plainWriter{w}, nil
	case "gz":
		return gzip.NewWriter(w), nil
	case "xz":
		return xz.NewWriter(w)
	case "lzma":
		return lzma.NewWriter(w)
	}
	return nil, errors.New("serializers: ." + end + " can be read but not written (end the name in .gz or .xz, or pipe the output into a program)")
}

type plainWriter struct{ io.Writer }

func (plainWriter) Close() error { return nil }
