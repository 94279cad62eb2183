package middleware

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/nuages-go/nuages/web"
)

// Mailer sends a mail to those who look after the site. Django: mail_managers.
type Mailer interface {
	MailManagers(ctx context.Context, subject, body string) error
}

// BrokenLinksOptions configures BrokenLinks.
type BrokenLinksOptions struct {
	// Mailer gets the reports. It must not be nil.
	Mailer Mailer
	// Ignore are searched for in the path with its query; a match is not reported. Django: IGNORABLE_404_URLS. Default: none.
	Ignore []*regexp.Regexp
	// NoAppendSlash says that the site does not append slashes (see CommonOptions). Default: false.
	NoAppendSlash bool
	// MaxPerHour bounds the mails that a process sends in an hour, for anybody can make a site report links. Default: 0,
	// no bound, as in Django.
	MaxPerHour int
}

// BrokenLinks reports pages that link to a URL which does not exist: a 404 with a Referer is mailed, after the response
// was written. Nothing is reported in Debug, nor what robots and search engines cause. Django:
// BrokenLinkEmailsMiddleware.
func BrokenLinks(opts BrokenLinksOptions) web.Middleware {
	if opts.Mailer == nil {
		panic("middleware: BrokenLinks needs a Mailer")
	}
	quota := &mailQuota{most: opts.MaxPerHour}
	return func(next web.Handler) web.Handler { return &brokenLinks{next, opts, quota} }
}

type brokenLinks struct {
	next  web.Handler
	opts  BrokenLinksOptions
	quota *mailQuota
}

// mailQuota counts the mails of the current hour.
type mailQuota struct {
	most int

	mu    sync.Mutex // guards what follows
	begun time.Time
	sent  int
}

// take reports whether one more mail may be sent.
func (q *mailQuota) take(now time.Time) bool {
	if q.most <= 0 {
		return true
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if now.Sub(q.begun) >= time.Hour {
		q.begun, q.sent = now, 0
	}
	q.sent++
	return q.sent <= q.most
}

// LayerInfo names the layer.
func (b *brokenLinks) LayerInfo() web.LayerInfo { return layerInfo(LayerBrokenLinks) }

// Serve looks for a 404.
func (b *brokenLinks) Serve(r *web.Request) (*web.Response, error) {
	resp, err := b.next.Serve(r)
	if err != nil || resp.Status != http.StatusNotFound || r.Config().Debug || r.Referer() == "" {
		return resp, err
	}
	domain, err := r.Host()
	if err != nil {
		resp.Close()
		return nil, err
	}
	uri := r.FullPath()
	if !b.ignorable(uri, domain, r.Referer()) && b.quota.take(time.Now()) {
		if err := resp.SetContentLength(); err != nil { // so that the visitor knows when he has all of it
			resp.Close()
			return nil, err
		}
		r.OnDone(func(done web.Done) {
			done.Flush() // the visitor need not wait for the mail
			b.report(r, uri, domain)
		})
	}
	return resp, nil
}

// report sends the mail. Its failure must not fail the request.
func (b *brokenLinks) report(r *web.Request, uri, domain string) {
	referer, agent := r.Referer(), r.UserAgent()
	if agent == "" {
		agent = "<none>"
	}
	kind := ""
	if internalLink(domain, referer) {
		kind = "INTERNAL "
	}
	subject := fmt.Sprintf("Broken %slink on %s", kind, domain)
	body := fmt.Sprintf("Referrer: %s\nRequested URL: %s\nUser agent: %s\nIP address: %s\n", referer, uri, agent, clientIP(r))
	ctx := context.WithoutCancel(r.Context()) // the client may be gone
	if err := b.opts.Mailer.MailManagers(ctx, subject, body); err != nil {
		logger := r.Config().Logger
		if logger == nil {
			logger = slog.Default()
		}
		logger.LogAttrs(ctx, slog.LevelError, "broken link not mailed", slog.String("path", printable(uri)), slog.Any("err", err))
	}
}

// ignorable follows Django 6.1 django/middleware/common.py is_ignorable_request.
func (b *brokenLinks) ignorable(uri, domain, referer string) bool {
	if !b.opts.NoAppendSlash && strings.HasSuffix(uri, "/") && referer == uri[:len(uri)-1] {
		return true // a redirect of our own
	}
	if !internalLink(domain, referer) && strings.Contains(referer, "?") {
		return true // a search engine
	}
	if from, err := url.Parse(referer); err == nil && (from.Host == "" || from.Host == domain) && from.EscapedPath() == uri {
		return true // a robot that takes the page itself for its referrer
	}
	for _, pattern := range b.opts.Ignore {
		if pattern.MatchString(uri) {
			return true
		}
	}
	return false
}

// internalLink reports whether the referrer is a page of the same host; a subdomain is another host.
func internalLink(domain, referer string) bool {
	rest, ok := strings.CutPrefix(referer, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(referer, "http://")
	}
	return ok && len(rest) > len(domain) && rest[:len(domain)] == domain && rest[len(domain)] == '/'
}
