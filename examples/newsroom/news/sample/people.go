package sample

import (
	"hash/fnv"
	"strings"
)

// dice is a small generator of numbers that are always the same for the same title.
type dice struct{ state uint64 }

func rollFor(title string) *dice {
	h := fnv.New64a()
	_, _ = h.Write([]byte(title)) // never fails
	return &dice{h.Sum64() | 1}
}

// n returns a number from 0 to limit-1.
func (d *dice) n(limit int) int {
	d.state ^= d.state << 13
	d.state ^= d.state >> 7
	d.state ^= d.state << 17
	return int(d.state >> 33 % uint64(limit))
}

func pick(d *dice, from []string) string { return from[d.n(len(from))] }

var (
	women = []string{
		"Ada", "Celia", "Edith", "Greta", "Iris", "Kirsten", "Maud", "Olive", "Rosa", "Selma", "Una", "Winifred", "Zelda", "Margit",
	}
	men = []string{
		"Bram", "Dario", "Femi", "Hugo", "Jonah", "Lionel", "Nadim", "Owen", "Pavel", "Quentin", "Tobias", "Viktor", "Yusuf",
	}
	lastNames = []string{
		"Abara", "Bexley", "Carrow", "Delacourt", "Eastwood", "Farrant", "Gillespie", "Hallam", "Ito", "Jessop", "Kessler", "Lovell",
		"Marsh", "Nakamura", "Oduya", "Penhallow", "Quill", "Ravensdale", "Sorley", "Thwaite", "Underhill", "Vance", "Whitlock", "Zielinski",
	}
)

// fill puts a new name in the place of each {woman}, {man} and {person}.
func (d *dice) fill(text string) string {
	for {
		before, rest, found := strings.Cut(text, "{")
		if !found {
			return text
		}
		slot, after, _ := strings.Cut(rest, "}")
		first := women
		if slot == "man" || slot == "person" && d.n(2) == 0 {
			first = men
		}
		text = before + pick(d, first) + " " + pick(d, lastNames) + after
	}
}

// desks names who writes for a section.
var desks = map[string][]string{
	"city":        {"Ines Calder", "Matthew Osgood"},
	"harbour":     {"Petra Lindholm", "Joss Tremayne"},
	"transport":   {"Matthew Osgood", "Amina Yusuf"},
	"environment": {"Rowan Bell", "Petra Lindholm"},
	"science":     {"Dr Helen Marchetti", "Rowan Bell"},
	"culture":     {"Sylvie Arnaud", "Theo Okafor"},
	"business":    {"Amina Yusuf", "Gordon Pike"},
	"food":        {"Sylvie Arnaud", "Joss Tremayne"},
	"health":      {"Dr Helen Marchetti", "Ines Calder"},
	"technology":  {"Theo Okafor", "Gordon Pike"},
	"education":   {"Ines Calder", "Theo Okafor"},
	"sport":       {"Frankie Dunmore"},
}

func authorFor(section string, d *dice) string { return pick(d, desks[section]) }
