//go:build !linux

package testservices

import "os"

// scratch makes the directory of a server.
func scratch(pattern string) (string, error) { return os.MkdirTemp("", pattern) }
