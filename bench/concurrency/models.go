package main

import (
	"strings"

	"github.com/nuages-go/nuages/orm"
)

// Digits make types that differ, so that each combination of three is a model.
type (
	digit0 struct{}
	digit1 struct{}
	digit2 struct{}
	digit3 struct{}
	digit4 struct{}
	digit5 struct{}
	digit6 struct{}
)

func (digit0) digit() string { return "0" }
func (digit1) digit() string { return "1" }
func (digit2) digit() string { return "2" }
func (digit3) digit() string { return "3" }
func (digit4) digit() string { return "4" }
func (digit5) digit() string { return "5" }
func (digit6) digit() string { return "6" }

type digit interface{ digit() string }

// record is the model of a number.
type record[A, B, C digit] struct {
	ID   int64
	Name string
}

// Fields says what the Go types cannot.
func (record[A, B, C]) Fields(r *record[A, B, C]) []orm.Field {
	return []orm.Field{orm.Char(&r.Name, 100)}
}

// Meta gives the model a name that can be written.
func (record[A, B, C]) Meta(*record[A, B, C]) orm.Meta {
	var a A
	var b B
	var c C
	name := strings.Join([]string{"Record", a.digit(), b.digit(), c.digit()}, "")
	return orm.Meta{App: "growth", Name: name, Table: "growth_" + strings.ToLower(name)}
}

// others are 343 models.
func others() []orm.Model {
	return seven(first[digit0], first[digit1], first[digit2], first[digit3], first[digit4], first[digit5], first[digit6])
}

func first[A digit]() []orm.Model {
	return seven(second[A, digit0], second[A, digit1], second[A, digit2], second[A, digit3], second[A, digit4], second[A, digit5], second[A, digit6])
}

func second[A, B digit]() []orm.Model {
	return []orm.Model{
		orm.ModelOf[record[A, B, digit0]](), orm.ModelOf[record[A, B, digit1]](), orm.ModelOf[record[A, B, digit2]](), orm.ModelOf[record[A, B, digit3]](),
		orm.ModelOf[record[A, B, digit4]](), orm.ModelOf[record[A, B, digit5]](), orm.ModelOf[record[A, B, digit6]](),
	}
}

func seven(parts ...func() []orm.Model) []orm.Model {
	var list []orm.Model
	for _, part := range parts {
		list = append(list, part()...)
	}
	return list
}
