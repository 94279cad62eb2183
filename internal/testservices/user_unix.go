//go:build unix

package testservices

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// unprivileged gives dir to a user who may run a server, and returns what makes a command run as that user. PostgreSQL
// refuses to run as root; any other user runs it as himself.
func unprivileged(dir string) (as func(*exec.Cmd), err error) {
	own := func(cmd *exec.Cmd) {
		cmd.Dir = dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt at the terminal is for the tests
	}
	if os.Getuid() != 0 {
		return own, nil
	}

	uid, gid, err := serverUser()
	if err != nil {
		return nil, err
	}
	if err := os.Chown(dir, int(uid), int(gid)); err != nil {
		return nil, err
	}
	return func(cmd *exec.Cmd) {
		own(cmd)
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uid, Gid: gid}
	}, nil
}

// serverUser is who runs servers when the tests are run by root.
func serverUser() (uid, gid uint32, err error) {
	var account *user.User
	for _, name := range []string{"postgres", "nobody"} {
		if account, err = user.Lookup(name); err == nil {
			break
		}
	}
	if err != nil {
		return 0, 0, fmt.Errorf("no user to run the server as: %w", err)
	}
	u, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return 0, 0, err
	}
	g, err := strconv.ParseUint(account.Gid, 10, 32)
	return uint32(u), uint32(g), err
}

// giveToServers lets the servers that tests start read files.
func giveToServers(files ...string) error {
	if os.Getuid() != 0 {
		return nil
	}
	uid, gid, err := serverUser()
	for _, file := range files {
		if err == nil {
			err = os.Chown(file, int(uid), int(gid))
		}
	}
	return err
}
