package orm

import (
	"context"
	"fmt"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// Many is a field that leads to many rows of another model: a many-to-many relation, or the way back of a foreign key
// (HasMany). The rows are loaded on the first All, for all objects that were loaded together in one query.
type Many[T any] struct{ link plan.Link }

func (m *Many[T]) leadsTo() (*plan.Model, plan.RelationKind) { return model[T](), plan.Many }

// To is a many-to-many field's way into the other model in a key path: orm.Eq(&a.Tags.To().Slug, "go").
func (m *Many[T]) To() *T { return plan.At[T](into(plan.PointerTo(m), model[T](), "Many", "All")) }

// All returns the related objects, loading them if they are not there yet.
func (m *Many[T]) All(ctx context.Context) ([]*T, error) {
	l := &m.link
	if l.Peers != nil {
		l.Peers.Lock()
		defer l.Peers.Unlock()
	}
	if !l.Done {
		if err := m.load(ctx); err != nil {
			return nil, err
		}
	}
	list, _ := l.Loaded.([]*T)
	return list, nil
}

// Loaded returns the related objects if they are there already. It never asks the database.
func (m *Many[T]) Loaded() ([]*T, bool) {
	l := &m.link
	if l.Peers != nil {
		l.Peers.Lock()
		defer l.Peers.Unlock()
	}
	list, _ := l.Loaded.([]*T)
	return list, l.Done
}

// TemplateValue gives templates the related objects, loaded when they are first used. As in Django's templates they are
// article.tags.all; article.tags alone, .count, .exists, .first and .last work too.
func (m *Many[T]) TemplateValue(ctx context.Context) (any, error) {
	list, err := m.All(ctx)
	return relatedList[T](list), err
}

// TemplateType tells start-up checks of templates what TemplateValue returns.
func (m *Many[T]) TemplateType() any { return relatedList[T](nil) }

// relatedList is the loaded side of a Many, with the names that templates know from Django's related managers.
type relatedList[T any] []*T

// All returns the objects.
func (l relatedList[T]) All() []*T { return l }

// Count returns the number of objects.
func (l relatedList[T]) Count() int { return len(l) }

// Exists says whether there are any.
func (l relatedList[T]) Exists() bool { return len(l) > 0 }

// First returns the first object, nil if there is none.
func (l relatedList[T]) First() *T {
	if len(l) == 0 {
		return nil
	}
	return l[0]
}

// Last returns the last object, nil if there is none.
func (l relatedList[T]) Last() *T {
	if len(l) == 0 {
		return nil
	}
	return l[len(l)-1]
}

// Query is the query of the related objects, to filter further. It always asks the database.
func (m *Many[T]) Query() Query[T] {
	q := Objects[T]()
	q.s.Home = m.home()
	rel, owner, err := m.owner()
	if err != nil {
		q.s.Err = err
		return q
	}
	q.s.Where = append(q.s.Where, expr.Step{Preds: []expr.Pred{{Op: expr.Exact, Left: expr.Walk{Steps: []*plan.Relation{rel.Back()}}, Val: owner}}})
	return q
}

// Count is the number of related objects.
func (m *Many[T]) Count(ctx context.Context) (int, error) {
	if list, ok := m.Loaded(); ok {
		return len(list), nil
	}
	return m.Query().Count(ctx)
}

// Exists says whether there are related objects.
func (m *Many[T]) Exists(ctx context.Context) (bool, error) {
	if list, ok := m.Loaded(); ok {
		return len(list) > 0, nil
	}
	return m.Query().Exists(ctx)
}

type manyDecl struct {
	through *plan.Model
}

// ManyRef describes a many-to-many field; ManyToMany makes it.
type ManyRef struct{ d declaration }

func (r *ManyRef) declare() *declaration { return &r.d }

// ManyToMany describes a many-to-many field. Its table is app_model_field unless Table or Through says otherwise.
func ManyToMany[T any](f *Many[T]) *ManyRef {
	return &ManyRef{declaration{addr: plan.PointerTo(f), many: &manyDecl{}, s: schema.Field{Kind: schema.ManyToMany, Rel: &schema.Relation{}}}}
}

// RelatedName names the way back in look-ups: Tag -> articles. "+" hides it.
func (r *ManyRef) RelatedName(name string) *ManyRef { r.d.s.Rel.RelatedName = name; return r }

// RelatedQueryName names the way back in look-ups only.
func (r *ManyRef) RelatedQueryName(name string) *ManyRef {
	r.d.s.Rel.RelatedQuery = name
	return r
}

// LimitChoices says which rows of the other model may be related, as Reference.LimitChoices. Forms look at it; Add does not.
func (r *ManyRef) LimitChoices(ps ...Predicate) *ManyRef {
	r.d.choices = &choiceLimit{fixed: ps}
	return r
}

// LimitChoicesFunc is LimitChoices with conditions that are made when they are needed.
func (r *ManyRef) LimitChoicesFunc(f func(ctx context.Context) []Predicate) *ManyRef {
	r.d.choices = &choiceLimit{of: f}
	return r
}

// NoConstraint leaves the foreign key constraints out of the table between. Django: db_constraint=False.
func (r *ManyRef) NoConstraint() *ManyRef { r.d.s.Rel.NoConstraint = true; return r }

// NotEditable keeps the field out of forms.
func (r *ManyRef) NotEditable() *ManyRef { r.d.s.NotEditable = true; return r }

// Table names the table between.
func (r *ManyRef) Table(name string) *ManyRef { r.d.s.Rel.Table = name; return r }

// Through uses a model of your own as the table between: ManyToMany(&s.Reviewers).Through(orm.ModelOf[Review]()).
func (r *ManyRef) Through(m Model) *ManyRef { r.d.many.through = m.p; return r }

// ThroughFields names the two foreign keys of the through model, first the one to this model, where it has several.
func (r *ManyRef) ThroughFields(from, to string) *ManyRef {
	r.d.s.Rel.ThroughFields = [2]string{from, to}
	return r
}

// Symmetrical makes a relation of a model to itself hold both ways, as Django's default is.
func (r *ManyRef) Symmetrical() *ManyRef { r.d.s.Rel.Symmetrical = true; return r }

// Name gives the field's name in look-ups. Default: the Go name in snake case.
func (r *ManyRef) Name(name string) *ManyRef { r.d.s.Name = name; return r }

// Blank lets forms leave the field empty.
func (r *ManyRef) Blank() *ManyRef { r.d.s.Blank = true; return r }

// Verbose is the field's name for people.
func (r *ManyRef) Verbose(name string) *ManyRef { r.d.s.VerboseName = name; return r }

// Help is the hint beside the field in forms.
func (r *ManyRef) Help(text string) *ManyRef { r.d.s.HelpText = text; return r }

// HasMany describes a field that holds the rows whose foreign key points here:
//
//	Comments orm.Many[Comment]
//	orm.HasMany(&a.Comments, &orm.Fields[Comment]().Article)
func HasMany[C, T any, K comparable](f *Many[C], key *ForeignKey[T, K]) Field {
	r := &ManyRef{declaration{addr: plan.PointerTo(f), s: schema.Field{Kind: schema.Invalid}}}
	r.d.hasMany = plan.Lookup(plan.PointerTo(key))
	if r.d.hasMany == nil {
		r.d.err = fmt.Errorf("orm: HasMany takes the address of a foreign key in orm.Fields[%s]()", typeOf[C]().Name())
	}
	return r
}

// ManyBack describes a field that holds the other side of a many-to-many field:
//
//	Articles orm.Many[Article]
//	orm.ManyBack(&t.Articles, &orm.Fields[Article]().Tags)
//
// It edits the same rows as that field does: tag.Articles.Add(ctx, article).
func ManyBack[C, T any](f *Many[C], of *Many[T]) Field {
	r := &ManyRef{declaration{addr: plan.PointerTo(f), s: schema.Field{Kind: schema.Invalid}, manyBack: true}}
	r.d.hasMany = plan.Lookup(plan.PointerTo(of))
	if r.d.hasMany == nil {
		r.d.err = fmt.Errorf("orm: ManyBack takes the address of a many-to-many field in orm.Fields[%s]()", typeOf[C]().Name())
	}
	return r
}
