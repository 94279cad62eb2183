package serializers

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm"
)

// App is an application as dumpdata and loaddata need it.
type App struct {
	// Label is the application's name, Models are its models.
	Label  string
	Models []orm.Model
	// Fixtures are its fixtures, in the root directory. It may be nil.
	Fixtures fs.FS
}

// SortModels puts models into an order in which fixtures that name objects by natural keys can be loaded without looking
// forward: what the natural key or a relation of a model leads to by natural key comes before it. Models that depend on each
// other stay as they are. Django: sort_dependencies.
//
// Django 6.1 django/core/serializers/__init__.py sort_dependencies.
func SortModels(models []orm.Model) []orm.Model {
	left := slices.Clone(models)
	out := make([]orm.Model, 0, len(models))
	for len(left) > 0 {
		i := slices.IndexFunc(left, func(m orm.Model) bool {
			return !slices.ContainsFunc(needs(m), func(dep orm.Model) bool { return dep != m && slices.Contains(left, dep) })
		})
		i = max(i, 0) // a circle: begin with the first
		out = append(out, left[i])
		left = slices.Delete(left, i, i+1)
	}
	return out
}

// needs are the models that a model names by natural keys.
func needs(m orm.Model) []orm.Model {
	var out []orm.Model
	for _, f := range append(m.RecordFields(), m.NaturalKey()...) {
		if to, _ := f.Related(); !to.IsZero() && len(to.NaturalKey()) > 0 && !f.HasThrough() {
			out = append(out, to.Concrete())
		}
	}
	return out
}

// chosen is what a label names: an application, or one of its models.
func chosen(apps []App, label string) ([]orm.Model, error) {
	name, model, one := strings.Cut(label, ".")
	i := slices.IndexFunc(apps, func(a App) bool { return a.Label == name })
	if i < 0 {
		labels := make([]string, len(apps))
		for i, a := range apps {
			labels[i] = a.Label
		}
		return nil, fmt.Errorf("serializers: no application with label %q (there are: %s)", name, strings.Join(labels, ", "))
	}
	if !one {
		return apps[i].Models, nil
	}
	var names []string
	for _, m := range apps[i].Models {
		if strings.EqualFold(m.Name(), model) {
			return []orm.Model{m}, nil
		}
		names = append(names, m.Name())
	}
	return nil, fmt.Errorf("serializers: unknown model %q (%s has: %s)", label, name, strings.Join(names, ", "))
}

// excluded are the models that a list of labels names.
func excluded(apps []App, labels []string) (func(orm.Model) bool, error) {
	var out []orm.Model
	for _, label := range labels {
		models, err := chosen(apps, label)
		if err != nil {
			return nil, err
		}
		out = append(out, models...)
	}
	return func(m orm.Model) bool { return slices.Contains(out, m) }, nil
}
