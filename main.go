package nuages

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/nuages-go/nuages/manage"
)

// Main makes a program of a site: it runs the command that os.Args names and exits. The built binary is the site and its
// manage.py.
//
// The exit code is 0 when the command did its work, 1 when it or a system check failed, 2 when its flags or arguments
// were wrong, 130 when it was interrupted; a command may have others of its own. The first interrupt or SIGTERM asks
// the command to stop, the second makes it.
func Main(site Site) {
	p := &process{site: site, mainDir: mainDir(), stop: make(chan os.Signal, 2), abort: make(chan struct{})}
	signal.Notify(p.stop, os.Interrupt, syscall.SIGTERM)
	os.Exit(p.run(context.Background(), os.Args[1:]))
}

// process is the running program, as far as commands need to know of it.
type process struct {
	site    Site
	mainDir string // the main package's source directory, "" if unknown
	stop    chan os.Signal
	abort   chan struct{} // closed at the second signal
}

func (p *process) run(ctx context.Context, args []string) int {
	ctx, cancel := context.WithCancel(context.WithValue(ctx, processKey{}, p))
	defer cancel()
	go p.watchSignals(cancel)

	program := newProgram(&p.site, nil)
	program.Colors = firstSet(os.Getenv("NUAGES_COLORS"), os.Getenv("DJANGO_COLORS"))
	if os.Getenv("NO_COLOR") != "" {
		program.Colors = "nocolor"
	}
	return program.Run(ctx, args)
}

// watchSignals ends the context at the first signal; at the second it ends the program, at the latest a second later.
func (p *process) watchSignals(cancel context.CancelFunc) {
	<-p.stop
	cancel()
	<-p.stop
	close(p.abort)
	time.Sleep(time.Second)
	os.Exit(manage.ExitSignal)
}

type processKey struct{}

// processFrom returns the process of Main; a program whose commands are called from elsewhere has an empty one.
func processFrom(ctx context.Context) *process {
	if p, ok := ctx.Value(processKey{}).(*process); ok {
		return p
	}
	return &process{}
}

// mainDir is the directory of the file with func main, which calls Main.
func mainDir() string {
	pcs := make([]uintptr, 16)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		frame, more := frames.Next()
		if frame.Function == "main.main" {
			return filepath.Dir(frame.File)
		}
		if !more {
			return ""
		}
	}
}

func firstSet(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
