package orm

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// Registry is the set of models of a site: what the way back from a model leads to, and what a delete must look at. The
// front door puts it into the site's context; there is no registry of the process.
type Registry struct {
	models []Model
	parts  []*expr.Part
	once   sync.Once
	rels   map[*plan.Model]map[string]*plan.Relation
	back   map[*plan.Model][]*plan.Relation
	labels map[string]*plan.Model
	all    []*plan.Model // in order
	err    error
}

// NewRegistry makes the set of a site's models.
func NewRegistry(models ...Model) *Registry { return &Registry{models: models} }

// WithModels returns a context that knows the models of a site.
func WithModels(ctx context.Context, models ...Model) context.Context {
	return WithRegistry(ctx, NewRegistry(models...))
}

// WithRegistry returns a context that carries the set of models.
func WithRegistry(ctx context.Context, r *Registry) context.Context {
	return derive(ctx, func(s *scope) { s.reg = r })
}

// RegistryFrom returns the context's set of models, or nil.
func RegistryFrom(ctx context.Context) *Registry {
	if s := scopeOf(ctx); s != nil {
		return s.reg
	}
	return nil
}

// Models returns the models in the order given.
func (r *Registry) Models() []Model { return r.models }

// Model finds a model by its label, "news.Article", in any case.
func (r *Registry) Model(label string) (Model, bool) {
	r.build()
	m := r.labels[strings.ToLower(label)]
	return Model{m}, m != nil
}

// Err returns the mistakes that keep models from working, joined, each with its model's name; Check returns others too.
func (r *Registry) Err() error {
	r.build()
	return r.err
}

func (r *Registry) build() {
	r.once.Do(func() {
		r.rels = map[*plan.Model]map[string]*plan.Relation{}
		r.back = map[*plan.Model][]*plan.Relation{}
		r.labels = map[string]*plan.Model{}
		var problems []error
		seen := map[*plan.Model]bool{}
		var add func(m *plan.Model)
		add = func(m *plan.Model) {
			if seen[m] {
				return
			}
			seen[m] = true
			if err := (Model{m}).Err(); err != nil {
				problems = append(problems, err)
				return
			}
			for _, parent := range m.Parents {
				add(parent.Model)
			}
			r.all = append(r.all, m)
			r.labels[strings.ToLower(m.Label())] = m
			for _, f := range m.Fields {
				if f.Rel == nil || f.Rel.Kind == plan.Backward || f.Rel.Kind == plan.BackwardOne || f.Rel.Kind == plan.ManyBack || f.Origin != nil {
					continue
				}
				add(f.Rel.To)
				back, to := f.Rel.Back(), f.Rel.To.Concrete() // what leads to a proxy leads to its table
				r.back[to] = append(r.back[to], back)
				if hiddenName(f.S.Rel.RelatedName) || f.S.Rel.Symmetrical && f.Rel.To == m {
					continue
				}
				rels := r.of(to)
				if other := rels[back.Name]; other != nil && other != back && other.Field != back.Field {
					id := "fields.E305"
					if other.Kind == plan.Forward || other.Kind == plan.Many {
						id = "fields.E303"
					}
					problems = append(problems, m.Mistake(id, f, schema.Wrong(id, "the way back %q of %s is taken by %s.%s (give it a RelatedName)", back.Name, f.Rel.To.GoName(), other.Field.Model.GoName(), other.Field.GoName)))
					continue
				}
				rels[back.Name] = back
			}
		}
		for _, m := range r.models {
			if m.p == nil {
				problems = append(problems, schema.Wrong("orm.E016", "a zero Model in the list of models (use orm.ModelOf)"))
				continue
			}
			add(m.p)
		}
		for m := range seen {
			r.inherit(m)
		}
		r.err = errors.Join(append(problems, checkParts(r.parts))...)
	})
}

func hiddenName(name string) bool { return strings.HasSuffix(name, "+") }

func (r *Registry) of(m *plan.Model) map[string]*plan.Relation {
	rels := r.rels[m]
	if rels == nil {
		rels = map[string]*plan.Relation{}
		for name, rel := range m.Relations {
			rels[name] = rel
		}
		r.rels[m] = rels
	}
	return rels
}

// Relations returns the relations of a model by their names in look-ups.
func (r *Registry) Relations(m *plan.Model) map[string]*plan.Relation {
	r.build()
	if rels := r.rels[m]; rels != nil {
		return rels
	}
	return m.Relations
}

// pointing returns the relations from other models to m.
func (r *Registry) pointing(m *plan.Model) []*plan.Relation {
	r.build()
	return r.back[m.Concrete()]
}

// inherit gives a model the ways back that lead to its parents, or to the model that it stands for.
func (r *Registry) inherit(m *plan.Model) {
	if len(m.Parents) == 0 {
		return
	}
	up := m.Ancestors()
	if m.ProxyOf != nil {
		up = append([]*plan.Model{m.Concrete()}, up...)
	}
	rels := r.of(m)
	for _, parent := range up {
		for name, rel := range r.rels[parent] {
			if rels[name] == nil && rel.From.Concrete() == parent {
				rels[name] = rel.FromChild(m)
			}
		}
	}
}
