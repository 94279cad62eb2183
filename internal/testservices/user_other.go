//go:build !unix

package testservices

import "os/exec"

// unprivileged runs commands as they are: only Unix has a root that PostgreSQL refuses.
func unprivileged(dir string) (as func(*exec.Cmd), err error) {
	return func(cmd *exec.Cmd) { cmd.Dir = dir }, nil
}

// giveToServers lets the servers that tests start read files.
func giveToServers(...string) error { return nil }
