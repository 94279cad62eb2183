//go:build unix

package devserver

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup keeps the terminal's Ctrl-C from a command: the parent ends it itself, in order.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// canPass says whether a child can inherit the socket.
const canPass = true

// terminate asks a process to stop.
func terminate(p *os.Process) { _ = p.Signal(syscall.SIGTERM) }

// closeOnExec keeps an inherited descriptor from the programs that the child runs.
func closeOnExec(fd int) { syscall.CloseOnExec(fd) }
