package orm

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/schema"
)

// filesIn lists the files of a directory as choices: the whole path, and for people the part below the directory. A directory
// that cannot be read has none.
func filesIn(at schema.Files) []schema.Choice {
	re, err := regexp.Compile(at.Match)
	if err != nil { // reported at start
		return nil
	}
	var out []schema.Choice
	add := func(path string, entry fs.DirEntry) {
		if (entry.IsDir() && at.Folders || !entry.IsDir() && !at.NoFiles) && re.MatchString(entry.Name()) {
			label, err := filepath.Rel(at.Dir, path)
			if err != nil {
				label = path
			}
			out = append(out, schema.Choice{Value: path, Label: label})
		}
	}
	if !at.Recursive {
		entries, _ := os.ReadDir(at.Dir)
		for _, e := range entries {
			add(filepath.Join(at.Dir, e.Name()), e)
		}
	} else {
		_ = filepath.WalkDir(at.Dir, func(path string, e fs.DirEntry, err error) error {
			if err == nil && path != at.Dir {
				add(path, e)
			}
			return nil // what cannot be read is left out
		})
	}
	slices.SortFunc(out, func(a, b schema.Choice) int { return strings.Compare(a.Label, b.Label) })
	return out
}
