package devserver

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
)

// Variable is the name of the environment variable by which the parent tells the child that it is one.
const Variable = "NUAGES_DEVSERVER"

// The descriptors that a child inherits.
const (
	listenerFD = 3 // the listening socket
	controlFD  = 4 // lines from the parent; its end means that the parent is gone
	statusFD   = 5 // lines to the parent
)

// Child is the parent's child, seen from inside.
type Child struct {
	// Listener is the socket to serve on. Run counts the children of the parent, from 1.
	Listener net.Listener
	Run      int

	live   *liveReload
	status *os.File
	gone   chan struct{}

	mu       sync.Mutex // guards onChange
	onChange []func()
}

// Join returns the child that this process is; value is that of the environment variable named by Variable. An empty
// value is no child.
func Join(value string) (*Child, error) {
	if value == "" {
		return nil, nil
	}
	run, err := strconv.Atoi(value)
	if err != nil {
		return nil, fmt.Errorf("devserver: %s=%q is not a number", Variable, value)
	}
	for _, fd := range []int{listenerFD, controlFD, statusFD} {
		closeOnExec(fd)
	}
	file := os.NewFile(listenerFD, "listener")
	l, err := net.FileListener(file)
	if err != nil {
		return nil, fmt.Errorf("devserver: inherited socket: %w", err)
	}
	file.Close()
	c := &Child{Listener: l, Run: run, live: newLiveReload(value), status: os.NewFile(statusFD, "status"), gone: make(chan struct{})}
	go c.listen(os.NewFile(controlFD, "control"))
	return c, nil
}

// listen follows the parent's lines until it is gone.
func (c *Child) listen(control *os.File) {
	lines := bufio.NewScanner(control)
	for lines.Scan() {
		if lines.Text() != "changed" {
			continue
		}
		c.mu.Lock()
		for _, f := range c.onChange {
			f()
		}
		c.mu.Unlock()
		c.live.refresh()
	}
	close(c.gone)
}

// Gone is closed when the parent process has ended; the child should end too.
func (c *Child) Gone() <-chan struct{} { return c.gone }

// OnChange registers what is to be done when live files have changed, before pages are loaded again.
func (c *Child) OnChange(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.onChange = append(c.onChange, f)
}

// Ready tells the parent that requests are answered. Live are the directories whose files are read from disk: a change
// there needs no restart.
func (c *Child) Ready(live []string) error {
	for _, dir := range live {
		if !strings.Contains(dir, "\n") {
			fmt.Fprintf(c.status, "live %s\n", dir)
		}
	}
	_, err := fmt.Fprintln(c.status, "ready")
	return err
}

// Failed tells the parent why the site did not start; the text is shown in the browser.
func (c *Child) Failed(text string) error {
	_, err := fmt.Fprintf(c.status, "failed\n%s", text)
	return errors.Join(err, c.status.Close())
}

// Handler serves the event stream for open pages under Path, and everything else with next.
func (c *Child) Handler(next http.Handler) http.Handler { return c.live.handler(next) }

// Script is the HTML that a page needs to follow changes; nonce, if not empty, is that of its Content-Security-Policy.
func (c *Child) Script(nonce string) string { return c.live.script(nonce) }

// Stop ends the event streams, so that they do not hold up the server's stop.
func (c *Child) Stop() { c.live.stop() }
