package views

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"
)

// Paginator cuts a source of rows into numbered pages. Django: django.core.paginator.Paginator.
//
// It counts the rows once and remembers the number, so make one for each request. It is not safe for concurrent use.
type Paginator[T any] struct {
	source  Source[T]
	perPage int
	options PaginatorOptions
	counted bool
	count   int
}

// Source is what a Paginator cuts into pages: a slice (SliceSource), a query (QuerySource) or anything else that can
// count its rows and return some of them.
type Source[T any] interface {
	// Count returns the number of rows.
	Count(ctx context.Context) (int, error)
	// Slice returns the rows from index from to index to, which is not included. Fewer rows are not an error.
	Slice(ctx context.Context, from, to int) ([]T, error)
}

// PaginatorOptions changes how a Paginator cuts. The zero value cuts as Django does by default.
type PaginatorOptions struct {
	// Orphans is the number of rows that are too few for a page of their own: a last page with that many or fewer is
	// joined to the page before it. Default: 0.
	Orphans int
	// RefuseEmpty makes the first page of nothing an error. Default: page 1 exists even without rows. Django:
	// allow_empty_first_page=False.
	RefuseEmpty bool
	// Countless leaves out the query that counts: whether there is a next page is seen from one row more than the page
	// shows. A Page works as always; only what asks for the number of pages still counts. Default: rows are counted.
	Countless bool
	// Messages replaces the texts of the errors.
	Messages PageMessages
}

// PageMessages are the texts of an InvalidPageError. An empty one means Django's text.
type PageMessages struct {
	// InvalidPage: "That page number is not an integer".
	InvalidPage string
	// MinPage: "That page number is less than 1".
	MinPage string
	// NoResults: "That page contains no results".
	NoResults string
}

// Ellipsis stands in an elided page range where numbers were left out.
const Ellipsis = "…"

// The two ways in which a page number can be wrong; see InvalidPageError.
var (
	ErrPageNotAnInteger = errors.New("views: page number is not an integer")
	ErrEmptyPage        = errors.New("views: page is empty")
)

// InvalidPageError says that there is no such page. It wraps ErrPageNotAnInteger or ErrEmptyPage. Django: InvalidPage and
// its subclasses.
type InvalidPageError struct {
	// Message may be shown to the visitor.
	Message string
	// Err is ErrPageNotAnInteger or ErrEmptyPage.
	Err error
}

// Error returns the message.
func (e *InvalidPageError) Error() string { return e.Message }

// Unwrap returns ErrPageNotAnInteger or ErrEmptyPage.
func (e *InvalidPageError) Unwrap() error { return e.Err }

// NewPaginator makes a paginator that puts perPage rows on a page. It panics if perPage is less than 1, which is a
// mistake in the program.
func NewPaginator[T any](source Source[T], perPage int, options PaginatorOptions) *Paginator[T] {
	if perPage < 1 {
		panic(fmt.Sprintf("views: a page cannot have %d rows (perPage must be 1 or more)", perPage))
	}
	return &Paginator[T]{source: source, perPage: perPage, options: options}
}

// Page returns the page with that number. The first is 1. The error is an *InvalidPageError if there is none, else what
// the source returned.
func (p *Paginator[T]) Page(ctx context.Context, number int) (*Page[T], error) {
	if p.options.Countless {
		return p.countlessPage(ctx, number)
	}
	if err := p.Validate(ctx, number); err != nil {
		return nil, err
	}

	bottom := (number - 1) * p.perPage
	top := bottom + p.perPage
	last := top+p.options.Orphans >= p.count
	if last {
		top = p.count
	}
	page := &Page[T]{Number: number, Paginator: p, hasNext: !last}
	if bottom == top {
		return page, nil
	}
	rows, err := p.source.Slice(ctx, bottom, top)
	if err != nil {
		return nil, err
	}
	page.ObjectList = rows
	return page, nil
}

// countlessPage reads as many rows as tell this page from the one after it.
func (p *Paginator[T]) countlessPage(ctx context.Context, number int) (*Page[T], error) {
	if number < 1 {
		return nil, p.tooLow()
	}
	if number-1 > (math.MaxInt32-p.options.Orphans)/p.perPage {
		return nil, p.noResults() // no table is that long, and the offset must not overflow
	}

	bottom := (number - 1) * p.perPage
	rows, err := p.source.Slice(ctx, bottom, bottom+p.perPage+p.options.Orphans+1)
	if err != nil {
		return nil, err
	}
	page := &Page[T]{Number: number, Paginator: p, ObjectList: rows}
	switch {
	case len(rows) > p.perPage+p.options.Orphans:
		page.ObjectList, page.hasNext = rows[:p.perPage], true
	case number > 1 && len(rows) <= p.options.Orphans, len(rows) == 0 && p.options.RefuseEmpty:
		return nil, p.noResults() // these rows are part of the page before
	}
	return page, nil
}

// GetPage returns the page that a visitor asked for, and never refuses: what is not a number means the first page, and a
// number without a page the last. Only with RefuseEmpty can there be no page at all. Django: get_page.
func (p *Paginator[T]) GetPage(ctx context.Context, number string) (*Page[T], error) {
	n, err := p.ParseNumber(number)
	if err != nil {
		return p.Page(ctx, 1)
	}
	page, err := p.Page(ctx, n)
	if !errors.Is(err, ErrEmptyPage) {
		return page, err
	}
	if n, err = p.NumPages(ctx); err != nil {
		return nil, err
	}
	return p.Page(ctx, n)
}

// ParseNumber reads a page number as a visitor writes it. Numbers beyond the range of int become the largest or smallest
// one, for which there is no page either.
func (p *Paginator[T]) ParseNumber(text string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, p.invalid(ErrPageNotAnInteger, p.options.Messages.InvalidPage, "That page number is not an integer")
	}
	return n, nil
}

// Validate checks that there is a page with that number.
func (p *Paginator[T]) Validate(ctx context.Context, number int) error {
	if number < 1 {
		return p.tooLow()
	}
	pages, err := p.NumPages(ctx)
	if err != nil {
		return err
	}
	if number > pages {
		return p.noResults()
	}
	return nil
}

// Count returns the number of rows on all pages.
func (p *Paginator[T]) Count(ctx context.Context) (int, error) {
	if p.counted {
		return p.count, nil
	}
	n, err := p.source.Count(ctx)
	if err != nil {
		return 0, err
	}
	p.count, p.counted = n, true
	return n, nil
}

// NumPages returns the number of pages.
func (p *Paginator[T]) NumPages(ctx context.Context) (int, error) {
	count, err := p.Count(ctx)
	if err != nil {
		return 0, err
	}
	if count == 0 && p.options.RefuseEmpty {
		return 0, nil
	}
	hits := max(1, count-p.options.Orphans)
	return (hits + p.perPage - 1) / p.perPage, nil
}

// PageRange returns the numbers of all pages, for a template to loop over. For long lists see ElidedPageRange.
func (p *Paginator[T]) PageRange(ctx context.Context) ([]int, error) {
	n, err := p.NumPages(ctx)
	if err != nil {
		return nil, err
	}
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = i + 1
	}
	return numbers, nil
}

// ElidedPageRange returns the page numbers around number and at both ends, with Ellipsis where some were left out:
// onEachSide numbers beside number and onEnds at the beginning and the end. Each element is an int or Ellipsis, as in
// Django, so that Django's templates can compare them. Django's defaults are 3 and 2; see Page.ElidedPageRange.
func (p *Paginator[T]) ElidedPageRange(ctx context.Context, number, onEachSide, onEnds int) ([]any, error) {
	if err := p.Validate(ctx, number); err != nil {
		return nil, err
	}
	pages, err := p.NumPages(ctx)
	if err != nil {
		return nil, err
	}
	return elide(pages, number, max(0, onEachSide), max(0, onEnds)), nil
}

// elide keeps a gap only where it hides two numbers or more.
func elide(pages, number, onEachSide, onEnds int) []any {
	var out []any
	add := func(from, to int) {
		for n := from; n <= to; n++ {
			out = append(out, n)
		}
	}
	if pages <= (onEachSide+onEnds)*2 {
		add(1, pages)
		return out
	}

	if number > onEachSide+onEnds+2 {
		add(1, onEnds)
		out = append(out, Ellipsis)
		add(number-onEachSide, number)
	} else {
		add(1, number)
	}
	if number < pages-onEachSide-onEnds-1 {
		add(number+1, number+onEachSide)
		out = append(out, Ellipsis)
		add(pages-onEnds+1, pages)
	} else {
		add(number+1, pages)
	}
	return out
}

// PerPage returns the number of rows on a page.
func (p *Paginator[T]) PerPage() int { return p.perPage }

// Orphans returns the number of rows that do not get a page of their own.
func (p *Paginator[T]) Orphans() int { return p.options.Orphans }

// ELLIPSIS returns Ellipsis to Django's templates: {% if n == paginator.ELLIPSIS %}.
func (p *Paginator[T]) ELLIPSIS() string { return Ellipsis }

// Pages iterates over all pages, each read when its turn comes. It ends after the first error.
func (p *Paginator[T]) Pages(ctx context.Context) iter.Seq2[*Page[T], error] {
	return func(yield func(*Page[T], error) bool) {
		n, err := p.NumPages(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		for number := 1; number <= n; number++ {
			page, err := p.Page(ctx, number)
			if !yield(page, err) || err != nil {
				return
			}
		}
	}
}

func (p *Paginator[T]) tooLow() error {
	return p.invalid(ErrEmptyPage, p.options.Messages.MinPage, "That page number is less than 1")
}

func (p *Paginator[T]) noResults() error {
	return p.invalid(ErrEmptyPage, p.options.Messages.NoResults, "That page contains no results")
}

func (p *Paginator[T]) invalid(kind error, message, standard string) error {
	if message == "" {
		message = standard
	}
	return &InvalidPageError{Message: message, Err: kind}
}
