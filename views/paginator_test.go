package views_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nuages-go/nuages/views"
)

func numbers(n int) views.SliceSource[int] {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i + 1
	}
	return rows
}

// failing is a source whose database is gone.
type failing struct{}

var errGone = errors.New("the database is gone")

func (failing) Count(context.Context) (int, error)             { return 0, errGone }
func (failing) Slice(context.Context, int, int) ([]int, error) { return nil, errGone }

func TestPaginatorSourceErrors(t *testing.T) {
	t.Parallel()
	for _, countless := range []bool{false, true} {
		p := views.NewPaginator[int](failing{}, 5, views.PaginatorOptions{Countless: countless})
		if _, err := p.Page(t.Context(), 1); !errors.Is(err, errGone) {
			t.Errorf("Page(1) error = %v, want %v", err, errGone)
		}
		if _, err := p.GetPage(t.Context(), "x"); !errors.Is(err, errGone) {
			t.Errorf("GetPage(x) error = %v, want %v", err, errGone)
		}
		for _, err := range p.Pages(t.Context()) {
			if !errors.Is(err, errGone) {
				t.Errorf("Pages error = %v, want %v", err, errGone)
			}
		}
	}
}

func TestPaginatorHugeNumbers(t *testing.T) {
	t.Parallel()
	for _, countless := range []bool{false, true} {
		p := views.NewPaginator(numbers(20), 7, views.PaginatorOptions{Countless: countless})
		for _, text := range []string{"99999999999999999999999999", "-99999999999999999999999999", "9223372036854775807"} {
			n, err := p.ParseNumber(text)
			if err != nil {
				t.Fatalf("ParseNumber(%q): %v", text, err)
			}
			if _, err := p.Page(t.Context(), n); !errors.Is(err, views.ErrEmptyPage) {
				t.Errorf("countless %v: Page(%s) error = %v, want ErrEmptyPage", countless, text, err)
			}
		}
		if _, err := p.Page(t.Context(), math.MaxInt); !errors.Is(err, views.ErrEmptyPage) {
			t.Errorf("Page(MaxInt) error = %v, want ErrEmptyPage", err)
		}
	}
}

func TestPaginatorPages(t *testing.T) {
	t.Parallel()
	p := views.NewPaginator(numbers(7), 3, views.PaginatorOptions{})
	var got [][]int
	for page, err := range p.Pages(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, slices.Collect(page.All()))
	}
	want := [][]int{{1, 2, 3}, {4, 5, 6}, {7}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Pages (-want +got):\n%s", diff)
	}
}

// A countless paginator must cut at the same places as one that counts.
func TestCountlessAgrees(t *testing.T) {
	t.Parallel()
	for items := range 25 {
		for _, orphans := range []int{0, 1, 3} {
			for _, refuse := range []bool{false, true} {
				source := &countingSource{SliceSource: numbers(items)}
				counting := views.NewPaginator(numbers(items), 5, views.PaginatorOptions{Orphans: orphans, RefuseEmpty: refuse})
				countless := views.NewPaginator[int](source, 5, views.PaginatorOptions{Orphans: orphans, RefuseEmpty: refuse, Countless: true})
				for number := -1; number < 8; number++ {
					name := fmt.Sprintf("%d items, %d orphans, refuse %v, page %d", items, orphans, refuse, number)
					want, wantErr := counting.Page(t.Context(), number)
					got, gotErr := countless.Page(t.Context(), number)
					if fmt.Sprint(wantErr) != fmt.Sprint(gotErr) {
						t.Errorf("%s: error = %v, want %v", name, gotErr, wantErr)
						continue
					}
					if wantErr != nil {
						continue
					}
					if !slices.Equal(got.ObjectList, want.ObjectList) || got.HasNext() != want.HasNext() ||
						got.StartIndex() != want.StartIndex() || got.EndIndex() != want.EndIndex() {
						t.Errorf("%s: got %v next %v %d-%d, want %v next %v %d-%d", name, got.ObjectList, got.HasNext(),
							got.StartIndex(), got.EndIndex(), want.ObjectList, want.HasNext(), want.StartIndex(), want.EndIndex())
					}
				}
				if source.counts != 0 {
					t.Errorf("a countless paginator counted %d times", source.counts)
				}
			}
		}
	}
}

type countingSource struct {
	views.SliceSource[int]
	counts int
}

func (s *countingSource) Count(ctx context.Context) (int, error) {
	s.counts++
	return s.SliceSource.Count(ctx)
}

func TestPaginatorCountsOnce(t *testing.T) {
	t.Parallel()
	source := &countingSource{SliceSource: numbers(30)}
	p := views.NewPaginator[int](source, 5, views.PaginatorOptions{})
	for range 3 {
		page, err := p.GetPage(t.Context(), "999")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := page.ElidedPageRange(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if source.counts != 1 {
		t.Errorf("counted %d times, want 1", source.counts)
	}
}

func TestNewPaginatorPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("NewPaginator(…, 0) did not panic")
		}
	}()
	views.NewPaginator(numbers(3), 0, views.PaginatorOptions{})
}

func FuzzParseNumber(f *testing.F) {
	for _, seed := range []string{"1", " 2 ", "", "last", "-1", "1e9", "0x10", "٣", "99999999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := views.NewPaginator(numbers(30), 4, views.PaginatorOptions{Orphans: 1})
		page, err := p.GetPage(t.Context(), text)
		if err != nil || page.Number < 1 || page.Number > 8 || page.Len() == 0 {
			t.Errorf("GetPage(%q) = %v, %v", text, page, err)
		}
	})
}
