package orm

import (
	"fmt"
	"maps"

	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// wrong notes an option that does not fit the kind of column.
func (c *Column[V]) wrong(format string, args ...any) {
	if c.d.err == nil {
		c.d.err = fmt.Errorf(format, args...)
	}
}

// ErrorMessages replaces what validation says about the field, by code: "null", "blank", "invalid", "invalid_choice",
// "unique", "unique_for_date", and the codes of validators. %(value)s and the other parameters of Django's messages stand for
// their values. Django: error_messages.
//
//	orm.Email(&u.Email).Unique().ErrorMessages(map[string]string{"unique": "This address is taken."})
func (c *Column[V]) ErrorMessages(byCode map[string]string) *Column[V] {
	c.d.messages = maps.Clone(byCode)
	return c
}

// ErrorMessages replaces what validation says about the field, by code: "null", "invalid" for a row that is not there,
// "unique". Django: error_messages.
func (r *Reference[K]) ErrorMessages(byCode map[string]string) *Reference[K] {
	r.d.messages = maps.Clone(byCode)
	return r
}

// ErrorMessages replaces what is said about the field, by code, for forms that ask for it. Django: error_messages.
func (r *ManyRef) ErrorMessages(byCode map[string]string) *ManyRef {
	r.d.messages = maps.Clone(byCode)
	return r
}

// Tablespace is where PostgreSQL keeps the index of the column; other databases ignore it. Django: db_tablespace.
func (c *Column[V]) Tablespace(name string) *Column[V] { c.d.s.Tablespace = name; return c }

// Tablespace is where PostgreSQL keeps the index of the key; other databases ignore it. Django: db_tablespace.
func (r *Reference[K]) Tablespace(name string) *Reference[K] { r.d.s.Tablespace = name; return r }

// NotSerialized keeps the field out of fixtures. Django: serialize=False.
func (c *Column[V]) NotSerialized() *Column[V] { c.d.s.NotSerialized = true; return c }

// NotSerialized keeps the field out of fixtures. Django: serialize=False.
func (r *Reference[K]) NotSerialized() *Reference[K] { r.d.s.NotSerialized = true; return r }

// NotSerialized keeps the field out of fixtures. Django: serialize=False.
func (r *ManyRef) NotSerialized() *ManyRef { r.d.s.NotSerialized = true; return r }

// Validate adds rules for FullClean that see the key, unless it is null. Django: validators.
func (r *Reference[K]) Validate(rules ...func(key K) error) *Reference[K] {
	addRules(&r.d, rules)
	return r
}

// UniqueForDate lets validation accept each key once for a day, UniqueForMonth for the number of a month, UniqueForYear for a
// year, as Column.UniqueForDate.
func (r *Reference[K]) UniqueForDate(date any) *Reference[K] {
	r.d.uniqueFor("date", date)
	return r
}

// UniqueForMonth is UniqueForDate for the number of the month.
func (r *Reference[K]) UniqueForMonth(date any) *Reference[K] {
	r.d.uniqueFor("month", date)
	return r
}

// UniqueForYear is UniqueForDate for the year.
func (r *Reference[K]) UniqueForYear(date any) *Reference[K] {
	r.d.uniqueFor("year", date)
	return r
}

// DBDefaultExpr is a key that the database computes for a new row that has none.
func (r *Reference[K]) DBDefaultExpr(e Expr[K]) *Reference[K] {
	r.d.dbDefault(e.n)
	return r
}

// AllowUnicode lets a Slug have letters of any script. Django: allow_unicode.
func (c *Column[V]) AllowUnicode() *Column[V] {
	if c.d.s.AllowUnicode = true; c.d.s.Kind != schema.Slug {
		c.wrong("AllowUnicode is for Slug")
	}
	return c
}

// The protocols of an IP column.
const (
	IPv4Only = "ipv4"
	IPv6Only = "ipv6"
)

// Protocol limits an IP column to IPv4Only or IPv6Only. Default: both. Django: protocol.
func (c *Column[V]) Protocol(only string) *Column[V] {
	c.d.s.Protocol = only
	switch {
	case c.d.s.Kind != schema.IP:
		c.wrong("Protocol is for IP")
	case only != IPv4Only && only != IPv6Only:
		c.wrong("Protocol takes orm.IPv4Only or orm.IPv6Only, not %q", only)
	}
	return c
}

// UnpackIPv4 stores ::ffff:192.0.2.1 as 192.0.2.1. Django: unpack_ipv4.
func (c *Column[V]) UnpackIPv4() *Column[V] {
	if c.d.s.UnpackIPv4 = true; c.d.s.Kind != schema.IP {
		c.wrong("UnpackIPv4 is for IP")
	}
	return c
}

// Files says which files a FilePath column offers to people: the choices of its form field. Validation does not look at
// them, as in Django.
//
//	orm.FilePath(&t.Icon).Files(orm.Files{Dir: "/srv/icons", Match: `\.svg$`, Recursive: true})
func (c *Column[V]) Files(files Files) *Column[V] { return c.FilesFunc(files, nil) }

// FilesFunc is Files with a directory that is computed each time. Django: path=callable.
func (c *Column[V]) FilesFunc(files Files, dir func() string) *Column[V] {
	if c.d.s.Kind != schema.FilePath {
		c.wrong("Files is for FilePath")
		return c
	}
	c.d.s.Files = &files
	c.d.listing = func() []schema.Choice {
		at := files
		if dir != nil {
			at.Dir = dir()
		}
		return filesIn(at)
	}
	return c
}

// Files says which files a FilePath column offers.
type Files = schema.Files

// validation copies what a declaration says of validation to the plan.
func (d *describer) validation(f *plan.Field, decl *declaration, pointer bool) {
	f.Messages, f.Choices = decl.messages, decl.listing
	d.dates(f, decl)
	if len(decl.validate) == 0 {
		return
	}
	f.Validate = func(p plan.Pointer) (out []error) {
		for _, rule := range decl.validate {
			if err := rule(p, pointer); err != nil {
				out = append(out, err)
			}
		}
		return out
	}
}
