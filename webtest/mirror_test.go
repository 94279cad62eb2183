package webtest_test

import (
	"path/filepath"
	"testing"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
	"github.com/nuages-go/nuages/webtest"
)

// TestMirror: replicas hold what their primary holds, and so does what a test says.
func TestMirror(t *testing.T) {
	t.Parallel()
	dbs := orm.Databases{}
	for _, name := range []string{"default", "r1", "report", "other"} {
		db, err := sqlite.Open(filepath.Join(t.TempDir(), name), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		dbs[name] = db
	}
	t.Cleanup(func() {
		if err := dbs.Close(); err != nil {
			t.Error(err)
		}
	})
	site := nuages.Site{Settings: nuages.Settings{Databases: dbs, Routers: orm.Routers{orm.Replicas("default", "r1")}}}
	c := webtest.New(t, site, webtest.Mirror("report", "other"))
	in := orm.DatabasesFrom(c.Context())
	if in["default"] == dbs["default"] {
		t.Error("the test uses the site's own database")
	}
	if in["r1"] != in["default"] || in["report"] != in["other"] || in["other"] == in["default"] {
		t.Errorf("databases = %v", in)
	}
}
