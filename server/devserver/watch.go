package devserver

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// The pause after a change in which more changes are gathered: an editor writes several files, git many.
const debounce = 60 * time.Millisecond

// pollEvery is how often the tree is looked through when the system cannot watch it.
const pollEvery = 500 * time.Millisecond

// watch sends the paths that changed below root, gathered, until ctx ends.
func watch(ctx context.Context, root string, poll bool, out chan<- []string) {
	if !poll {
		if w, err := newWatcher(root); err == nil {
			w.run(ctx, out)
			return
		}
	}
	pollTree(ctx, root, out)
}

type watcher struct {
	*fsnotify.Watcher
}

func newWatcher(root string) (*watcher, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	self := &watcher{w}
	if err := self.addTree(root); err != nil {
		w.Close()
		return nil, err
	}
	return self, nil
}

// addTree watches a directory and those below it.
func (w *watcher) addTree(root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // gone again
		}
		if !entry.IsDir() {
			return nil
		}
		if path != root && ignoredDir(entry.Name()) {
			return filepath.SkipDir
		}
		return w.Add(path)
	})
}

func (w *watcher) run(ctx context.Context, out chan<- []string) {
	defer w.Close()
	changed := map[string]bool{}
	quiet := time.NewTimer(time.Hour)
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case event, ok := <-w.Events:
			if !ok {
				return
			}
			if w.note(event, changed) {
				quiet.Reset(debounce)
			}
		case <-w.Errors: // an overflow: some event is lost, the next one comes
		case <-quiet.C:
			if len(changed) > 0 {
				send(ctx, out, changed)
				changed = map[string]bool{}
			}
		}
	}
}

// note takes an event in; a new directory is watched, and its files count as changed.
func (w *watcher) note(event fsnotify.Event, changed map[string]bool) bool {
	if event.Op == fsnotify.Chmod || ignored(event.Name) {
		return false
	}
	if event.Has(fsnotify.Create) {
		if info, err := os.Stat(event.Name); err == nil && info.IsDir() {
			_ = w.addTree(event.Name)
			_ = filepath.WalkDir(event.Name, func(path string, entry fs.DirEntry, err error) error {
				if err == nil && !entry.IsDir() && !ignored(path) {
					changed[path] = true
				}
				return nil
			})
			return len(changed) > 0
		}
	}
	changed[event.Name] = true
	return true
}

func send(ctx context.Context, out chan<- []string, changed map[string]bool) {
	paths := make([]string, 0, len(changed))
	for path := range changed {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	select {
	case out <- paths:
	case <-ctx.Done():
	}
}

// pollTree compares modification times.
func pollTree(ctx context.Context, root string, out chan<- []string) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	before := snapshot(root)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now, changed := snapshot(root), map[string]bool{}
		for path, at := range now {
			if old, ok := before[path]; !ok || !old.Equal(at) {
				changed[path] = true
			}
		}
		for path := range before {
			if _, ok := now[path]; !ok {
				changed[path] = true
			}
		}
		before = now
		if len(changed) > 0 {
			send(ctx, out, changed)
		}
	}
}

func snapshot(root string) map[string]time.Time {
	files := map[string]time.Time{}
	_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
		case entry.IsDir():
			if path != root && ignoredDir(entry.Name()) {
				return filepath.SkipDir
			}
		case !ignored(path):
			if info, err := entry.Info(); err == nil {
				files[path] = info.ModTime()
			}
		}
		return nil
	})
	return files
}

func ignoredDir(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "node_modules" || name == "testdata" || name == "vendor"
}

// ignored says whether a file has nothing to do with the site's code: databases, tests, editors' own files.
func ignored(path string) bool {
	name := filepath.Base(path)
	if name == ".env" {
		return false
	}
	switch {
	case ignoredDir(name), strings.HasSuffix(name, "~"), strings.HasPrefix(name, "#"), name == "4913":
		return true
	case strings.HasSuffix(name, "_test.go"):
		return true
	}
	for _, mark := range []string{".db", ".sqlite", ".sqlite3"} { // also db.sqlite3-wal, db.sqlite3-journal
		if i := strings.LastIndex(name, mark); i >= 0 && (i+len(mark) == len(name) || name[i+len(mark)] == '-') {
			return true
		}
	}
	switch filepath.Ext(name) {
	case ".log", ".tmp", ".swp", ".swx", ".swo", ".pid", ".sock", ".orig", ".rej", ".test", ".out":
		return true
	}
	return false
}
