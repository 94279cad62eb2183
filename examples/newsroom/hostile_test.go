package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/hostile"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
	"github.com/nuages-go/nuages/webtest"
)

// readEverything looks at all parts of a request that a visitor can shape.
func readEverything(r *web.Request) (*web.Response, error) {
	host, err := r.Host()
	if err != nil {
		return nil, err
	}
	address, err := r.AbsoluteURL("../x")
	if err != nil {
		return nil, err
	}
	if _, err := r.SignedCookie("sessionid", "", time.Hour); err == nil {
		return nil, fmt.Errorf("a forged cookie passes for a signed one")
	}
	form, files, err := r.ParseForm()
	if err != nil {
		return nil, err
	}
	if r.ContentType() == "application/json" {
		if _, err := web.Bind[struct{ Page int }](r); err != nil {
			return nil, err
		}
	}
	resp, err := web.JSON(map[string]any{
		"host": host, "address": address, "path": r.FullPath(), "get": r.GET().Encode(), "form": form.Encode(), "files": files.Len(),
		"cookies": r.Cookies(), "accepts": r.PreferredType("text/html", "application/json"), "ip": r.ClientIP(), "rest": r.PathValue("rest"),
		"seen": []string{r.LastEventID(), r.Scheme(), r.Port()},
	})
	if err != nil {
		return nil, err
	}
	for _, value := range r.Cookies() {
		resp.SetCookie(web.Cookie{Name: "echo", Value: value})
	}
	return resp, nil
}

// A hundred thousand broken requests get pages and refusals, never a panic or a 500.
func TestHostileRequests(t *testing.T) {
	t.Parallel()
	const total, workers = 100_000, 4
	site := site()
	site.URLs = append(urls.Patterns{urls.Path("everything/<path:rest>", web.View(readEverything))}, site.URLs...)
	client := webtest.New(t, site, webtest.AllowErrors())

	var group sync.WaitGroup
	answers := make([]map[int]int, workers)
	for worker := range workers {
		answers[worker] = map[int]int{}
		group.Go(func() {
			g := hostile.New(uint64(worker), "/everything/x", "/article/1", "/tag/sea", "/?page=2", "/static/news/site.css", "/estuary.svg", "/latest.json", "/about")
			for i := range total / workers {
				raw := g.Request()
				status, ok := answer(client.Handler(), raw)
				answers[worker][status]++
				if !ok {
					t.Errorf("worker %d, request %d: status %d\n%q", worker, i, status, raw)
					return
				}
			}
		})
	}
	group.Wait()

	all := map[int]int{}
	for _, some := range answers {
		for status, n := range some {
			all[status] += n
		}
	}
	t.Logf("answers by status: %v", all)
	if all[200] == 0 || all[400] == 0 || all[404] == 0 {
		t.Errorf("answers by status: %v: want some of 200, 400 and 404, or the requests test nothing", all)
	}
}

// answer sends raw bytes through net/http's parser into the handler. What the parser refuses counts as a 400.
func answer(h http.Handler, raw []byte) (status int, ok bool) {
	req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		return http.StatusBadRequest, true
	}
	req.RemoteAddr = "127.0.0.1:1"
	rec := httptest.NewRecorder()
	defer func() {
		if v := recover(); v != nil {
			status, ok = 599, false
		}
	}()
	h.ServeHTTP(rec, req)
	return rec.Code, rec.Code >= 200 && rec.Code < 500
}
