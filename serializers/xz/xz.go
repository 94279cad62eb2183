// Package xz lets a site read and write fixtures that are packed as .xz and .lzma.
//
//	nuages.Site{Fixtures: []serializers.Extension{xz.Packing()}}
//
// Django: the module lzma of Python, which not every build of it has.
package xz

import (
	"bufio"
	"fmt"
	"io"
	"slices"

	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"

	"github.com/nuages-go/nuages/serializers"
)

// dictMax is the largest dictionary, which is taken from memory as soon as a file asks for it. xz -9 has 64 MiB.
const dictMax = 256 << 20

// Packing is the extension that reads and writes .xz and .lzma. A file whose dictionary has more than 256 MiB is refused.
func Packing() serializers.Extension {
	return serializers.Extension{Packings: []serializers.Packing{
		{Suffix: "xz", Reader: read, Writer: func(w io.Writer) (io.WriteCloser, error) { return xz.NewWriter(w) }},
		{
			Suffix: "lzma",
			Reader: func(r io.Reader) (io.Reader, error) { return lzma.ReaderConfig{DictCap: dictMax}.NewReader(r) },
			Writer: func(w io.Writer) (io.WriteCloser, error) { return lzma.NewWriter(w) },
		},
	}}
}

// read unpacks .xz. The library takes what dictionary a file asks for, so the head of the first block is read before; the
// blocks of a file have the same one, since the program that packs has a single setting for them.
func read(r io.Reader) (io.Reader, error) {
	in := bufio.NewReader(r)
	if size := dictionary(in); size > dictMax {
		return nil, fmt.Errorf("its dictionary has %d bytes, and %d are allowed (pack it with xz -9 or less)", size, dictMax)
	}
	return xz.NewReader(in)
}

// dictionary is the size of the dictionary that the first block asks for, 0 if there is none.
//
// The .xz file format 1.2.1, 2.1.1 Stream Header (12 bytes), 3.1 Block Header, 5.3.1 LZMA2.
func dictionary(in *bufio.Reader) int64 {
	const stream, lzma2 = 12, 0x21
	head, err := in.Peek(stream + 1)
	if err != nil || head[stream] == 0 { // no block
		return 0
	}
	head, err = in.Peek(stream + (int(head[stream])+1)*4)
	if err != nil {
		return 0
	}
	block := head[stream:]
	flags, rest := block[1], block[2:]
	for _, bit := range []byte{0x40, 0x80} { // the sizes of the block, each a number of bytes whose last is below 0x80
		if flags&bit == 0 {
			continue
		}
		end := slices.IndexFunc(rest, func(c byte) bool { return c < 0x80 })
		if end < 0 {
			return 0
		}
		rest = rest[end+1:]
	}
	if len(rest) < 3 || rest[0] != lzma2 || rest[1] != 1 {
		return 0
	}
	bits := rest[2] & 0x3f
	if bits >= 40 {
		return 1<<32 - 1
	}
	return int64(2|bits&1) << (bits/2 + 11)
}
