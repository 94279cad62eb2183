package sqlite

import "github.com/nuages-go/nuages/orm/dialect"

var _ dialect.Sheller = (*pool)(nil)

// Shell is sqlite3 on the file.
func (p *pool) Shell() dialect.Shell {
	return dialect.Shell{Programs: []string{"sqlite3"}, Args: []string{p.path}}
}
