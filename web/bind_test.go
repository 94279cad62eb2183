package web_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/nuages-go/nuages/web"
)

type address struct {
	Street string
	ZIP    int
}

type order struct {
	Title   string `form:",required"`
	Page    int    `form:"p"`
	PubDate time.Time
	Ratio   float64
	Small   int8
	Open    bool
	Tags    []string
	Scores  []int
	Note    *string
	Limit   *uint
	From    netip.Addr
	Wait    time.Duration
	Home    address
	Skipped string `form:"-"`
	Extra   map[string]int
	Any     any
}

func bindRequest(method, target, contentType, body string) *web.Request {
	req := httptest.NewRequest(method, target, strings.NewReader(body))
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return web.NewRequest(req, nil)
}

func TestBind(t *testing.T) {
	t.Parallel()
	note, most := "n", uint(9)
	want := order{
		Title: "T", Page: 3, PubDate: time.Date(2026, 3, 4, 5, 6, 0, 0, time.UTC), Ratio: 0.5, Small: -8, Open: true, Tags: []string{"a", "b"},
		Scores: []int{1, 2}, Note: &note, Limit: &most, From: netip.MustParseAddr("10.0.0.1"), Wait: 90 * time.Second, Home: address{"S", 12},
	}
	form := "title=T&p=3&pub_date=2026-03-04T05:06&ratio=.5&small=-8&open=on&tags=a&tags=b&scores=1&scores=2&note=n&limit=9&from=10.0.0.1&wait=1m30s&home.street=S&home.zip=12&skipped=x&-=x&unknown=1"
	tests := []struct {
		name string
		r    *web.Request
	}{
		{"query", bindRequest("GET", "/?"+form, "", "")},
		{"form", bindRequest("PUT", "/", "application/x-www-form-urlencoded", form)},
		{"JSON", bindRequest("POST", "/", "application/json; charset=utf-8", `{"title":"T","p":3,"pub_date":"2026-03-04T05:06:00Z","ratio":0.5,"small":-8,"open":true,"tags":["a","b"],
			"scores":[1,2],"note":"n","limit":9,"from":"10.0.0.1","wait":90000000000,"home":{"street":"S","zip":12},"Skipped":"x","unknown":{}}`)},
		{"JSON under Go's names", bindRequest("POST", "/", "application/vnd.x+json", `{"Title":"T","p":3,"PubDate":"2026-03-04T05:06:00Z","Ratio":0.5,"Small":-8,"Open":true,"Tags":["a","b"],
			"Scores":[1,2],"Note":"n","Limit":9,"From":"10.0.0.1","Wait":"1m30s","Home":{"Street":"S","ZIP":12}}`)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := web.Bind[order](tt.r)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestBindErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		r      *web.Request
		status int
		errors string
	}{
		{
			"form", bindRequest("POST", "/", "application/x-www-form-urlencoded", "p=x&small=300&ratio=inf&open=maybe&pub_date=soon&scores=1&scores=z&from=nowhere&wait=long&home.zip=a&limit=-1"), 422,
			`{"title":["This field is required."],"p":["Enter a whole number."],"pub_date":["Enter a valid date/time."],"ratio":["Enter a number."],"small":["Enter a whole number."],"open":["Enter true or false."],"scores":["Enter a whole number."],"limit":["Enter a whole number."],"from":["Enter a valid value."],"wait":["Enter a valid duration."],"home.zip":["Enter a whole number."]}`,
		},
		{
			"JSON", bindRequest("POST", "/", "application/json", `{"title":null,"p":"x","small":1.5,"open":"yes","tags":"a","scores":[1,"z"],"home":[],"extra":{"a":"b"}}`), 422,
			`{"title":["This field is required."],"p":["Enter a whole number."],"small":["Enter a whole number."],"open":["Enter true or false."],"tags":["Enter a list of values."],"scores.1":["Enter a whole number."],"home":["Enter an object."],"extra.a":["Enter a whole number."]}`,
		},
		{"no object", bindRequest("POST", "/", "application/json", `[1]`), 422, `{"__all__":["Enter an object."]}`},
		{"broken JSON", bindRequest("POST", "/", "application/json", `{"a":`), 400, ""},
		{"no JSON", bindRequest("POST", "/", "application/json", ``), 400, ""},
		{"two values", bindRequest("POST", "/", "application/json", `{}{}`), 400, ""},
		{"too deep", bindRequest("POST", "/", "application/json", strings.Repeat("[", 200)), 400, ""},
		{"too big", bindRequest("POST", "/", "application/json", `"`+strings.Repeat("x", 3<<20)+`"`), 400, ""},
		{"XML", bindRequest("POST", "/", "application/xml", `<a/>`), 415, ""},
		{"too many fields", bindRequest("GET", "/?"+strings.Repeat("a=1&", 1001), "", ""), 400, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := web.Bind[order](tt.r)
			if err == nil {
				t.Fatal("no error")
			}
			if got := web.StatusOf(err); got != tt.status {
				t.Errorf("status %d, want %d (%v)", got, tt.status, err)
			}
			fields, ok := errors.AsType[*web.FieldErrors](err)
			if ok != (tt.errors != "") {
				t.Fatalf("field errors: %v, want %q", err, tt.errors)
			}
			if ok {
				if got, _ := json.Marshal(fields); string(got) != tt.errors {
					t.Errorf("errors\n%s, want\n%s", got, tt.errors)
				}
			}
		})
	}
}

type signup struct{ Name string }

func (s *signup) Validate(errs *web.FieldErrors) {
	if s.Name == "root" {
		errs.Add("name", "This name is taken.")
	}
}

func ExampleBind() {
	r := web.NewRequest(httptest.NewRequest("GET", "/?name=root", nil), nil)
	_, err := web.Bind[signup](r)
	fmt.Println(web.StatusOf(err), err)
	// Output: 422 The data are not valid: name: This name is taken.
}

func FuzzBindJSON(f *testing.F) {
	f.Add([]byte(`{"title":"T","tags":["a"],"home":{"zip":1},"any":{"x":[1,null]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		r := bindRequest("POST", "/", "application/json", string(body))
		if _, err := web.Bind[order](r); err != nil && web.StatusOf(err) >= 500 {
			t.Errorf("%q: %v", body, err)
		}
	})
}

func FuzzBindQuery(f *testing.F) {
	f.Add("title=T&p=1&home.zip=3&tags=a&tags=b&any=x&extra=1")
	f.Fuzz(func(t *testing.T, query string) {
		req := httptest.NewRequest("GET", "/", nil)
		req.URL.RawQuery = query
		if _, err := web.Bind[order](web.NewRequest(req, nil)); err != nil && web.StatusOf(err) >= 500 {
			t.Errorf("%q: %v", query, err)
		}
	})
}
