package web

import (
	"net/netip"
	"strings"
)

// forwarded is what the trusted proxies in front of the site say of the visitor.
type forwarded struct {
	client netip.Addr
	proto  string
	host   string
	port   string
}

// proxyHeaders are those that a visitor must not be able to set when proxies are configured.
var proxyHeaders = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Real-Ip"}

// cleanHeader drops headers that only a spoofer sends: names with "_" (the same as with "-" once they are CGI variables)
// and, from an address that is no trusted proxy, the forwarded ones.
func (r *Request) cleanHeader() {
	for name := range r.Header {
		if strings.IndexByte(name, '_') >= 0 {
			delete(r.Header, name)
		}
	}
	if len(r.config.TrustedProxies) > 0 && !r.fromProxy() {
		for _, name := range proxyHeaders {
			delete(r.Header, name)
		}
	}
}

// believes says whether the deployment's promises about forwarded headers hold for this request.
func (r *Request) believes() bool { return len(r.config.TrustedProxies) == 0 || r.fromProxy() }

func (r *Request) fromProxy() bool { return r.trusts(r.peer()) }

func (r *Request) trusts(addr netip.Addr) bool {
	for _, network := range r.config.TrustedProxies {
		if network.Contains(addr) {
			return true
		}
	}
	return false
}

func (r *Request) peer() netip.Addr { return parseAddr(r.RemoteAddr) }

// parseAddr reads an address with or without port and brackets; the zero Addr if it is none.
func parseAddr(s string) netip.Addr {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap()
	}
	addr, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap().WithZone("")
}

// ClientIP is the address of the visitor: the peer's, or behind trusted proxies the right-most forwarded address that is
// not a proxy's. The zero Addr if it is not known (a unix socket).
func (r *Request) ClientIP() netip.Addr {
	if f := r.forwarded(); f != nil && f.client.IsValid() {
		return f.client
	}
	return r.peer()
}

// forwarded reads the forwarded headers of a request from a trusted proxy, once; nil for others.
func (r *Request) forwarded() *forwarded {
	if len(r.config.TrustedProxies) == 0 {
		return nil
	}
	m := r.extra()
	if m.proxied == nil {
		m.proxied = new(forwarded)
		if r.fromProxy() {
			*m.proxied = r.readForwarded()
		}
	}
	return m.proxied
}

func (r *Request) readForwarded() forwarded {
	if lines := r.Header["Forwarded"]; len(lines) > 0 {
		return r.readRFC7239(strings.Join(lines, ","))
	}
	hops := splitList(r.HeaderValue("X-Forwarded-For"))
	f := forwarded{client: r.peer()}
	i := len(hops) // hops[i:] were written by proxies we trust, about hosts that are proxies too
	for i > 0 {
		addr := parseAddr(hops[i-1])
		if !addr.IsValid() {
			break
		}
		i--
		f.client = addr
		if !r.trusts(addr) {
			break
		}
	}

	f.proto = strings.ToLower(r.hopValue("X-Forwarded-Proto", i, len(hops)))
	if f.proto != "http" && f.proto != "https" {
		f.proto = ""
	}
	f.host = r.hopValue("X-Forwarded-Host", i, len(hops))
	if f.port = r.hopValue("X-Forwarded-Port", i, len(hops)); !digits(f.port) {
		f.port = ""
	}
	return f
}

// hopValue is the item of a header that belongs to a hop of X-Forwarded-For: the same place if there are as many, else
// the last, which the nearest proxy wrote.
func (r *Request) hopValue(name string, hop, hops int) string {
	items := splitList(r.HeaderValue(name))
	switch {
	case len(items) == 0:
		return ""
	case len(items) == hops && hop < hops:
		return items[hop]
	}
	return items[len(items)-1]
}

// readRFC7239 reads Forwarded: for=192.0.2.60;proto=http;by=203.0.113.43, for="[2001:db8::1]:4711".
func (r *Request) readRFC7239(header string) forwarded {
	f := forwarded{client: r.peer()}
	elements := splitQuoted(header, ',')
	for i := len(elements) - 1; i >= 0; i-- {
		var addr netip.Addr
		var proto, host string
		for _, pair := range splitQuoted(elements[i], ';') {
			name, value, _ := strings.Cut(pair, "=")
			value = unquoteHeader(strings.TrimSpace(value))
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "for":
				addr = parseAddr(value)
			case "proto":
				proto = strings.ToLower(value)
			case "host":
				host = value
			}
		}
		if proto == "http" || proto == "https" {
			f.proto = proto
		}
		if host != "" {
			f.host = host
		}
		if !addr.IsValid() {
			break
		}
		f.client = addr
		if !r.trusts(addr) {
			break
		}
	}
	return f
}
