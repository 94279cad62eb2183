package views_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nuages-go/nuages/views"
)

// The rows of paginator.json: what Django's Paginator did with the numbers 1..items.
type paginatorCase struct {
	Name          string
	Op            string
	Items         int
	PerPage       int  `json:"per_page"`
	Orphans       int  `json:"orphans"`
	AllowEmpty    bool `json:"allow_empty_first_page"`
	Count         int
	NumPages      int   `json:"num_pages"`
	PageRange     []int `json:"page_range"`
	Pages         []paginatorRow
	GetPage       []paginatorRow `json:"get_page"`
	Ellipsis      string
	ErrorMessages map[string]string `json:"error_messages"`
	Checks        []paginatorRow
	Options       map[string]any
	Out           json.RawMessage
}

type paginatorRow struct {
	In     json.RawMessage
	Out    json.RawMessage
	Error  *pythonError
	Number int
	Each   int
	Ends   int
}

type pythonError struct{ Class, Message string }

type pageFacts struct {
	Number      int
	Items       []int
	HasNext     bool `json:"has_next"`
	HasPrevious bool `json:"has_previous"`
	HasOther    bool `json:"has_other"`
	Start, End  int
	Str         string
	Len         int
	Next        json.RawMessage
	Previous    json.RawMessage
}

func TestConformance(t *testing.T) {
	dir := os.Getenv("NUAGES_CONFORMANCE")
	if dir == "" {
		dir = filepath.Join("testdata", "conformance")
	}
	files, err := filepath.Glob(filepath.Join(dir, "paginator*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no paginator*.json in %s", dir)
	}

	var passed, failed int
	row := func(name string, err error) {
		if err != nil {
			failed++
			t.Errorf("%s: %v", name, err)
			return
		}
		passed++
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var suite struct{ Cases []paginatorCase }
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.UseNumber()
		if err := decoder.Decode(&suite); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, c := range suite.Cases {
			runPaginatorCase(t, c, row)
		}
	}
	fmt.Printf("conformance paginator: %d passed, %d failed, 0 skipped\n", passed, failed)
}

func runPaginatorCase(t *testing.T, c paginatorCase, row func(string, error)) {
	switch c.Op {
	case "paginate":
		p := views.NewPaginator(numbers(c.Items), c.PerPage, views.PaginatorOptions{Orphans: c.Orphans, RefuseEmpty: !c.AllowEmpty})
		count, err := p.Count(t.Context())
		row(c.Name+"/count", differ(c.Count, count, err))
		pages, err := p.NumPages(t.Context())
		row(c.Name+"/num_pages", differ(c.NumPages, pages, err))
		numbers, err := p.PageRange(t.Context())
		row(c.Name+"/page_range", differ(c.PageRange, numbers, err))
		for _, r := range c.Pages {
			row(c.Name+"/page "+string(r.In), checkPage(t, p, r))
		}
		for _, r := range c.GetPage {
			page, err := p.GetPage(t.Context(), pageText(r.In))
			if r.Error != nil {
				row(c.Name+"/get_page "+string(r.In), sameError(r.Error, err))
				continue
			}
			if err != nil {
				row(c.Name+"/get_page "+string(r.In), err)
				continue
			}
			row(c.Name+"/get_page "+string(r.In), differ(string(r.Out), strconv.Itoa(page.Number), nil))
		}
	case "elided":
		p := views.NewPaginator(numbers(c.Items), c.PerPage, views.PaginatorOptions{})
		row(c.Name+"/ellipsis", differ(c.Ellipsis, p.ELLIPSIS(), nil))
		for _, r := range c.Checks {
			name := fmt.Sprintf("%s/%d each %d ends %d", c.Name, r.Number, r.Each, r.Ends)
			got, err := p.ElidedPageRange(t.Context(), r.Number, r.Each, r.Ends)
			text, _ := json.Marshal(got)
			var want bytes.Buffer
			_ = json.Compact(&want, r.Out)
			row(name, differ(want.String(), string(text), err))
		}
	case "odd": // Python takes numbers as text; here they are numbers, so only the cutting is compared
		perPage, orphans := optionNumber(c.Options["per_page"]), optionNumber(c.Options["orphans"])
		p := views.NewPaginator(numbers(10), perPage, views.PaginatorOptions{Orphans: orphans})
		pages, err := p.NumPages(t.Context())
		row(c.Name, differ(string(c.Out), strconv.Itoa(pages), err))
	case "messages":
		p := views.NewPaginator(numbers(c.Items), c.PerPage, views.PaginatorOptions{Messages: views.PageMessages{
			InvalidPage: c.ErrorMessages["invalid_page"], MinPage: c.ErrorMessages["min_page"], NoResults: c.ErrorMessages["no_results"],
		}})
		for _, r := range c.Checks {
			row(c.Name+"/"+string(r.In), checkPage(t, p, r))
		}
	default:
		row(c.Name, fmt.Errorf("unknown op %q", c.Op))
	}
}

func checkPage(t *testing.T, p *views.Paginator[int], r paginatorRow) error {
	page, err := pageOf(t, p, r.In)
	if r.Error != nil {
		return sameError(r.Error, err)
	}
	if err != nil {
		return err
	}
	var want pageFacts
	if err := json.Unmarshal(r.Out, &want); err != nil {
		return err
	}
	got := pageFacts{
		Number: page.Number, Items: append([]int{}, page.ObjectList...), HasNext: page.HasNext(), HasPrevious: page.HasPrevious(),
		HasOther: page.HasOtherPages(), Start: page.StartIndex(), End: page.EndIndex(), Str: page.String(), Len: page.Len(),
		Next: want.Next, Previous: want.Previous,
	}
	next, nextErr := page.NextPageNumber()
	previous, previousErr := page.PreviousPageNumber()
	return errors.Join(differ(want, got, nil), sameNumber(want.Next, next, nextErr), sameNumber(want.Previous, previous, previousErr))
}

func pageOf(t *testing.T, p *views.Paginator[int], in json.RawMessage) (*views.Page[int], error) {
	n, err := p.ParseNumber(pageText(in))
	if err != nil {
		return nil, err
	}
	return p.Page(t.Context(), n)
}

// pageText writes a page number of Python's as a request would carry it: 1.0 is the integer 1 there, "1.0" is none.
func pageText(in json.RawMessage) string {
	text := string(in)
	switch {
	case text == "null":
		return ""
	case strings.HasPrefix(text, `"`):
		var s string
		_ = json.Unmarshal(in, &s)
		return s
	}
	return strings.TrimSuffix(text, ".0")
}

func optionNumber(v any) int {
	n, _ := strconv.Atoi(fmt.Sprint(v))
	return n
}

func sameNumber(want json.RawMessage, got int, err error) error {
	var outcome struct {
		Out   int
		Error *pythonError
	}
	if err := json.Unmarshal(want, &outcome); err != nil {
		return err
	}
	if outcome.Error != nil {
		return sameError(outcome.Error, err)
	}
	return differ(outcome.Out, got, err)
}

func sameError(want *pythonError, err error) error {
	var invalid *views.InvalidPageError
	if !errors.As(err, &invalid) {
		return fmt.Errorf("error = %v, want %s", err, want.Class)
	}
	class := map[error]string{views.ErrEmptyPage: "EmptyPage", views.ErrPageNotAnInteger: "PageNotAnInteger"}[invalid.Err]
	return differ(*want, pythonError{class, invalid.Message}, nil)
}

func differ[T any](want, got T, err error) error {
	if err != nil {
		return err
	}
	if diff := cmp.Diff(want, got); diff != "" {
		return fmt.Errorf("(-want +got)\n%s", diff)
	}
	return nil
}
