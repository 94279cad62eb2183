// Package ent is generated from package schema, but for this file.
package ent

//go:generate go run -mod=mod entgo.io/ent/cmd/ent generate ./schema
//go:generate go run mvdan.cc/gofumpt@v0.12.0 -w .
