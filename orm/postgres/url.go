package postgres

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// ownOptions takes from the URL what only we know.
func ownOptions(raw string, o *Options) (string, error) {
	if !strings.HasPrefix(raw, "postgres://") && !strings.HasPrefix(raw, "postgresql://") {
		return raw, nil // a list of key=value
	}
	u, err := url.Parse(raw)
	if err != nil {
		return "", errors.New("postgres: the database URL cannot be read (postgres://user:password@host:5432/name, special characters as %XX)")
	}
	q := u.Query()
	ours := 0
	for key, set := range o.byURL() {
		if !q.Has(key) {
			continue
		}
		ours++
		if err := set(q.Get(key)); err != nil {
			return "", fmt.Errorf("postgres: option %q of the URL: %w", key, err)
		}
		q.Del(key)
	}
	if ours == 0 {
		return raw, nil
	}
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20") // libpq and pgx take a plus sign for what it is
	return u.String(), nil
}

// byURL are the options that a URL sets by names of ours; those that the caller has set stay.
func (o *Options) byURL() map[string]func(v string) error {
	text := func(to *string) func(string) error {
		return func(v string) error {
			if *to == "" {
				*to = v
			}
			return nil
		}
	}
	span := func(to *time.Duration) func(string) error {
		return func(v string) error {
			d, err := time.ParseDuration(v)
			if err == nil && d < 0 {
				err = fmt.Errorf("%s is negative", v)
			}
			if *to == 0 {
				*to = d
			}
			return err
		}
	}
	return map[string]func(string) error{
		"prepare": func(v string) error {
			switch v {
			case "off", "false", "0":
				o.NoPrepare = true
			case "on", "true", "1":
			default:
				return fmt.Errorf("%q (on or off)", v)
			}
			return nil
		},
		"read_only": func(v string) error {
			on, err := strconv.ParseBool(v)
			o.ReadOnly = o.ReadOnly || on
			return err
		},
		"statements": func(v string) error {
			n, err := strconv.Atoi(v)
			if o.Statements == 0 {
				o.Statements = n
			}
			return err
		},
		"schemas": func(v string) error {
			switch v {
			case "on", "true", "1":
				o.Schemas = true
			case "off", "false", "0":
			default:
				return fmt.Errorf("%q (on or off)", v)
			}
			return nil
		},
		"disable_server_side_cursors": func(v string) error {
			on, err := strconv.ParseBool(v)
			o.NoPrepare = o.NoPrepare || on
			return err
		},
		"init_command": func(v string) error {
			if v != "" {
				o.Init = append([]string{v}, o.Init...)
			}
			return nil
		},
		"direct": text(&o.Direct), "assume_role": text(&o.Role), "isolation_level": text(&o.Isolation), "time_zone": text(&o.TimeZone),
		"acquire_timeout": span(&o.AcquireTimeout),
	}
}
