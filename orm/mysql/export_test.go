package mysql

import (
	"time"

	driver "github.com/go-sql-driver/mysql"
)

// ParseURL reads a URL into the configuration of the driver below and completes the options.
func ParseURL(raw string, o *Options) (*driver.Config, error) {
	cfg, _, err := parseURL(raw, o)
	if err == nil {
		err = o.complete(cfg)
	}
	return cfg, err
}

// CheckVersion, StrictMode and TimeoutSQL are what a new connection is asked and told.
func CheckVersion(version string, maria bool) error { return checkVersion(version, maria) }

// StrictMode is the mode that replaces a server's.
func StrictMode(mode string) string { return strictMode(mode) }

// TimeoutSQL is the server's limit for statements.
func TimeoutSQL(limit time.Duration, maria bool) string { return timeoutSQL(limit, maria) }
