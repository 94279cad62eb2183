package nuages_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/apps"
	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
)

type pair struct {
	ID    int64
	Title string
}

func (pair) Fields(p *pair) []orm.Field { return []orm.Field{orm.Char(&p.Title, 9).Name("title_")} }
func (pair) Meta(*pair) orm.Meta        { return orm.Meta{Table: "pair"} }

type pairTwin struct {
	ID   int64
	Them orm.Many[pair]
}

func (pairTwin) Fields(p *pairTwin) []orm.Field {
	return []orm.Field{orm.ManyToMany(&p.Them).Table("pair")}
}
func (pairTwin) Meta(*pairTwin) orm.Meta { return orm.Meta{Table: "pair"} }

// TestModelChecks: a site does not start with mistakes in its models, unless they are silenced and the models work; routers
// make warnings of tables that are there twice.
func TestModelChecks(t *testing.T) {
	t.Parallel()
	both := []orm.Model{orm.ModelOf[pair](), orm.ModelOf[pairTwin]()}
	tests := []struct {
		name     string
		models   []orm.Model
		silenced []string
		routers  orm.Routers
		errors   []string
		warnings []string
	}{
		{"mistakes", both, nil, nil, []string{"fields.E001", "fields.E340", "models.E028"}, nil},
		{"silenced", both, []string{"fields.E001", "fields.E340", "models.E028"}, nil, nil, nil},
		{"routers", both, []string{"fields.E001"}, orm.Routers{orm.Router{Name: "none"}}, nil, []string{"fields.W344", "models.W035"}},
		{"a model that does not work", []orm.Model{orm.ModelOf[struct{}]()}, []string{"orm.E006", "orm.E007"}, nil, []string{"orm.E006"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			site, err := nuages.New(nuages.Site{
				Settings: nuages.Settings{SecretKey: key, SilencedSystemChecks: tt.silenced, Routers: tt.routers},
				Apps:     []apps.App{{Name: "pairs", Models: tt.models}},
			})
			var found []manage.Message
			if failed, ok := errors.AsType[*nuages.StartError](err); ok {
				found = failed.Messages
			} else if err != nil {
				t.Fatal(err)
			}
			if site != nil {
				t.Cleanup(func() { _ = site.Close() })
				found = site.Check(t.Context(), false)
			}
			var errs, warnings []string
			for _, m := range found {
				ours := strings.HasPrefix(m.ID, "fields.") || strings.HasPrefix(m.ID, "models.") || strings.HasPrefix(m.ID, "orm.")
				switch {
				case ours && m.Level >= manage.Error:
					errs = append(errs, m.ID)
				case ours:
					warnings = append(warnings, m.ID)
				}
				if m.ID == "fields.E001" && (!strings.Contains(m.Object, "models_check_test.go:") || !strings.HasSuffix(m.Object, ": pair.Title") || m.Hint == "") {
					t.Errorf("the message is %+v", m)
				}
			}
			slices.Sort(errs)
			slices.Sort(warnings)
			if !slices.Equal(errs, tt.errors) || !slices.Equal(warnings, tt.warnings) {
				t.Errorf("errors %q, warnings %q, want %q, %q: %v", errs, warnings, tt.errors, tt.warnings, err)
			}
		})
	}
}
