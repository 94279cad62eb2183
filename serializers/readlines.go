package serializers

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// lineDecoder reads JSONL: an object per line; empty lines are left out.
type lineDecoder struct {
	r     *bufio.Reader
	line  int
	count int
	names nameTable
}

func newJSONLDecoder(r io.Reader) *lineDecoder {
	return &lineDecoder{r: bufio.NewReaderSize(r, 64<<10)}
}

func (d *lineDecoder) next() (*rawObject, error) {
	for {
		text, err := readLine(d.r)
		if err != nil && (len(text) == 0 || !errors.Is(err, io.EOF)) {
			if errors.Is(err, io.EOF) {
				return nil, io.EOF
			}
			return nil, &syntaxError{d.line + 1, err}
		}
		d.line++
		text = bytes.TrimSpace(text)
		if len(text) == 0 {
			continue
		}
		d.count++
		if !json.Valid(text) {
			return nil, &syntaxError{d.line, whyInvalid(text)}
		}
		return parseJSONObject(text, d.line, d.count, &d.names)
	}
}

// whyInvalid says what is wrong with a line that is no value of JSON.
func whyInvalid(text []byte) error {
	one := newJSONDecoder(bytes.NewReader(text))
	var raw json.RawMessage
	if err := one.dec.Decode(&raw); err != nil {
		return one.fail(err)
	}
	return errors.New("there is more than one value in the line (JSONL has an object per line)")
}

// readLine reads a line of any length up to objectMax, without its end.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line) == 0 && err == nil {
			return append([]byte(nil), part...), nil
		}
		line = append(line, part...)
		if len(line) > objectMax {
			return nil, fmt.Errorf("the line has more than %d bytes", objectMax)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}
