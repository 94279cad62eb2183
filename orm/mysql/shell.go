package mysql

import (
	"net"
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
)

var _ dialect.Sheller = (*pool)(nil)

// Shell is mariadb or mysql.
func (p *pool) Shell() dialect.Shell {
	sh := dialect.Shell{Programs: []string{"mysql", "mariadb"}}
	if p.d.MariaDB {
		sh.Programs = []string{"mariadb", "mysql"}
	}
	if p.cfg.Net == "unix" {
		sh.Args = append(sh.Args, "--socket="+p.cfg.Addr)
	} else if host, port, err := net.SplitHostPort(p.cfg.Addr); err == nil {
		sh.Args = append(sh.Args, "--host="+host, "--port="+port, "--protocol=TCP")
	}
	if p.cfg.User != "" {
		sh.Args = append(sh.Args, "--user="+p.cfg.User)
	}
	sh.Args = append(sh.Args, "--default-character-set=utf8mb4")
	for _, f := range [][2]string{{"--ssl-ca=", p.tls.ca}, {"--ssl-cert=", p.tls.cert}, {"--ssl-key=", p.tls.key}} {
		if f[1] != "" {
			sh.Args = append(sh.Args, f[0]+f[1])
		}
	}
	if mode := p.tls.mode; mode != "" { // the two programs say it differently
		sh.Own = map[string][]string{
			"mysql":   {"--ssl-mode=" + strings.ToUpper(mode)},
			"mariadb": map[string][]string{"disabled": {"--skip-ssl"}, "preferred": {"--ssl"}, "required": {"--ssl"}}[mode],
		}
		if sh.Own["mariadb"] == nil {
			sh.Own["mariadb"] = []string{"--ssl", "--ssl-verify-server-cert"}
		}
	}
	if p.cfg.DBName != "" {
		sh.Args = append(sh.Args, p.cfg.DBName)
	}
	if p.cfg.Passwd != "" {
		sh.Env = []string{"MYSQL_PWD=" + p.cfg.Passwd}
	}
	return sh
}
