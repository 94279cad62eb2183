package apps

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Files is the directory dir of embedded files. While the development server runs, the site reads the files from the
// source directory instead, so that a changed template or stylesheet shows without a build; a built program that is not
// beside its sources reads what was embedded.
//
// Call it in the package that embeds the files: the source directory is that of the calling file.
func Files(files fs.FS, dir string) fs.FS {
	sub, err := fs.Sub(files, dir)
	if err != nil {
		panic("apps: Files: " + err.Error())
	}
	tree := &sourceFiles{FS: sub}
	if _, file, _, ok := runtime.Caller(1); ok && filepath.IsAbs(file) { // not absolute with -trimpath
		tree.dir = filepath.Join(filepath.Dir(file), filepath.FromSlash(dir))
	}
	return tree
}

// sourceFiles are embedded files that know where they come from.
type sourceFiles struct {
	fs.FS
	dir string
}

// ReadFile reads a file.
func (f *sourceFiles) ReadFile(name string) ([]byte, error) { return fs.ReadFile(f.FS, name) }

// ReadDir lists a directory.
func (f *sourceFiles) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(f.FS, name) }

// Live returns files as they are on disk now, with their directory, if files come from Files and their sources are there.
func Live(files fs.FS) (live fs.FS, dir string, ok bool) {
	tree, ok := files.(*sourceFiles)
	if !ok || tree.dir == "" {
		return files, "", false
	}
	if info, err := os.Stat(tree.dir); err != nil || !info.IsDir() {
		return files, "", false
	}
	return os.DirFS(tree.dir), tree.dir, true
}
