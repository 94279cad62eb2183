package postgres

import (
	"strconv"

	"github.com/nuages-go/nuages/orm/dialect"
)

var _ dialect.Sheller = (*pool)(nil)

// Shell is psql.
func (p *pool) Shell() dialect.Shell {
	c := p.cfg
	sh := dialect.Shell{Programs: []string{"psql"}, Args: []string{"-h", c.Host, "-p", strconv.Itoa(int(c.Port)), "-U", c.User, c.Database}}
	if c.Password != "" {
		sh.Env = append(sh.Env, "PGPASSWORD="+c.Password)
	}
	if c.TLSConfig == nil {
		sh.Env = append(sh.Env, "PGSSLMODE=prefer")
	} else {
		sh.Env = append(sh.Env, "PGSSLMODE=require")
	}
	return sh
}
