package middleware

import (
	"context"

	"github.com/nuages-go/nuages/web"
)

type resolver interface {
	Resolve(path string, m *web.Match) error
}

func resolverFrom(ctx context.Context) resolver { return nil }
