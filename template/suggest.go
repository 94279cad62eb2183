package template

import (
	"fmt"

	"github.com/nuages-go/nuages/internal/closest"
)

// didYouMean returns a hint with the name that is nearest to the one written, "" if none is near.
func didYouMean(name string, names []string) string {
	near := closest.Match(name, names)
	if near == "" || near == name {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", near)
}
