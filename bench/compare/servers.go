package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// entry is a server as servers.json describes it.
type entry struct {
	Name      string            `json:"name"`
	Port      int               `json:"port"`
	DB        string            `json:"db"`
	Command   string            `json:"command"`
	Build     string            `json:"build"`
	Env       map[string]string `json:"env"`
	Endpoints []string          `json:"endpoints"`

	dir string // where Build runs
}

// baselines are the hand-written servers that ratios are to.
var baselines = map[string]string{"pg": "raw", "sqlite": "raw-sqlite-modernc"}

// entries are our site on both databases and the harness's Go servers, the baselines first.
func (h *harness) entries(only []string) ([]*entry, error) {
	data, err := os.ReadFile(filepath.Join(h.dir, "servers.json"))
	if err != nil {
		return nil, err
	}
	var list []*entry
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(e *entry) bool {
		base := e.Name == baselines["pg"] || e.Name == baselines["sqlite"]
		return !strings.HasPrefix(e.Command, "{BIN}") || len(only) > 0 && !base && !slices.Contains(only, e.Name)
	})
	for _, e := range list {
		e.dir, e.DB = filepath.Join(h.dir, "go"), cmp.Or(e.DB, "pg")
	}
	build := "go build -trimpath -o {BIN}/nuages ./site"
	all := []string{"plaintext", "json", "db", "queries", "updates", "fortunes", "list", "detail"}
	for _, e := range []*entry{
		{Name: "nuages", Port: 18040, DB: "pg", Env: map[string]string{"PG_DSN": "{PG_DSN}"}},
		{Name: "nuages-sqlite", Port: 18041, DB: "sqlite", Env: map[string]string{"SQLITE": "{SQLITE}"}},
	} {
		e.Command, e.Build, e.dir, e.Endpoints = "{BIN}/nuages", build, filepath.Join(h.repo, "bench"), all
		e.Env["LISTEN"] = "127.0.0.1:{PORT}"
		list = append(list, e)
	}
	slices.SortStableFunc(list, func(x, y *entry) int { return rank(x) - rank(y) })
	return list, nil
}

func rank(e *entry) int {
	switch {
	case e.Name == baselines[e.DB]:
		return 0
	case strings.HasPrefix(e.Name, "nuages"):
		return 1
	}
	return 2
}

// fill replaces the harness's {NAMES}.
func (h *harness) fill(text string, e *entry) string {
	port := cmp.Or(os.Getenv("BENCH_PGPORT"), "54329")
	return strings.NewReplacer(
		"{BIN}", filepath.Join(h.work, "bin"), "{WORK}", h.work, "{BENCH}", h.dir, "{PORT}", strconv.Itoa(e.Port),
		"{PG_DSN}", "postgres://bench:bench@127.0.0.1:"+port+"/newsroom?sslmode=disable", "{PG_HOST}", "127.0.0.1", "{PG_PORT}", port,
		"{SQLITE}", filepath.Join(h.work, "dj", "db", "newsroom.sqlite3"),
	).Replace(text)
}

// build builds the servers and returns those that could be.
func (h *harness) build(ctx context.Context, entries []*entry) []*entry {
	done := map[string]error{}
	return slices.DeleteFunc(entries, func(e *entry) bool {
		command := h.fill(e.Build, e)
		err, known := done[command]
		if !known && command != "" {
			fmt.Println("building", e.Name, "…")
			cmd := exec.CommandContext(ctx, "sh", "-c", command)
			cmd.Dir = e.dir
			out, failure := cmd.CombinedOutput()
			if err = failure; err != nil {
				lines := strings.Split(strings.TrimSpace(string(out)), "\n")
				fmt.Printf("left out: %s cannot be built here: %s\n", e.Name, lines[len(lines)-1])
			}
			done[command] = err
		}
		return err != nil
	})
}

// server is a running entry.
type server struct {
	*entry
	cmd *exec.Cmd
	url string
	log *os.File
}

func (h *harness) start(e *entry) (*server, error) {
	log, err := os.Create(filepath.Join(h.work, e.Name+".log"))
	if err != nil {
		return nil, err
	}
	s := &server{entry: e, cmd: exec.Command(h.fill(e.Command, e)), url: "http://127.0.0.1:" + strconv.Itoa(e.Port), log: log}
	s.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "BENCH_SECRET=newsroom-benchmark-secret-key-not-for-production-0123456789"}
	for name, value := range e.Env {
		s.cmd.Env = append(s.cmd.Env, name+"="+h.fill(value, e))
	}
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for range 500 {
		resp, err := http.Get(s.url + "/json")
		if err == nil {
			resp.Body.Close()
			return s, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.stop()
	return nil, fmt.Errorf("%s does not answer, see %s", e.Name, log.Name())
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(3*time.Second, func() { _ = s.cmd.Process.Kill() })
	_ = s.cmd.Wait()
	timer.Stop()
	s.log.Close()
}
