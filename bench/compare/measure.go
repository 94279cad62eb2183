package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// loads are the harness's modes and paths.
var loads = map[string][2]string{
	"plaintext": {"fixed", "/plaintext"}, "json": {"fixed", "/json"}, "db": {"fixed", "/db"},
	"queries": {"fixed", "/queries?n=20"}, "updates": {"fixed", "/updates?n=20"}, "fortunes": {"fixed", "/fortunes"},
	"list": {"pages", "/articles/"}, "detail": {"detail", ""}, "slow": {"fixed", "/slow"},
}

// sample is one round of one server.
type sample struct{ rate, cpu, p50, p99, errors float64 }

// measure loads the servers by turns and prints a table.
func (h *harness) measure(ctx context.Context, entries []*entry, endpoint string, rounds, seconds int) error {
	if _, ok := loads[endpoint]; !ok {
		return fmt.Errorf("unknown endpoint %q", endpoint)
	}
	var servers []*server
	defer func() {
		for _, s := range servers {
			s.stop()
		}
	}()
	for _, e := range entries {
		if !slices.Contains(e.Endpoints, endpoint) {
			continue
		}
		s, err := h.start(e)
		if err != nil {
			return err
		}
		servers = append(servers, s)
		if _, err := h.load(ctx, s, endpoint, 1); err != nil { // warm up
			return err
		}
	}
	if len(servers) == 0 {
		return nil
	}

	samples := make([][]sample, len(servers))
	for range rounds {
		for i, s := range servers {
			one, err := h.load(ctx, s, endpoint, seconds)
			if err != nil {
				return err
			}
			samples[i] = append(samples[i], one)
		}
	}
	fmt.Printf("\n%s (%s)\n%-20s %10s %7s %10s %7s %8s %8s %8s %7s\n", endpoint, servers[0].DB,
		"", "requests/s", "ratio", "CPU ms/1k", "ratio", "p50 ms", "p99 ms", "peak MB", "failed")
	var base sample
	for i, s := range servers {
		m := sample{
			rate: median(samples[i], func(x sample) float64 { return x.rate }), cpu: median(samples[i], func(x sample) float64 { return x.cpu }),
			p50: median(samples[i], func(x sample) float64 { return x.p50 }), p99: median(samples[i], func(x sample) float64 { return x.p99 }),
			errors: median(samples[i], func(x sample) float64 { return x.errors }),
		}
		if i == 0 {
			base = m
		}
		fmt.Printf("%-20s %10.0f %7.2f %10.1f %7.2f %8.2f %8.2f %8.1f %7.0f\n", s.Name,
			m.rate, m.rate/base.rate, m.cpu, m.cpu/base.cpu, m.p50, m.p99, s.peakMemory(), m.errors)
	}
	return nil
}

func median(list []sample, of func(sample) float64) float64 {
	values := make([]float64, len(list))
	for i, s := range list {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// load runs wrk with the harness's script against a server.
func (h *harness) load(ctx context.Context, s *server, endpoint string, seconds int) (sample, error) {
	mode := loads[endpoint]
	cmd := exec.CommandContext(ctx, "wrk", "-t2", "-c64", "-d"+strconv.Itoa(seconds)+"s", "--timeout", "10s",
		"-s", filepath.Join(h.dir, "wrk", "bench.lua"), s.url)
	cmd.Env = append(os.Environ(), "BENCH_MODE="+mode[0], "BENCH_PATH="+mode[1], "BENCH_COOKIE=")
	before := s.cpuTicks()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return sample{}, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	ticks := s.cpuTicks() - before
	_, result, ok := bytes.Cut(out, []byte("RESULT "))
	if !ok {
		return sample{}, fmt.Errorf("wrk said: %s", out)
	}
	result, _, _ = bytes.Cut(result, []byte("\n"))
	var r map[string]float64
	if err := json.Unmarshal(result, &r); err != nil {
		return sample{}, err
	}
	n := cmp.Or(r["requests"], 1)
	const tick = 10_000 // microseconds
	return sample{
		rate: n / (r["us"] / 1e6), cpu: float64(ticks) * tick / n, p50: r["p50"] / 1e3, p99: r["p99"] / 1e3,
		errors: r["e_connect"] + r["e_read"] + r["e_write"] + r["e_status"] + r["e_timeout"],
	}, nil
}

// cpuTicks is the server's user and system time in hundredths of a second.
func (s *server) cpuTicks() int64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	var ticks int64
	for _, f := range strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))[11:13] {
		n, _ := strconv.ParseInt(f, 10, 64)
		ticks += n
	}
	return ticks
}

// peakMemory is the largest resident size so far, in MB.
func (s *server) peakMemory() float64 {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	_, rest, _ := strings.Cut(string(data), "VmHWM:")
	kb, _ := strconv.ParseFloat(strings.Fields(rest + " 0 ")[0], 64)
	return kb / 1024
}
