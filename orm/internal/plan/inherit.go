package plan

import "unsafe"

// Parent is a model that another one embeds as a model: its row is a part of the other's.
type Parent struct {
	Model *Model
	// Link leads from the child's table to the parent's. A proxy, which has its parent's table, has none.
	Link *Relation
	// Offset is where the parent's struct stands in the child's.
	Offset uintptr
}

// At is the parent's struct inside an object of the child.
func (p *Parent) At(obj unsafe.Pointer) unsafe.Pointer { return unsafe.Add(obj, p.Offset) }

// Above are the parents whose tables hold a part of each row, by their place in the model's own struct.
func (m *Model) Above() []Parent {
	if m.ProxyOf == nil {
		return m.Parents
	}
	var out []Parent
	for _, p := range m.ProxyOf.Above() {
		p.Offset += m.Parents[0].Offset
		out = append(out, p)
	}
	return out
}

// InParts says that the model's rows stand in more than one table.
func (m *Model) InParts() bool { return len(m.Parents) > 0 && len(m.Above()) > 0 }

// Concrete is the model that has the table: the model itself, or the one that a proxy stands for.
func (m *Model) Concrete() *Model {
	for m.ProxyOf != nil {
		m = m.ProxyOf
	}
	return m
}

// Inherits says that a row of the model is a row of the other too: the same model, a parent, or a proxy of one.
func (m *Model) Inherits(other *Model) bool {
	_, ok := m.up(other)
	return ok
}

// Up returns the links that lead from the model's table to a parent's; none when they share the table.
func (m *Model) Up(parent *Model) []*Relation {
	if m == parent {
		return nil
	}
	steps, _ := m.up(parent)
	return steps
}

func (m *Model) up(parent *Model) ([]*Relation, bool) {
	m, parent = m.Concrete(), parent.Concrete()
	if m == parent {
		return nil, true
	}
	for i := range m.Parents {
		p := &m.Parents[i]
		if steps, ok := p.Model.up(parent); ok {
			return append([]*Relation{p.Link}, steps...), true
		}
	}
	return nil, false
}

// Ancestors are the models whose tables hold a part of the row, nearest first. A proxy has those of its model.
func (m *Model) Ancestors() []*Model {
	var out []*Model
	for _, p := range m.Concrete().Parents {
		out = append(append(out, p.Model), p.Model.Ancestors()...)
	}
	return out
}

// Inherit adds the fields of a described parent to a model. They keep their column, in the parent's table.
func (m *Model) Inherit(p Parent) {
	m.Parents = append(m.Parents, p)
	m.Scopes = append(m.Scopes, p.Model.Scopes...)
	own := make(map[*Field]*Field, len(p.Model.Fields))
	for _, pf := range p.Model.Fields {
		f := new(Field)
		*f = *pf
		f.Model = m
		f.Offset += p.Offset
		f.LinkOffset += p.Offset
		if f.Origin == nil {
			f.Origin = pf
		}
		if p.Link != nil {
			f.Via = append([]*Relation{p.Link}, pf.Via...)
		}
		if pf.Rel != nil {
			f.Rel = pf.Rel.inherit(m, pf, f)
			if m.Relations == nil {
				m.Relations = map[string]*Relation{}
			}
			m.Relations[f.Rel.Name] = f.Rel
		}
		m.Fields = append(m.Fields, f)
		if pf == p.Model.Soft {
			m.Soft = f
		}
		own[pf] = f
	}
	for _, f := range own {
		if f.Tuple == nil {
			continue
		}
		columns := make([]*Field, len(f.Tuple))
		for i, c := range f.Tuple {
			columns[i] = own[c]
		}
		f.Span(columns)
	}
}

// Declared is the field of the parent that declares it: the field itself, unless it is inherited.
func (f *Field) Declared() *Field {
	if f.Origin != nil {
		return f.Origin
	}
	return f
}

// inherit is a parent's relation as one of the child: objects of the child hold it in their own field.
func (r *Relation) inherit(m *Model, was, is *Field) *Relation {
	c := &Relation{Kind: r.Kind, Name: r.Name, From: m, To: r.To, Field: is, Origin: r.Declared()}
	c.OnComplete(func(c *Relation) error {
		if err := r.Complete(); err != nil {
			return err
		}
		if r.Field != was {
			c.Field = r.Field // the way back: the key stands in the other model
		}
		c.FromColumn, c.ToColumn, c.Null, c.Accessor = r.FromColumn, r.ToColumn, r.Null, r.Accessor
		c.Left, c.Right, c.Through = r.Left, r.Right, r.Through
		c.takeTuples(r)
		return nil
	})
	return c
}

// From is a relation of a parent as one of its child, where the child has no field for it.
func (r *Relation) FromChild(m *Model) *Relation {
	_ = r.Complete()
	c := &Relation{
		Kind: r.Kind, Name: r.Name, From: m, To: r.To, Field: r.Field, Origin: r.Declared(), Null: r.Null, Accessor: r.Accessor,
		FromColumn: r.FromColumn, ToColumn: r.ToColumn, Left: r.Left, Right: r.Right, Through: r.Through,
	}
	c.takeTuples(r)
	return c
}

// Declared is the relation between the models that declare it.
func (r *Relation) Declared() *Relation {
	if r.Origin != nil {
		return r.Origin
	}
	return r
}

// Own makes a way that begins at a parent one that begins at the model, whose objects hold the relation in a field of theirs.
// It is false when the way begins elsewhere.
func (m *Model) Own(root *Model, steps []*Relation) ([]*Relation, bool) {
	if root == m || len(steps) == 0 {
		return steps, root == m
	}
	if !m.Inherits(root) || m == root.Concrete() {
		return nil, false
	}
	own := m.Relations[steps[0].Name]
	if own == nil || own.Declared() != steps[0].Declared() {
		own = steps[0].FromChild(m)
	}
	return append([]*Relation{own}, steps[1:]...), true
}

// Joins are the relations to join for one: the links to the parent that declares it, the relation, and the links back down.
func (r *Relation) Joins(steps []*Relation) []*Relation {
	if r.Origin == nil {
		return append(steps, r)
	}
	_ = r.Complete()
	steps = append(steps, r.From.Up(r.Origin.From)...)
	steps = append(steps, r.Origin)
	down := r.To.Up(r.Origin.To)
	for i := len(down) - 1; i >= 0; i-- {
		steps = append(steps, down[i].Back())
	}
	return steps
}

// backOfChild is the way back of an inherited relation: to the child's rows only.
func (r *Relation) backOfChild() *Relation {
	o := r.Origin.Back()
	c := &Relation{
		Kind: o.Kind, Name: o.Name, From: r.To, To: r.From, Field: r.Field, Origin: o, Null: true, Accessor: o.Accessor,
		FromColumn: o.FromColumn, ToColumn: o.ToColumn, Left: o.Left, Right: o.Right, Through: o.Through,
	}
	c.takeTuples(o)
	return c
}

// takeTuples takes over what joins a relation of several columns.
func (r *Relation) takeTuples(o *Relation) {
	r.More, r.FromTuple, r.ToTuple = o.More, o.FromTuple, o.ToTuple
}
