// Command compare runs the benchmark's site beside the servers of the shared harness: hand-written Go and other Go
// frameworks, all with the same tables and the same endpoints.
//
//	go run ./compare -seconds 3 -rounds 3 -endpoints list,detail
//
// It needs Go, python3, wrk and PostgreSQL's server programs. BENCH_HARNESS is the harness's directory (default
// ../../shared/bench, beside the repository), BENCH_WORK a scratch directory for its database and binaries (default
// newsroom-bench in the directory for temporary files).
//
// First all servers must answer with the same bodies. Then they take turns under load, so that what else the machine does
// falls on all alike. The figures are medians of the rounds; ratios are to the hand-written server of the same database.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	var (
		seconds   = flag.Int("seconds", 3, "seconds of load for each server in a round")
		rounds    = flag.Int("rounds", 3, "rounds")
		endpoints = flag.String("endpoints", "plaintext,json,db,queries,updates,fortunes,list,detail", "endpoints to measure")
		only      = flag.String("only", "", "servers to run besides ours and the hand-written ones (default: all)")
		down      = flag.Bool("down", true, "stop the database at the end")
	)
	flag.Parse()

	h, err := newHarness()
	if err != nil {
		return err
	}
	fmt.Println("loading the databases …")
	if err := h.python(ctx, "db.py", "up"); err != nil {
		return err
	}
	if *down {
		defer func() { _ = h.python(context.WithoutCancel(ctx), "db.py", "down") }()
	}
	entries, err := h.entries(strings.FieldsFunc(*only, func(r rune) bool { return r == ',' }))
	if err != nil {
		return err
	}
	entries = h.build(ctx, entries)

	failed := false
	for _, database := range []string{"pg", "sqlite"} {
		group := slices.DeleteFunc(slices.Clone(entries), func(e *entry) bool { return e.DB != database })
		if len(group) < 2 {
			continue
		}
		good := h.verify(ctx, group)
		failed = failed || len(good) < len(group)
		for endpoint := range strings.SplitSeq(*endpoints, ",") {
			if err := h.measure(ctx, good, endpoint, *rounds, *seconds); err != nil {
				return err
			}
		}
	}
	if failed {
		return fmt.Errorf("not all servers answered alike")
	}
	return nil
}

// harness is the shared benchmark: data, peers and load.
type harness struct{ dir, work, repo string }

func newHarness() (*harness, error) {
	repo, err := filepath.Abs("..")
	if err != nil {
		return nil, err
	}
	h := &harness{repo: repo, dir: os.Getenv("BENCH_HARNESS"), work: os.Getenv("BENCH_WORK")}
	if h.dir == "" {
		h.dir = filepath.Join(repo, "..", "shared", "bench")
	}
	if h.work == "" {
		h.work = filepath.Join(os.TempDir(), "newsroom-bench")
	}
	if _, err := os.Stat(filepath.Join(h.dir, "servers.json")); err != nil {
		return nil, fmt.Errorf("the harness is not at %s (set BENCH_HARNESS)", h.dir)
	}
	for _, program := range []string{"python3", "wrk"} {
		if _, err := exec.LookPath(program); err != nil {
			return nil, fmt.Errorf("%s is not installed", program)
		}
	}
	return h, os.MkdirAll(filepath.Join(h.work, "bin"), 0o755)
}

// python runs one of the harness's programs.
func (h *harness) python(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "python3", args...)
	cmd.Dir, cmd.Stderr = h.dir, os.Stderr
	cmd.Env = append(os.Environ(), "BENCH_WORK="+h.work, "PYTHONDONTWRITEBYTECODE=1")
	return cmd.Run()
}
