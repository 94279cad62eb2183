package devserver

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nuages-go/nuages/server"
)

// Options say how Run works.
type Options struct {
	// Listener is the socket that the children serve on. Run closes it.
	Listener net.Listener
	// Dir is the main package's directory. Default: where the go command finds the running program's package.
	Dir string
	// Args are the child's arguments, without the program's name. Default: the parent's.
	Args []string
	// Environ is the child's environment. Default: the parent's.
	Environ []string
	// Rebuild builds before the first start. Default: only when a source is newer than the running program.
	Rebuild bool
	// Poll looks through the files regularly instead of asking the system to watch them.
	Poll bool
	// Stdout and Stderr are the child's. Default: the parent's.
	Stdout, Stderr *os.File
	// Log says what happens, one line each. Default: nothing is said.
	Log func(text string)
	// LogFailure shows why the site does not run. Default: Log.
	LogFailure func(f *Failure)
}

// parent is Run at work. Its fields belong to Run's goroutine.
type parent struct {
	opts    Options
	project *project
	program string // what the next child runs
	runs    int
	child   *process
	page    *failurePage // the parent's own server while there is no child

	embedded chan []string // directories of embedded files, when they are known
	learning bool          // somebody is about to send them
}

// Run builds and runs the program until ctx ends. An error that is ErrNoSources says that there is nothing to build; the
// listener is then still open, and the caller may serve without reloading.
func Run(ctx context.Context, opts Options) error {
	if !canPass {
		return fmt.Errorf("%w: this system cannot pass a socket to a child", ErrNoSources)
	}
	project, err := findProject(ctx, opts.Dir)
	if err != nil {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("devserver: %w", err)
	}
	opts = withDefaults(opts)
	p := &parent{opts: opts, project: project, program: program}
	defer p.close()
	return p.loop(ctx)
}

func withDefaults(opts Options) Options {
	if opts.Args == nil {
		opts.Args = os.Args[1:]
	}
	if opts.Environ == nil {
		opts.Environ = os.Environ()
	}
	if opts.Stdout == nil {
		opts.Stdout = os.Stdout
	}
	if opts.Stderr == nil {
		opts.Stderr = os.Stderr
	}
	if opts.Log == nil {
		opts.Log = func(string) {}
	}
	if opts.LogFailure == nil {
		opts.LogFailure = func(f *Failure) { opts.Log(f.Error()) }
	}
	return opts
}

// loop reacts to changes and to the child's end.
func (p *parent) loop(ctx context.Context) error {
	changes := make(chan []string, 1)
	watching, stopWatching := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() { defer close(watched); watch(watching, p.project.root, p.opts.Poll, changes) }()
	defer func() { stopWatching(); <-watched }()

	p.embedded = make(chan []string, 1)
	if p.opts.Rebuild || p.stale() {
		p.rebuild(ctx, changes)
	} else {
		p.start()
		p.learnEmbedded(ctx)
	}
	for {
		select {
		case <-ctx.Done():
			p.stop()
			return nil
		case paths := <-changes:
			p.react(ctx, paths, changes)
		case dirs := <-p.embedded:
			p.learning = false
			if dirs != nil {
				p.project.embedded = dirs
			}
		case <-p.exited():
			p.fail(p.child.failure(p.project))
		}
	}
}

// learnEmbedded asks the go command, beside everything else, which files are compiled in.
func (p *parent) learnEmbedded(ctx context.Context) {
	if p.learning {
		return
	}
	p.learning = true
	go func() { p.embedded <- p.project.embeddedDirs(ctx) }()
}

// stale says whether a source is newer than the running program, which was then built before it.
func (p *parent) stale() bool {
	info, err := os.Stat(p.program)
	if err != nil {
		return true
	}
	for path, at := range snapshot(p.project.root) {
		if filepath.Ext(path) == ".go" && at.After(info.ModTime()) {
			return true
		}
	}
	return false
}

func (p *parent) exited() <-chan struct{} {
	if p.child == nil {
		return nil
	}
	return p.child.exited
}

// react does what the changed paths ask for.
func (p *parent) react(ctx context.Context, paths []string, changes <-chan []string) {
	do, first := doNothing, ""
	var live []string
	if p.child != nil {
		live = p.child.liveDirs()
	}
	for _, path := range paths {
		need := p.project.needs(path, live)
		if need == doRefresh && p.child == nil {
			need = doRestart // perhaps the site starts now
		}
		if need > do {
			do, first = need, path
		}
	}
	if do == doNothing {
		return
	}
	if rel, err := filepath.Rel(p.project.root, first); err == nil {
		first = rel
	}
	switch do {
	case doRefresh:
		p.opts.Log(first + " changed, pages reloaded")
		p.child.tell("changed")
	case doRestart:
		p.opts.Log(first + " changed, restarting")
		p.stop()
		p.start()
	case doBuild:
		p.opts.Log(first + " changed, rebuilding")
		p.rebuild(ctx, changes)
	}
}

// rebuild stops the child, builds and starts the new one. Requests wait in the socket's queue meanwhile. A change during
// the build begins it again.
func (p *parent) rebuild(ctx context.Context, changes <-chan []string) {
	began := time.Now()
	stopped := make(chan struct{})
	go func(child *process, page *failurePage) { // the old child may finish its requests during the build
		defer close(stopped)
		child.stop()
		page.stop()
	}(p.child, p.page)
	p.child, p.page = nil, nil

	type built struct {
		program string
		err     error
	}
	for {
		p.runs++
		building, cancel := context.WithCancel(ctx)
		result := make(chan built, 1)
		go func(n int) {
			program, err := p.project.build(building, n)
			result <- built{program, err}
		}(p.runs)
		select {
		case paths := <-changes:
			cancel()
			<-result
			_ = paths
			continue
		case b := <-result:
			cancel()
			<-stopped
			if ctx.Err() != nil {
				return
			}
			if b.err != nil {
				p.fail(asFailure(b.err))
				return
			}
			p.replace(b.program)
			p.opts.Log(fmt.Sprintf("built in %.1fs", time.Since(began).Seconds()))
			p.start()
			p.learnEmbedded(ctx)
			return
		}
	}
}

func asFailure(err error) *Failure {
	if f, ok := errors.AsType[*Failure](err); ok {
		return f
	}
	return &Failure{Title: "The site cannot be built", Output: err.Error()}
}

// replace makes a new build the one to run, and removes the last one.
func (p *parent) replace(program string) {
	if p.project.output != "" && within(p.program, p.project.output) {
		os.Remove(p.program)
	}
	p.program = program
}

// start runs the program. If it cannot even be started, the page says so.
func (p *parent) start() {
	p.page.stop()
	p.page = nil
	p.runs++
	child, err := startProcess(p.opts, p.program, p.runs)
	if err != nil {
		p.fail(&Failure{Title: "The site cannot be started", Output: err.Error()})
		return
	}
	p.child = child
}

// fail shows why there is no site, in the terminal and in the browser.
func (p *parent) fail(f *Failure) {
	p.child = nil
	p.opts.LogFailure(f)
	p.runs++
	page, err := serveFailure(p.opts.Listener, f, strconv.Itoa(p.runs))
	if err != nil {
		p.opts.Log("the page for the browser cannot be served: " + err.Error())
	}
	p.page = page
}

func (p *parent) stop() {
	p.child.stop()
	p.page.stop()
	p.child, p.page = nil, nil
}

func (p *parent) close() {
	p.stop()
	p.opts.Listener.Close()
	if p.project.output != "" {
		os.RemoveAll(p.project.output)
	}
}

// process is a running child. A nil one is no child.
type process struct {
	cmd     *exec.Cmd
	control *os.File
	exited  chan struct{} // closed when the process has ended and its status has been read

	ready  chan struct{} // closed at Ready
	live   []string      // set before ready is closed
	reason string        // set before exited is closed
}

func startProcess(opts Options, program string, run int) (*process, error) {
	socket, err := server.Duplicate(opts.Listener)
	if err != nil {
		return nil, err
	}
	defer socket.Close()
	controlRead, control, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer controlRead.Close()
	status, statusWrite, err := os.Pipe()
	if err != nil {
		control.Close()
		return nil, err
	}
	defer statusWrite.Close()

	cmd := exec.Command(program, opts.Args...)
	cmd.Stdout, cmd.Stderr = opts.Stdout, opts.Stderr
	cmd.ExtraFiles = []*os.File{socket, controlRead, statusWrite}
	cmd.Env = append(slices.Clone(opts.Environ), Variable+"="+strconv.Itoa(run))
	ownGroup(cmd)
	if err := cmd.Start(); err != nil {
		control.Close()
		status.Close()
		return nil, err
	}
	p := &process{cmd: cmd, control: control, exited: make(chan struct{}), ready: make(chan struct{})}
	go p.follow(status)
	return p, nil
}

// follow reads the child's status until it ends.
func (p *process) follow(status *os.File) {
	defer close(p.exited)
	defer status.Close()
	in := bufio.NewReader(io.LimitReader(status, 1<<20))
	for {
		line, err := in.ReadString('\n')
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == "ready":
			close(p.ready)
		case line == "failed":
			text, _ := io.ReadAll(in)
			p.reason = string(text)
		case strings.HasPrefix(line, "live "):
			p.live = append(p.live, strings.TrimPrefix(line, "live "))
		}
		if err != nil {
			break
		}
	}
	_ = p.cmd.Wait()
}

func (p *process) liveDirs() []string {
	select {
	case <-p.ready:
		return p.live
	default:
		return nil
	}
}

func (p *process) tell(line string) { fmt.Fprintln(p.control, line) }

// stop asks the child to end and, when it takes too long, makes it.
func (p *process) stop() {
	if p == nil {
		return
	}
	terminate(p.cmd.Process)
	select {
	case <-p.exited:
	case <-time.After(4 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.exited
	}
	p.control.Close()
}

// failure says why a child ended by itself.
func (p *process) failure(project *project) *Failure {
	p.control.Close()
	if p.reason != "" {
		return newFailure(project, "The site does not start", []byte(p.reason))
	}
	return &Failure{Title: "The site has stopped", Output: fmt.Sprintf("The program ended (%s); the terminal may say why. It starts again after the next change.", p.cmd.ProcessState)}
}

// failurePage is the parent's own server. A nil one serves nothing.
type failurePage struct {
	cancel context.CancelFunc
	live   *liveReload
	done   chan struct{}
}

func serveFailure(l net.Listener, f *Failure, id string) (*failurePage, error) {
	file, err := server.Duplicate(l)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	own, err := net.FileListener(file)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	page := &failurePage{cancel: cancel, live: newLiveReload(id), done: make(chan struct{})}
	go func() {
		defer close(page.done)
		_ = server.Serve(ctx, page.live.handler(failureHandler(f, page.live)), server.Options{
			Listener: own, OnDrain: page.live.stop, IdleGrace: time.Millisecond, DrainTimeout: time.Second,
		})
	}()
	return page, nil
}

func (f *failurePage) stop() {
	if f != nil {
		f.cancel()
		<-f.done
	}
}
