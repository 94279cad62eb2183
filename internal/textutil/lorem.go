package textutil

import "strings"

// LoremCommon is the first paragraph of filler text.
const LoremCommon = "Lorem ipsum dolor sit amet, consectetur adipisicing elit, sed do eiusmod tempor incididunt ut labore et dolore " +
	"magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo consequat. " +
	"Duis aute irure dolor in reprehenderit in voluptate velit esse cillum dolore eu fugiat nulla pariatur. Excepteur sint " +
	"occaecat cupidatat non proident, sunt in culpa qui officia deserunt mollit anim id est laborum."

// LoremCommonWords returns the words that filler starts with.
func LoremCommonWords() []string {
	return strings.Fields("lorem ipsum dolor sit amet consectetur adipisicing elit sed do eiusmod tempor incididunt ut labore et " +
		"dolore magna aliqua")
}

// LoremWords returns the words of filler text.
func LoremWords() []string {
	return strings.Fields(strings.NewReplacer(",", "", ".", "").Replace(strings.ToLower(LoremCommon)))
}
