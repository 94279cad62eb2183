package middleware_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/web"
)

// outbox is a Mailer that keeps the mails.
type outbox struct {
	mails []string
	err   error
}

func (o *outbox) MailManagers(_ context.Context, subject, body string) error {
	o.mails = append(o.mails, subject+"\n\n"+body)
	return o.err
}

func TestBrokenLinks(t *testing.T) {
	t.Parallel()
	missing := web.View(func(*web.Request) (*web.Response, error) { return nil, web.NotFound("no") })
	const internal = "Broken INTERNAL link on example.com\n\nReferrer: http://example.com/from\nRequested URL: /gone?a=1\nUser agent: <none>\nIP address: 192.0.2.1\n"
	tests := []struct {
		name    string
		opts    middleware.BrokenLinksOptions
		debug   bool
		view    web.Handler
		url     string
		referer string
		agent   string
		want    string
	}{
		{"internal", middleware.BrokenLinksOptions{}, false, missing, "/gone?a=1", "http://example.com/from", "", internal},
		{"external", middleware.BrokenLinksOptions{}, false, missing, "/gone", "https://other.test/", "Moz", "Broken link on example.com\n\nReferrer: https://other.test/\nRequested URL: /gone\nUser agent: Moz\nIP address: 192.0.2.1\n"},
		{"no referrer", middleware.BrokenLinksOptions{}, false, missing, "/gone", "", "", ""},
		{"found", middleware.BrokenLinksOptions{}, false, text("hi"), "/here", "http://example.com/from", "", ""},
		{"debug", middleware.BrokenLinksOptions{}, true, missing, "/gone", "http://example.com/from", "", ""},
		{"search engine", middleware.BrokenLinksOptions{}, false, missing, "/gone", "https://other.test/?q=x", "", ""},
		{"own query", middleware.BrokenLinksOptions{}, false, missing, "/gone?a=1", "http://example.com/from?q=x", "", "Broken INTERNAL link on example.com\n\nReferrer: http://example.com/from?q=x\nRequested URL: /gone?a=1\nUser agent: <none>\nIP address: 192.0.2.1\n"},
		{"itself", middleware.BrokenLinksOptions{}, false, missing, "/gone", "http://example.com/gone", "", ""},
		{"itself, other scheme", middleware.BrokenLinksOptions{}, false, missing, "/gone", "https://example.com/gone", "", ""},
		{"itself, bare path", middleware.BrokenLinksOptions{}, false, missing, "/gone", "/gone", "", ""},
		{"slash redirect", middleware.BrokenLinksOptions{}, false, missing, "/gone/", "/gone", "", ""},
		{"ignored", middleware.BrokenLinksOptions{Ignore: []*regexp.Regexp{regexp.MustCompile(`^/gone`)}}, false, missing, "/gone?a=1", "http://example.com/from", "", ""},
		{"subdomain is another host", middleware.BrokenLinksOptions{}, false, missing, "/gone", "http://www.example.com/?x", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			box := &outbox{err: errors.New("the mail server is down")}
			tt.opts.Mailer = box
			cfg := quiet()
			cfg.Debug = tt.debug
			req := get("http://example.com"+tt.url, "Referer", tt.referer)
			if tt.agent != "" {
				req.Header.Set("User-Agent", tt.agent)
			}
			serve(t, cfg, web.Compose(tt.view, middleware.BrokenLinks(tt.opts)), req)
			got := ""
			if len(box.mails) > 0 {
				got = box.mails[0]
			}
			if got != tt.want || len(box.mails) > 1 {
				t.Errorf("mails = %q, want %q", box.mails, tt.want)
			}
		})
	}
}

func TestBrokenLinksQuota(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		box := new(outbox)
		missing := web.View(func(*web.Request) (*web.Response, error) { return nil, web.NotFound("no") })
		chain := web.Compose(missing, middleware.BrokenLinks(middleware.BrokenLinksOptions{Mailer: box, MaxPerHour: 2}))
		send := func() { serve(t, quiet(), chain, get("http://example.com/gone", "Referer", "http://example.com/from")) }
		for range 5 {
			send()
		}
		if len(box.mails) != 2 {
			t.Errorf("%d mails in the first hour, want 2", len(box.mails))
		}
		time.Sleep(time.Hour)
		send()
		if len(box.mails) != 3 {
			t.Errorf("%d mails after an hour, want 3", len(box.mails))
		}
	})
}

func TestBrokenLinksNeedsMailer(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("no panic without a Mailer")
		}
	}()
	middleware.BrokenLinks(middleware.BrokenLinksOptions{})
}

func BenchmarkBrokenLinks(b *testing.B) {
	bench(b, web.Compose(text("hi"), middleware.BrokenLinks(middleware.BrokenLinksOptions{Mailer: &outbox{}})), get("http://example.com/"))
}

// waitingMailer mails when the visitor has his answer, or says that he has none.
type waitingMailer struct{ answered, mailed chan bool }

func (m *waitingMailer) MailManagers(ctx context.Context, _, _ string) error {
	select {
	case <-m.answered:
		m.mailed <- true
	case <-time.After(10 * time.Second):
		m.mailed <- false
	}
	return nil
}

// The visitor does not wait for the mail.
func TestBrokenLinksAnswerFirst(t *testing.T) {
	t.Parallel()
	mailer := &waitingMailer{answered: make(chan bool), mailed: make(chan bool, 1)}
	missing := web.View(func(*web.Request) (*web.Response, error) { return nil, web.NotFound("no") })
	cfg := quiet()
	cfg.AllowedHosts = []string{"*"}
	srv := httptest.NewServer(web.ToHTTP(web.Compose(missing, middleware.BrokenLinks(middleware.BrokenLinksOptions{Mailer: mailer})), cfg))
	defer srv.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/gone", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Referer", srv.URL+"/from")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	close(mailer.answered)
	if !<-mailer.mailed || resp.StatusCode != 404 || len(body) == 0 || err != nil {
		t.Errorf("status %d with %d bytes (%v) came after the mail", resp.StatusCode, len(body), err)
	}
}
