package apps_test

import (
	"embed"
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/nuages-go/nuages/apps"
)

//go:embed testdata/files
var files embed.FS

func TestFiles(t *testing.T) {
	t.Parallel()
	tree := apps.Files(files, "testdata/files")
	if err := fstest.TestFS(tree, "page.html"); err != nil {
		t.Error(err)
	}
	live, dir, ok := apps.Live(tree)
	if !ok || filepath.Base(dir) != "files" {
		t.Fatalf("Live = %q, %v", dir, ok)
	}
	data, err := fs.ReadFile(live, "page.html")
	if err != nil || string(data) != "hello" {
		t.Errorf("ReadFile = %q, %v", data, err)
	}

	if same, _, ok := apps.Live(files); ok || same != fs.FS(files) {
		t.Error("Live of an embed.FS is not itself")
	}
	if _, _, ok := apps.Live(apps.Files(fstest.MapFS{"gone/x": {}}, "gone")); ok {
		t.Error("Live found a directory that is not there")
	}
}

func TestCheckNames(t *testing.T) {
	t.Parallel()
	var ids []string
	for _, m := range apps.CheckNames([]apps.App{{Name: "news"}, {Name: "news"}, {}, {Name: "9x"}, {Name: "my_app2"}}) {
		ids = append(ids, m.ID)
	}
	if got := fmt.Sprint(ids); got != "[apps.E002 apps.E001 apps.E001]" {
		t.Errorf("CheckNames = %s", got)
	}
}

func ExampleFiles() {
	// In an application: //go:embed templates, and then
	app := apps.App{Name: "polls", Templates: apps.Files(files, "testdata/files")}
	text, err := fs.ReadFile(app.Templates, "page.html")
	fmt.Println(string(text), err)
	// Output: hello <nil>
}
