package orm_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/mysql"
	"github.com/nuages-go/nuages/orm/postgres"
)

// Plain is a model of the least columns.
type Plain struct{ ID, N int64 }

func (Plain) Fields(*Plain) []orm.Field { return nil }

// heap is the memory in use after a collection.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Iter reads as many rows as there are without keeping them, in a time that grows with their number, in the order of the key
// and in any other, on all databases.
func TestIterMemory(t *testing.T) { // not parallel: it measures memory
	if testing.Short() {
		t.Skip("reads a million rows")
	}
	rows := 1_000_000
	if raceDetector {
		rows = 100_000
	}
	fill := map[string]string{
		"sqlite":     "INSERT INTO orm_test_plain (id, n) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i, -i FROM n",
		"postgresql": "INSERT INTO orm_test_plain (id, n) SELECT i, -i FROM generate_series(1, ?::bigint) AS s(i)",
		"mysql":      "INSERT INTO orm_test_plain (id, n) SELECT seq, -seq FROM seq_1_to_1000000 WHERE seq <= ?",
	}
	for _, db := range []*orm.DB{orm.DatabasesFrom(open(t))[orm.DefaultDB], postgresDB(t), mariaDB(t)} {
		ctx := orm.WithDatabase(t.Context(), db)
		name := db.Backend().Dialect().Name
		createTables(t, ctx, orm.ModelOf[Plain]())
		_, err := orm.Exec(ctx, fill[name], rows)
		must(t, err)
		p := orm.Fields[Plain]()
		for way, q := range map[string]orm.Query[Plain]{
			"the key": orm.Objects[Plain](), "a column": orm.Objects[Plain]().OrderBy(orm.Asc(&p.N)),
			"an expression": orm.Objects[Plain]().OrderBy(orm.F(&p.N).Times(2).Asc()),
		} {
			before, most, seen, sum, start, half := heap(), uint64(0), 0, int64(0), time.Now(), time.Duration(0)
			for row, err := range q.Iter(ctx) {
				must(t, err)
				seen++
				sum -= row.N
				if seen%(rows/5) == 0 {
					most = max(most, heap())
				}
				if seen == rows/2 {
					half = time.Since(start)
				}
			}
			whole := time.Since(start)
			if want := int64(rows) * int64(rows+1) / 2; seen != rows || sum != want {
				t.Errorf("%s, %s: read %d rows with the sum %d, want %d with %d", name, way, seen, sum, rows, want)
			}
			if most > before+8<<20 {
				t.Errorf("%s, %s: the heap grew from %d to %d bytes", name, way, before, most)
			}
			if whole > 3*half+time.Second { // the second half takes as long as the first
				t.Errorf("%s, %s: %v for the first half, %v for all", name, way, half, whole)
			}
			t.Logf("%s, %s: %d rows in %v", name, way, seen, whole.Round(time.Millisecond))
		}
	}
}

// BulkCreate needs memory for a batch, not for all rows.
func TestBulkCreateMemory(t *testing.T) { // not parallel: it measures memory
	if testing.Short() {
		t.Skip("writes 100,000 rows")
	}
	ctx := open(t)
	const rows = 100_000
	tags := make([]*Tag, rows)
	for i := range tags {
		tags[i] = &Tag{Slug: fmt.Sprint("s", i)}
	}
	before := heap()
	most := before
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() { // looks at what is live while the rows are written
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				most = max(most, heap())
			}
		}
	}()
	err := orm.Objects[Tag]().BulkCreate(ctx, tags)
	close(stop)
	<-stopped
	must(t, err)
	// The rows' values and SQL would be more than 20 MB; a list of pointers to the objects is 0.8 MB.
	if most > before+10<<20 {
		t.Errorf("the heap grew from %d to %d bytes", before, most)
	}
	if n, err := orm.Objects[Tag]().Count(ctx); err != nil || n != rows || tags[rows-1].ID == 0 {
		t.Errorf("%d rows, last key %d, %v", n, tags[rows-1].ID, err)
	}
}

// everywhere runs a test on all databases, with the tables of the newsroom.
func everywhere(t *testing.T, f func(t *testing.T, ctx context.Context)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, newsroomOn(t, orm.DatabasesFrom(open(t))[orm.DefaultDB])) })
	t.Run("postgres", func(t *testing.T) { f(t, newsroomOn(t, postgresDB(t))) })
	t.Run("mariadb", func(t *testing.T) { f(t, newsroomOn(t, mariaDB(t))) })
}

func postgresDB(t testing.TB) *orm.DB {
	t.Helper()
	db, err := postgres.Open(testservices.StartPostgres(t).NewDatabase(t), postgres.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

func mariaDB(t testing.TB) *orm.DB {
	t.Helper()
	db, err := mysql.Open(testservices.StartMariaDB(t).NewDatabase(t, "utf8mb4_bin"), mysql.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

func newsroomOn(t testing.TB, db *orm.DB) context.Context {
	t.Helper()
	ctx := orm.WithModels(orm.WithDatabase(context.Background(), db), newsroom.All()...)
	createTables(t, ctx, newsroom.All()...)
	return ctx
}

// Lists beyond the number of parameters that a statement may have.
func TestLongLists(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("asks for 70,000 keys on all databases")
	}
	everywhere(t, func(t *testing.T, ctx context.Context) {
		tag := orm.Fields[newsroom.Tag]()
		for i := range 3 {
			must(t, orm.Create(ctx, &newsroom.Tag{Label: fmt.Sprint("t", i), Slug: fmt.Sprint("t", i)}))
		}
		ids := make([]int64, 70_000) // PostgreSQL and MariaDB take 65,535 parameters, SQLite 32,766
		slugs := make([]string, len(ids))
		for i := range ids {
			ids[i], slugs[i] = int64(i+2), fmt.Sprint("t", i+1)
		}
		all := orm.Objects[newsroom.Tag]()
		tests := []struct {
			name string
			do   func() (int, error)
			want int
		}{
			{"keys", func() (int, error) { return all.Filter(orm.In(&tag.ID, ids...)).Count(ctx) }, 2},
			{"texts", func() (int, error) { return all.Filter(orm.In(&tag.Slug, slugs...)).Count(ctx) }, 2},
			{"not in", func() (int, error) { return all.Exclude(orm.In(&tag.ID, ids...)).Count(ctx) }, 1},
			{"two lists", func() (int, error) {
				return all.Filter(orm.In(&tag.ID, ids...), orm.In(&tag.Slug, slugs...)).Count(ctx)
			}, 2},
			{"update", func() (int, error) {
				return all.Filter(orm.In(&tag.ID, ids...)).Update(ctx, orm.Set(&tag.Label, "changed"))
			}, 2},
			{"delete", func() (int, error) {
				d, err := all.Filter(orm.In(&tag.ID, ids...)).Delete(ctx)
				return d.Total, err
			}, 2},
		}
		for _, tt := range tests {
			if got, err := tt.do(); err != nil || got != tt.want {
				t.Errorf("%s: %d, %v, want %d", tt.name, got, err, tt.want)
			}
		}
	})
}
