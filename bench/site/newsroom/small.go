package newsroom

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/views"
	"github.com/nuages-go/nuages/web"
)

// The small endpoints: what frameworks are compared by.

func plaintext(*web.Request) (*web.Response, error) {
	return web.Bytes("text/plain", []byte("Hello, World!")), nil
}

type message struct {
	Message string `json:"message"`
}

func hello(*web.Request) (*web.Response, error) { return web.JSON(message{"Hello, World!"}) }

// number is a World as JSON.
type number struct {
	ID           int64 `json:"id"`
	RandomNumber int64 `json:"randomNumber"`
}

func numbers(worlds []*World) []number {
	list := make([]number, len(worlds))
	for i, world := range worlds {
		list[i] = number{world.ID, world.Randomnumber}
	}
	return list
}

var w = orm.Fields[World]()

func one(r *web.Request) (*web.Response, error) {
	world, err := orm.Objects[World]().Get(r.Context(), orm.Eq(&w.ID, 1+rand.Int64N(10_000)))
	if err != nil {
		return nil, err
	}
	return web.JSON(number{world.ID, world.Randomnumber})
}

func queries(r *web.Request) (*web.Response, error) {
	worlds, err := find(r.Context(), ids(count(r)))
	if err != nil {
		return nil, err
	}
	return web.JSON(numbers(worlds))
}

func updates(r *web.Request) (*web.Response, error) {
	ctx := r.Context()
	keys := ids(count(r))
	slices.Sort(keys)
	worlds, err := find(ctx, keys)
	if err != nil {
		return nil, err
	}

	for _, world := range worlds {
		world.Randomnumber = 1 + rand.Int64N(10_000)
	}
	if _, err := orm.Objects[World]().BulkUpdate(ctx, worlds, &w.Randomnumber); err != nil {
		return nil, err
	}

	return web.JSON(numbers(worlds))
}

// find asks for each row by itself, in one batch.
func find(ctx context.Context, ids []int64) ([]*World, error) {
	var batch orm.Batch
	found := make([]*orm.Queued[*World], len(ids))
	for i, id := range ids {
		found[i] = orm.QueueGet(&batch, orm.Objects[World]().Filter(orm.Eq(&w.ID, id)))
	}
	if err := batch.Run(ctx); err != nil {
		return nil, err
	}

	worlds := make([]*World, len(ids))
	for i := range found {
		worlds[i] = found[i].Value
	}
	return worlds, nil
}

// count is the request's n, from 1 to 500.
func count(r *web.Request) int {
	n, err := strconv.Atoi(r.GET().Get("n"))
	if err != nil {
		return 1
	}
	return min(max(n, 1), 500)
}

// ids are n different keys.
func ids(n int) []int64 {
	list := make([]int64, 0, n)
	for len(list) < n {
		if id := 1 + rand.Int64N(10_000); !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}

// Fortunes is the data of the sayings' page.
type Fortunes struct{ Fortunes []*Fortune }

var fortunesPage = template.Page[Fortunes]("newsroom/fortunes.html")

func fortunes(r *web.Request) (*web.Response, error) {
	list, err := orm.Objects[Fortune]().All(r.Context())
	if err != nil {
		return nil, err
	}
	list = append(list, &Fortune{Message: "Additional fortune added at request time."})
	slices.SortFunc(list, func(x, y *Fortune) int { return strings.Compare(x.Message, y.Message) })
	return views.Render(r, fortunesPage, Fortunes{list})
}

func slow(*web.Request) (*web.Response, error) {
	time.Sleep(100 * time.Millisecond)
	return web.Bytes("text/plain", []byte("slept")), nil
}
