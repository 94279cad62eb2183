package postgres

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// known are the options that a URL may set, for messages.
const known = "sslmode, sslrootcert, sslcert, sslkey, sslpassword, sslsni, sslnegotiation, channel_binding, require_auth, passfile, service, servicefile, " +
	"target_session_attrs, connect_timeout, krbsrvname, krbspn, options, application_name, pool_max_conns, pool_min_conns, pool_max_conn_lifetime, " +
	"pool_max_conn_idle_time, pool_health_check_period, acquire_timeout, prepare, disable_server_side_cursors, direct, statements, read_only, " +
	"isolation_level, assume_role, time_zone, schemas, init_command, and the server's own settings (search_path, statement_timeout ...)"

// elsewhere are words of libpq, psycopg and Django that mean nothing here, with what does instead.
var elsewhere = map[string]string{
	"pool":                     "there always is one: pool_max_conns, pool_min_conns, acquire_timeout",
	"server_side_binding":      "always on",
	"prepare_threshold":        "statements are prepared at once; prepare=off keeps them from it",
	"cursor_factory":           "rows are read into models; orm.QueryRows reads any",
	"row_factory":              "rows are read into models; orm.QueryRows reads any",
	"connection_factory":       "Options.Connected gets each new connection",
	"autocommit":               "always on outside orm.Atomic",
	"gsslib":                   "use krbsrvname and krbspn",
	"gssdelegation":            "use krbsrvname and krbspn",
	"hostaddr":                 "name the address as the host, and use sslmode=verify-ca",
	"requirepeer":              "use sslmode=verify-full",
	"requiressl":               "use sslmode=require",
	"sslcrl":                   "lists of revoked certificates are not read",
	"sslcrldir":                "lists of revoked certificates are not read",
	"sslcertmode":              "a certificate is shown when the server asks and sslcert names one",
	"replication":              "it is for other programs",
	"load_balance_hosts":       "orm.Replicas spreads reads",
	"tcp_user_timeout":         "contexts bound statements; pool_health_check_period looks at idle connections",
	"keepalives_idle":          "the system's",
	"keepalives_interval":      "the system's",
	"keepalives_count":         "the system's",
	"sslcompression":           "there is none",
	"gssencmode":               "use sslmode",
	"keepalives":               "always on",
	"client_encoding":          "always UTF8",
	"ssl_min_protocol_version": "TLS 1.2",
	"ssl_max_protocol_version": "the newest",
}

// same are values of those words that say what holds anyway.
var same = map[string][]string{
	"sslcompression": {"0"}, "gssencmode": {"disable", "prefer"}, "keepalives": {"1"}, "client_encoding": {"utf8", "utf-8", "unicode", "auto"},
	"autocommit": {"true", "1"}, "server_side_binding": {"true", "1"}, "pool": {"true", "1"}, "ssl_min_protocol_version": {"tlsv1.2"},
}

// checkWords looks at what is left for the server: words that are not its own are taken out or refused.
func checkWords(params map[string]string) error {
	for _, word := range slices.Sorted(maps.Keys(params)) {
		instead, foreign := elsewhere[word]
		switch {
		case slices.Contains(same[word], strings.ToLower(params[word])):
			delete(params, word)
		case foreign:
			return fmt.Errorf("postgres: option %q=%q of the database URL is not one here (%s; known: %s)", word, params[word], instead, known)
		case word == "fallback_application_name":
			if params["application_name"] == "" {
				params["application_name"] = params[word]
			}
			delete(params, word)
		}
	}
	return nil
}
