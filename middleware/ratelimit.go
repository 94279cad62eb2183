package middleware

import (
	"hash/maphash"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/nuages-go/nuages/web"
)

// RateLimitOptions configures RateLimit.
type RateLimitOptions struct {
	// Rate is how many requests per second a client may make in the long run. Default: 10.
	Rate float64
	// Burst is how many it may make at once. Default: 5 seconds' worth, at least 1.
	Burst int
	// Key says who the client is; requests with an empty key are not limited. Default: the client's IP address, of IPv6
	// the first 64 bits, since one client has as many addresses as it likes there.
	Key func(r *web.Request) string
	// MaxClients is how many clients are remembered, in 16 bytes each; when there are more, those that were quiet for
	// the longest time are forgotten. Default: 65536.
	MaxClients int
	// Exempt lets requests pass uncounted. It may be nil.
	Exempt func(r *web.Request) bool
	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// RateLimit refuses the requests of a client that makes too many of them, with 429 and Retry-After. Each process counts
// for itself, in a table of fixed size. Behind a proxy the site must know it (web.Config.TrustedProxies), or all clients
// count as one. Requests whose client is not known, from a unix socket, are not limited.
func RateLimit(opts RateLimitOptions) web.Middleware {
	if opts.Rate <= 0 {
		opts.Rate = 10
	}
	if opts.Burst <= 0 {
		opts.Burst = max(1, int(opts.Rate*5))
	}
	if opts.MaxClients <= 0 {
		opts.MaxClients = 1 << 16
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	interval := max(1, time.Duration(float64(time.Second)/opts.Rate))
	table := newBuckets(opts.MaxClients, interval, opts.Burst)
	return func(next web.Handler) web.Handler { return &rateLimit{next, opts, table, opts.Now()} }
}

type rateLimit struct {
	next    web.Handler
	opts    RateLimitOptions
	buckets *buckets
	epoch   time.Time
}

// LayerInfo names the layer.
func (l *rateLimit) LayerInfo() web.LayerInfo { return layerInfo(LayerRateLimit) }

// Serve counts the request and passes it on or refuses it.
func (l *rateLimit) Serve(r *web.Request) (*web.Response, error) {
	if l.opts.Exempt != nil && l.opts.Exempt(r) {
		return l.next.Serve(r)
	}
	var hash uint64
	if l.opts.Key != nil {
		key := l.opts.Key(r)
		if key == "" {
			return l.next.Serve(r)
		}
		hash = maphash.String(l.buckets.seed, key)
	} else {
		ip := r.ClientIP()
		if !ip.IsValid() {
			return l.next.Serve(r) // a unix socket: all clients would share one bucket
		}
		hash = maphash.Comparable(l.buckets.seed, clientNet(ip))
	}
	if wait := l.buckets.take(hash, l.opts.Now().Sub(l.epoch)); wait > 0 {
		seconds := int(math.Ceil(wait.Seconds()))
		return nil, &web.Error{
			Status:  http.StatusTooManyRequests,
			Message: "Too many requests",
			Header:  http.Header{"Retry-After": {strconv.Itoa(seconds)}},
		}
	}
	return l.next.Serve(r)
}

// clientNet is the address that a client cannot choose freely.
func clientNet(addr netip.Addr) netip.Addr {
	addr = addr.Unmap().WithZone("")
	if !addr.Is6() {
		return addr
	}
	prefix, err := addr.Prefix(64)
	if err != nil {
		return addr
	}
	return prefix.Addr()
}

const (
	bucketWays  = 4  // places that one client may stand at
	bucketLocks = 64 // power of two
)

// buckets counts by the generic cell rate algorithm, which is a token bucket kept as one number: the time at which the
// bucket will be full again. A bucket whose time has passed is full, so forgetting it changes nothing.
type buckets struct {
	seed     maphash.Seed
	interval time.Duration // that one token takes
	burst    time.Duration // that all tokens take
	mask     uint64
	sets     [][bucketWays]bucket
	locks    [bucketLocks]sync.Mutex // lock i guards the sets whose index ends in i
}

type bucket struct {
	hash uint64
	full time.Duration // since the epoch
}

func newBuckets(clients int, interval time.Duration, burst int) *buckets {
	n := 1
	for n*bucketWays < clients {
		n *= 2
	}
	return &buckets{
		seed: maphash.MakeSeed(), interval: interval, burst: interval * time.Duration(burst),
		mask: uint64(n - 1), sets: make([][bucketWays]bucket, n),
	}
}

// take takes a token and returns 0, or returns how long it will be until there is one.
func (b *buckets) take(hash uint64, now time.Duration) time.Duration {
	index := hash & b.mask
	lock := &b.locks[index%bucketLocks]
	lock.Lock()
	defer lock.Unlock()

	set := &b.sets[index]
	place := &set[0]
	for i := range set {
		if set[i].hash == hash {
			place = &set[i]
			break
		}
		if set[i].full < place.full {
			place = &set[i]
		}
	}
	if place.hash != hash {
		*place = bucket{hash: hash}
	}
	full := max(place.full, now) + b.interval
	if wait := full - now - b.burst; wait > 0 {
		return wait
	}
	place.full = full
	return 0
}
