package web

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// MediaType is one entry of an Accept header, or a type offered for one. Django: MediaType.
type MediaType struct {
	Main, Sub string
	// Params are the parameters without q.
	Params map[string]string
	// Quality is q: 0 to 1, in thousandths; 1 if it is missing or malformed.
	Quality float64
}

// ParseMediaType reads "text/html;level=1;q=0.5".
func ParseMediaType(s string) MediaType {
	full, params := ParseHeader(s)
	m := MediaType{Params: params, Quality: 1}
	m.Main, m.Sub, _ = strings.Cut(full, "/")
	if q, ok := params["q"]; ok {
		delete(params, "q")
		if v, err := strconv.ParseFloat(q, 64); err == nil && !(v < 0) && !(v > 1) {
			m.Quality = roundQuality(v)
		}
	}
	return m
}

// String is the type as it stands in a header, without q.
func (m MediaType) String() string {
	var b strings.Builder
	b.WriteString(m.Main)
	if m.Sub != "" {
		b.WriteString("/" + m.Sub)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Params)) {
		b.WriteString("; " + name + "=" + m.Params[name])
	}
	return b.String()
}

// Match says whether m, an offered type, is covered by accepted, a range of an Accept header.
func (m MediaType) Match(accepted MediaType) bool {
	if m.Main == "" || m.Sub == "" || accepted.Main == "" || accepted.Sub == "" {
		return false
	}
	if m.Main != accepted.Main && m.Main != "*" && accepted.Main != "*" || m.Sub != accepted.Sub && m.Sub != "*" && accepted.Sub != "*" {
		return false
	}
	if len(accepted.Params) == 0 {
		return true
	}
	return maps.Equal(m.Params, accepted.Params)
}

// specificity is 0 for */*, 1 for text/*, 2 for text/html and 3 with parameters.
func (m MediaType) specificity() int {
	switch {
	case m.Main == "*":
		return 0
	case m.Sub == "*":
		return 1
	case len(m.Params) == 0:
		return 2
	}
	return 3
}

// acceptCap bounds how many entries of an Accept header count.
const acceptCap = 100

// AcceptedTypes are the entries of the Accept header, the best first; entries with q=0 are left out. Without the header
// everything is accepted.
func (r *Request) AcceptedTypes() []MediaType {
	header := "*/*"
	if _, sent := r.Header["Accept"]; sent {
		header = r.HeaderValue("Accept")
	}
	var types []MediaType
	for token := range strings.SplitSeq(header, ",") {
		if strings.TrimSpace(token) == "" {
			continue
		}
		if m := ParseMediaType(token); m.Quality > 0 {
			types = append(types, m)
		}
		if len(types) == acceptCap {
			break
		}
	}
	slices.SortStableFunc(types, func(a, b MediaType) int {
		return cmp.Or(cmp.Compare(b.Quality, a.Quality), cmp.Compare(b.specificity(), a.specificity()))
	})
	return types
}

// acceptedBy is the place in types of the most specific entry that covers an offered type, or -1.
func acceptedBy(types []MediaType, offer MediaType) int {
	best := -1
	for i, accepted := range types {
		if offer.Match(accepted) && (best < 0 || accepted.specificity() > types[best].specificity()) {
			best = i
		}
	}
	return best
}

// Accepts says whether the client takes a media type: r.Accepts("application/json").
func (r *Request) Accepts(mediaType string) bool {
	return acceptedBy(r.AcceptedTypes(), ParseMediaType(mediaType)) >= 0
}

// AcceptedType returns the entry of the Accept header that covers a media type. Django: accepted_type.
func (r *Request) AcceptedType(mediaType string) (MediaType, bool) {
	types := r.AcceptedTypes()
	if i := acceptedBy(types, ParseMediaType(mediaType)); i >= 0 {
		return types[i], true
	}
	return MediaType{}, false
}

// PreferredType returns which of the offered media types the client likes best, the earlier of equals; "" if none is
// accepted. Django: get_preferred_type.
func (r *Request) PreferredType(offers ...string) string {
	types := r.AcceptedTypes()
	best, found := len(types), ""
	for _, offer := range offers {
		if i := acceptedBy(types, ParseMediaType(offer)); i >= 0 && i < best {
			best, found = i, offer
		}
	}
	return found
}
