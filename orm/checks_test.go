package orm_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

var checkTables = map[string][]checkRow{
	"fields": checksOfFields, "relations": checksOfRelations, "models": checksOfModels, "ours": checksOfOurs,
}

// TestChecks makes each mistake, and looks for its code, its place and its words.
func TestChecks(t *testing.T) {
	t.Parallel()
	for name, rows := range checkTables {
		for _, row := range rows {
			if row.models == nil {
				if row.why == "" && !row.asked {
					t.Errorf("%s has neither models nor a reason", row.id)
				}
				continue
			}
			t.Run(name+"/"+row.id+" "+row.want, func(t *testing.T) {
				t.Parallel()
				found := orm.NewRegistry(row.models...).Check()
				i := slices.IndexFunc(found, func(m *schema.Mistake) bool {
					return m.ID == row.id && strings.Contains(m.Object()+": "+m.Text, row.want)
				})
				if i < 0 {
					t.Fatalf("%s with %q is not among\n%s", row.id, row.want, mistakesText(found))
				}
				m := found[i]
				if m.Model != "" && !regexp.MustCompile(`^orm/\w+_test\.go:\d+$|^github\.com/`).MatchString(m.At) {
					t.Errorf("the place of %s is %q", m.Error(), m.At)
				}
				if m.IsWarning() != strings.Contains(m.ID, ".W") {
					t.Errorf("%s: IsWarning is %v", m.ID, m.IsWarning())
				}
			})
		}
	}
}

func mistakesText(list []*schema.Mistake) string {
	var out []string
	for _, m := range list {
		out = append(out, fmt.Sprintf("(%s) %s: %s | %s", m.ID, m.Object(), m.Text, m.Hint))
	}
	return strings.Join(out, "\n")
}

// TestChecksFindNothing: models without mistakes have none.
func TestChecksFindNothing(t *testing.T) {
	t.Parallel()
	if found := orm.NewRegistry(zooModels()...).Check(); len(found) > 0 {
		t.Errorf("found\n%s", mistakesText(found))
	}
}

// checksPage lists the codes.
const checksPage = "../docs/reference/checks.md"

// TestChecksPage: the page holds the tables of this test.
func TestChecksPage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(checksPage)
	must(t, err)
	page := string(text)
	for name, rows := range checkTables {
		var b strings.Builder
		b.WriteString("| Code | What it finds | |\n|---|---|---|\n")
		for _, row := range rows {
			note := row.why
			switch {
			case row.asked && note == "":
				note = "asks the database"
			case row.asked:
				note = "asks the database: " + note
			case row.models == nil:
				note = "*cannot occur*: " + note
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", row.id, row.about, note)
		}
		begin, end := "<!-- table: "+name+" -->\n", "<!-- end -->"
		_, rest, ok := strings.Cut(page, begin)
		old, _, closed := strings.Cut(rest, end)
		switch {
		case !ok || !closed:
			t.Errorf("the page has no table %q", name)
		case old != b.String() && os.Getenv("NUAGES_UPDATE") != "":
			page = strings.Replace(page, begin+old+end, begin+b.String()+end, 1)
		case old != b.String():
			t.Errorf("the table %q is not that of the test (NUAGES_UPDATE=1 go test ./orm -run TestChecksPage)", name)
		}
	}
	if page != string(text) {
		must(t, os.WriteFile(checksPage, []byte(page), 0o644))
	}
}

// A model that leads to a broken one has no mistake of its own, and the other's is said once.
func TestChecksSayThingsOnce(t *testing.T) {
	t.Parallel()
	type toBroken struct {
		ID   int64
		A, B orm.FK[ckTakenColumn]
	}
	found := orm.NewRegistry(orm.ModelOf[toBroken](), orm.ModelOf[ckTakenColumn]()).Check()
	if len(found) != 1 || found[0].ID != "models.E007" || found[0].Model != "ckTakenColumn" {
		t.Errorf("found\n%s", mistakesText(found))
	}
}
