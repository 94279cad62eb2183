package compile

import (
	"slices"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// part finds a transform or look-up of one's own by its name: the field's, then the site's.
func (b *builder) part(f *plan.Field, kind schema.Kind, name string) *expr.Part {
	if f != nil {
		for _, x := range f.Parts {
			if p, ok := x.(*expr.Part); ok && p.Name == name && p.Fits(kind) {
				return p
			}
		}
	}
	if b.c.Reg == nil {
		return nil
	}
	return b.c.Reg.Part(name, kind)
}

// transformNamed applies a transform by its name: one's own, or a part of a date.
func (b *builder) transformNamed(f *plan.Field, of *rexpr, name string) *rexpr {
	p := b.part(f, of.kind, name)
	if p == nil || p.Lookup {
		e := b.transform(of, name)
		e.bilateral = of.bilateral
		return e
	}
	e := b.custom(&p.Custom, []*rexpr{of})
	e.bilateral = of.bilateral
	if p.Bilateral {
		e.bilateral = append(slices.Clone(of.bilateral), p)
	}
	return e
}

// partKind is what a transform gives on a kind.
func (b *builder) partKind(p *expr.Part, kind schema.Kind) schema.Kind {
	switch {
	case p.Out != schema.Invalid:
		return p.Out
	case p.Func != "":
		if f, ok := formOf(p.Func); ok && f.out != schema.Invalid {
			return f.out
		}
	}
	return kind
}

// kind is what the target holds before its transforms.
func (t *target) kind() schema.Kind {
	switch {
	case t.annotation != nil:
		return t.annotation.kind
	case t.field != nil:
		return keyKind(t.field)
	}
	return schema.Text
}

// kindAfter is what the target holds after its first n transforms.
func (b *builder) kindAfter(t *target, n int) schema.Kind {
	kind := t.kind()
	for _, name := range t.transforms[:n] {
		kind, _ = b.transformKind(t.field, kind, name)
	}
	return kind
}

// transformKind is what a transform by its name gives on a kind: one's own, or a part of a date.
func (b *builder) transformKind(f *plan.Field, kind schema.Kind, name string) (schema.Kind, bool) {
	if p := b.part(f, kind, name); p != nil && !p.Lookup {
		return b.partKind(p, kind), true
	}
	return transformKind(kind, name)
}

// partNames are the field's own transforms for a kind.
func (b *builder) partNames(f *plan.Field, kind schema.Kind) []string {
	var out []string
	if f == nil {
		return nil
	}
	for _, x := range f.Parts {
		if p, ok := x.(*expr.Part); ok && p.Fits(kind) {
			out = append(out, p.Name)
		}
	}
	return out
}
