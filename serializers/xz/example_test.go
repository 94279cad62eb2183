package xz_test

import (
	"bytes"
	"fmt"
	"io"

	"github.com/nuages-go/nuages/serializers/xz"
)

func ExamplePacking() {
	// In a site: nuages.Site{Fixtures: []serializers.Extension{xz.Packing()}}
	for _, p := range xz.Packing().Packings {
		var b bytes.Buffer
		w, err := p.Writer(&b)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Fprint(w, "[]")
		if err := w.Close(); err != nil {
			fmt.Println(err)
			return
		}
		r, err := p.Reader(&b)
		if err != nil {
			fmt.Println(err)
			return
		}
		text, err := io.ReadAll(r)
		fmt.Println(p.Suffix, string(text), err)
	}
	// Output:
	// xz [] <nil>
	// lzma [] <nil>
}
