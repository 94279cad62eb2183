package orm

import (
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/check"
	"github.com/nuages-go/nuages/orm/internal/compile"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// Check returns all that is wrong or doubtful with the models of a site, under Django's codes: what keeps models from working
// (Err), or else what would come to light later. A site runs it when it starts, and its command check. Django: Model.check.
func (r *Registry) Check() []*schema.Mistake {
	r.build()
	if r.err != nil {
		return schema.Mistakes(r.err)
	}
	listed := map[*plan.Model]bool{}
	for _, m := range r.models {
		listed[m.p] = true
	}
	site := check.Site{
		Models: r.all, Back: r.pointing,
		Listed: func(m *plan.Model) bool { return listed[m] || listed[m.Concrete()] },
		Order:  (&compile.Compiler{D: &dialect.Dialect{}, Reg: r}).Orders,
	}
	return site.Run()
}
