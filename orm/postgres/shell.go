package postgres

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

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
	said := connectionWords(p.raw)
	for _, word := range slices.Sorted(maps.Keys(shellWords)) {
		if value := said[word]; value != "" {
			sh.Env = append(sh.Env, shellWords[word]+"="+value)
		}
	}
	if path := c.RuntimeParams["search_path"]; path != "" && said["options"] == "" {
		sh.Env = append(sh.Env, "PGOPTIONS=-c search_path="+strings.ReplaceAll(strings.ReplaceAll(path, `\`, `\\`), " ", `\ `))
	}
	return sh
}

// shellWords are the variables by which psql takes what a database URL says; what it does not say psql finds itself, where
// libpq does.
var shellWords = map[string]string{
	"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY", "sslnegotiation": "PGSSLNEGOTIATION",
	"passfile": "PGPASSFILE", "service": "PGSERVICE", "servicefile": "PGSERVICEFILE", "target_session_attrs": "PGTARGETSESSIONATTRS",
	"connect_timeout": "PGCONNECT_TIMEOUT", "application_name": "PGAPPNAME", "options": "PGOPTIONS",
	"channel_binding": "PGCHANNELBINDING", "krbsrvname": "PGKRBSRVNAME",
}

// connectionWords are the options of a URL, or of a list of key=value.
func connectionWords(raw string) map[string]string {
	out := map[string]string{}
	if strings.HasPrefix(raw, "postgres://") || strings.HasPrefix(raw, "postgresql://") {
		if u, err := url.Parse(raw); err == nil {
			for key := range u.Query() {
				out[key] = u.Query().Get(key)
			}
		}
		return out
	}
	for rest := strings.TrimSpace(raw); rest != ""; rest = strings.TrimLeft(rest, " \t\n") {
		key, after, ok := strings.Cut(rest, "=")
		if !ok {
			break
		}
		after = strings.TrimLeft(after, " ")
		var value strings.Builder
		quoted := strings.HasPrefix(after, "'")
		i := 0
		if quoted {
			i = 1
		}
		for ; i < len(after) && (quoted && after[i] != '\'' || !quoted && after[i] != ' '); i++ {
			if after[i] == '\\' && i+1 < len(after) {
				i++
			}
			value.WriteByte(after[i])
		}
		out[strings.TrimSpace(key)] = value.String()
		rest = after[min(len(after), i+1):]
	}
	return out
}
