package yaml_test

import (
	"fmt"

	"github.com/nuages-go/nuages/serializers/yaml"
)

func ExampleFormat() {
	// In a site: nuages.Site{Fixtures: []serializers.Extension{yaml.Format()}}
	doc, err := yaml.Format().YAML([]byte("- &a [x, 'y']\n- *a\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	first, again := doc.Content[0], doc.Content[1]
	fmt.Println(first == again, first.Content[1].Value, first.Content[1].Quoted, first.Line)

	_, err = yaml.Format().YAML([]byte("a: [1\nb: 2"))
	fmt.Println(err)
	doc, err = yaml.Format().YAML([]byte("# nothing\n"))
	fmt.Println(doc, err)
	// Output:
	// true y true 1
	// yaml: line 1: did not find expected ',' or ']'
	// <nil> <nil>
}
