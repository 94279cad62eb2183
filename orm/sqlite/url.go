package sqlite

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm"
)

// OpenURL opens the database that a URL names. Its query may set readers, busy_timeout, cache_size,
// statements, synchronous, transaction_mode, acquire_timeout, time_zone, read_only and init_command, which are Options; init_command is statements with ; between them.
func OpenURL(raw string) (*orm.DB, error) {
	rest := raw
	for _, scheme := range []string{"sqlite3:", "sqlite:"} {
		rest = strings.TrimPrefix(rest, scheme)
	}
	rest, host := strings.CutPrefix(rest, "//")
	path, query, _ := strings.Cut(rest, "?")
	if host && path != ":memory:" && path != "/:memory:" { // what follows a host: sqlite:/srv/a.db begins with the path
		path = strings.TrimPrefix(path, "/")
	}
	path = strings.TrimPrefix(path, "/:memory:")
	if path == "" || path == ":memory:" {
		path = ":memory:"
	}
	if unescaped, err := url.PathUnescape(path); err == nil {
		path = unescaped
	}
	var o Options
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, fmt.Errorf("sqlite: options of the URL: %w", err)
	}
	for key, vs := range values {
		switch key {
		case "readers":
			o.Readers, err = strconv.Atoi(vs[0])
		case "busy_timeout":
			o.BusyTimeout, err = time.ParseDuration(vs[0])
		case "timeout": // Django's word, in seconds
			var seconds float64
			if seconds, err = strconv.ParseFloat(vs[0], 64); err == nil && !(seconds >= 0 && seconds < 1e6) {
				err = errors.New("not a number of seconds")
			}
			o.BusyTimeout = time.Duration(seconds * float64(time.Second))
		case "cache_size":
			o.CacheSize, err = strconv.Atoi(vs[0])
		case "statements":
			o.Statements, err = strconv.Atoi(vs[0])
		case "synchronous":
			o.Synchronous = vs[0]
		case "transaction_mode":
			o.TransactionMode = vs[0]
		case "acquire_timeout":
			o.AcquireTimeout, err = time.ParseDuration(vs[0])
		case "time_zone":
			o.TimeZone = vs[0]
		case "read_only":
			o.ReadOnly, err = strconv.ParseBool(vs[0])
		case "init_command":
			for sql := range strings.SplitSeq(vs[0], ";") {
				if sql = strings.TrimSpace(sql); sql != "" {
					o.Init = append(o.Init, sql)
				}
			}
		default:
			err = errors.New("unknown (known: readers, busy_timeout (timeout), cache_size, statements, synchronous, transaction_mode, acquire_timeout, time_zone, read_only, init_command)")
		}
		if err != nil {
			return nil, fmt.Errorf("sqlite: option %q of the URL: %w", key, err)
		}
	}
	return Open(path, o)
}
