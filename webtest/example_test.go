package webtest_test

import (
	"fmt"

	"github.com/nuages-go/nuages/webtest"
)

func ExampleNormalizeHTML() {
	fmt.Print(webtest.NormalizeHTML(`<P class="b a"   id=x> Hello,
  <b>world</b> </P>`))
	// Output:
	// <p class="a b" id="x">
	// Hello,
	// <b>
	// world
	// </b>
	// </p>
}
