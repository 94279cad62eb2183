package middleware

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/web"
)

// Source expressions of a content security policy. Django: django.utils.csp.CSP.
const (
	CSPNone           = "'none'"
	CSPSelf           = "'self'"
	CSPReportSample   = "'report-sample'"
	CSPStrictDynamic  = "'strict-dynamic'"
	CSPUnsafeEval     = "'unsafe-eval'"
	CSPUnsafeHashes   = "'unsafe-hashes'"
	CSPUnsafeInline   = "'unsafe-inline'"
	CSPWASMUnsafeEval = "'wasm-unsafe-eval'"
	// CSPNonce stands for the request's nonce: 'nonce-…' in a response whose page used it, nothing in others.
	CSPNonce = "<CSP_NONCE_SENTINEL>"
)

// Policy is a content security policy: its directives in the order in which they are sent.
//
//	middleware.Policy{
//		{"default-src", []string{middleware.CSPSelf}},
//		{"script-src", []string{middleware.CSPSelf, middleware.CSPNonce}},
//		{"upgrade-insecure-requests", nil},
//	}
type Policy []Directive

// Directive is one directive of a policy. Without sources (nil) it stands alone: Django's True. With an empty list that
// is not nil it is left out: Django's None, False and [].
type Directive struct {
	Name    string
	Sources []string
}

// String is the header value for a page that did not use the nonce.
func (p Policy) String() string { return p.build("") }

// WithNonce is the header value for a page that used the nonce.
func (p Policy) WithNonce(nonce string) string { return p.build(nonce) }

// build follows Django 6.1 django/utils/csp.py build_policy: a directive that loses its only source, the nonce, is left out.
func (p Policy) build(nonce string) string {
	var b strings.Builder
	for _, d := range p {
		sources := d.Sources
		if slices.Contains(sources, CSPNonce) {
			sources = make([]string, 0, len(d.Sources))
			for _, source := range d.Sources {
				switch {
				case source != CSPNonce:
					sources = append(sources, source)
				case nonce != "":
					sources = append(sources, "'nonce-"+nonce+"'")
				}
			}
		}
		if sources != nil && len(sources) == 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		b.WriteString(d.Name)
		for _, source := range sources {
			b.WriteByte(' ')
			b.WriteString(source)
		}
	}
	return b.String()
}

// compiledPolicy is a policy with the header value of pages without a nonce made once.
type compiledPolicy struct {
	policy Policy
	plain  []string
	nonced bool // some directive asks for the nonce
}

func compilePolicy(p Policy) *compiledPolicy {
	p = slices.Clone(p)
	nonced := slices.ContainsFunc(p, func(d Directive) bool { return slices.Contains(d.Sources, CSPNonce) })
	return &compiledPolicy{p, shared(p.String()), nonced}
}

func (c *compiledPolicy) header(nonce string) []string {
	if !c.nonced || nonce == "" {
		return c.plain
	}
	return []string{c.policy.WithNonce(nonce)}
}

// CSPOptions configures CSP.
type CSPOptions struct {
	// Policy is enforced by browsers. Django: SECURE_CSP. Default: none, no header.
	Policy Policy
	// ReportOnly is only reported on. Django: SECURE_CSP_REPORT_ONLY. Default: none, no header.
	ReportOnly Policy
}

// CSP sends content security policies and offers a nonce to templates. CSPOverride and CSPReportOnlyOverride set the
// policies of one view; a header that the response has already is kept; the debug pages get none. Django:
// ContentSecurityPolicyMiddleware.
func CSP(opts CSPOptions) web.Middleware {
	policy, reportOnly := compilePolicy(opts.Policy), compilePolicy(opts.ReportOnly)
	return func(next web.Handler) web.Handler { return &csp{next, policy, reportOnly} }
}

type csp struct {
	next               web.Handler
	policy, reportOnly *compiledPolicy
}

// cspState is what the layer keeps of a request.
type cspState struct {
	nonce              string          // empty until somebody asks for it
	policy, reportOnly *compiledPolicy // of the view, if it has its own
	policyOf, reportOf *web.Response   // the responses that those belong to
}

var cspSlot = web.NewSlot[*cspState]("content security policy")

// LayerInfo names the layer.
func (c *csp) LayerInfo() web.LayerInfo { return layerInfo(LayerCSP) }

// Serve sets the headers.
func (c *csp) Serve(r *web.Request) (*web.Response, error) {
	state := new(cspState)
	cspSlot.Set(r, state)
	resp, err := c.next.Serve(r)
	if err != nil {
		return nil, err
	}

	if resp.Err != nil && r.Config().Debug {
		return resp, nil // the debug pages need their own styles and scripts
	}
	policy, reportOnly := c.policy, c.reportOnly
	if state.policy != nil && state.policyOf == resp {
		policy = state.policy
	}
	if state.reportOnly != nil && state.reportOf == resp {
		reportOnly = state.reportOnly
	}
	if len(policy.policy) > 0 {
		setDefault(resp.Header(), "Content-Security-Policy", policy.header(state.nonce))
	}
	if len(reportOnly.policy) > 0 {
		setDefault(resp.Header(), "Content-Security-Policy-Report-Only", reportOnly.header(state.nonce))
	}
	return resp, nil
}

// CSPOverride replaces the enforced policy for one view; an empty policy sends none. Django: csp_override.
func CSPOverride(policy Policy) func(web.Handler) web.Handler {
	compiled := compilePolicy(policy)
	return func(h web.Handler) web.Handler {
		return after(h, func(r *web.Request, resp *web.Response) {
			if state, ok := cspSlot.Get(r); ok {
				state.policy, state.policyOf = compiled, resp
			}
		})
	}
}

// CSPReportOnlyOverride replaces the reported policy for one view; an empty policy sends none. Django:
// csp_report_only_override.
func CSPReportOnlyOverride(policy Policy) func(web.Handler) web.Handler {
	compiled := compilePolicy(policy)
	return func(h web.Handler) web.Handler {
		return after(h, func(r *web.Request, resp *web.Response) {
			if state, ok := cspSlot.Get(r); ok {
				state.reportOnly, state.reportOf = compiled, resp
			}
		})
	}
}

// Nonce is the request's nonce for inline scripts and styles: 22 random characters, made at the first call and the same
// for the whole request. It is empty when CSP is not in the chain. Templates get it as csp_nonce.
func Nonce(r *web.Request) string {
	state, ok := cspSlot.Get(r)
	if !ok {
		return ""
	}
	if state.nonce == "" {
		var random [16]byte
		_, _ = rand.Read(random[:]) // never fails
		state.nonce = base64.RawURLEncoding.EncodeToString(random[:])
	}
	return state.nonce
}

// NonceFrom is Nonce for code that has the request's context only: a template's context processor.
func NonceFrom(ctx context.Context) string {
	r, ok := web.FromContext(ctx)
	if !ok {
		return ""
	}
	return Nonce(r)
}
