package views

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/web"
)

// Keyset pages through a query by the value of its ordering in place of an offset: every page costs the same, and rows
// that are added meanwhile do not shift the others. There are no page numbers; a page has a cursor to the next one.
//
//	var byID = views.Keyset[Article, int64]{
//		Query: func() orm.Query[Article] { return live().OrderBy(orm.Desc(&a.ID)) },
//		Size:  25,
//		Key:   func(article *Article) int64 { return article.ID },
//		After: func(id int64) orm.Predicate { return orm.Lt(&a.ID, id) },
//	}
//
//	page, err := byID.Page(r.Context(), r.GET().Get("after"))
//
// K holds the values of all columns that the query is ordered by, the last of which must be unique; it must be encodable
// as JSON. A Keyset is a description: declare it at package level and use it from many goroutines.
type Keyset[T, K any] struct {
	// Query returns the rows in the order of the pages.
	Query func() orm.Query[T]
	// Size is the number of rows on a page. Default: 25.
	Size int
	// Key returns the key of a row.
	Key func(row *T) K
	// After is the condition for the rows that come after a key in the query's order.
	After func(key K) orm.Predicate
}

// KeysetPage is a page of a Keyset.
type KeysetPage[T any] struct {
	// ObjectList are the rows of the page.
	ObjectList []*T
	// HasNext says that there are rows after these; Next is the cursor that leads there, or "".
	HasNext bool
	Next    string
}

// Page returns the page that a cursor leads to; "" is the first. A cursor that is none is a 404: it comes from a visitor.
func (k Keyset[T, K]) Page(ctx context.Context, cursor string) (*KeysetPage[T], error) {
	size := k.Size
	if size <= 0 {
		size = 25
	}
	query := k.Query()
	if cursor != "" {
		key, err := decodeCursor[K](cursor)
		if err != nil {
			return nil, &web.Error{Status: 404, Message: "There is no such page.", Err: err}
		}
		query = query.Filter(k.After(key))
	}

	rows, err := query.Limit(size + 1).All(ctx)
	if err != nil {
		return nil, err
	}
	page := &KeysetPage[T]{ObjectList: rows}
	if len(rows) > size {
		page.ObjectList, page.HasNext = slices.Clip(rows[:size]), true
		page.Next, err = encodeCursor(k.Key(rows[size-1]))
	}
	return page, err
}

// maxCursor is far longer than any key.
const maxCursor = 1 << 10

var errCursor = errors.New("views: not a cursor")

func encodeCursor[K any](key K) (string, error) {
	data, err := json.Marshal(key)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(data), nil
}

func decodeCursor[K any](cursor string) (key K, err error) {
	if len(cursor) > maxCursor {
		return key, errCursor
	}
	data, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return key, errCursor
	}
	err = json.Unmarshal(data, &key)
	return key, err
}
