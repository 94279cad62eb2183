package migrate_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// writers write to the animals of the zoo until they are stopped, and count how they fare.
type writers struct {
	mu      sync.Mutex // guards what follows
	slowest time.Duration
	count   int
	errs    []error
}

// start lets two writers begin; the function that it returns ends them.
func (w *writers) start(ctx context.Context, animals int) (stop func()) {
	done := make(chan struct{})
	var wg sync.WaitGroup
	for n := range 2 {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				sql := fmt.Sprintf("INSERT INTO zoo_animal (name, legs, tag, color, owner_id) VALUES ('w%d.%d', 1, 'w%d.%d', 'blue', 1)", n, i, n, i)
				if i%2 == 1 {
					sql = fmt.Sprintf("UPDATE zoo_animal SET note = 'seen' WHERE id = %d", 1+i*37%animals)
				}
				start := time.Now()
				_, err := orm.Exec(ctx, sql)
				w.add(time.Since(start), err)
				time.Sleep(time.Millisecond) // leaves the processors to the migration
			}
		})
	}
	return func() {
		close(done)
		wg.Wait()
	}
}

func (w *writers) add(took time.Duration, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.count++
	w.slowest = max(w.slowest, took)
	if err != nil {
		w.errs = append(w.errs, err)
	}
}

// TestOnlineWithWriters migrates a table that others write all the time: none of them fails or waits for long, and no row is
// lost or left null.
func TestOnlineWithWriters(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, ctx context.Context) {
		const animals = 4000
		if err := migrate.Run(ctx, zooApps(), migrate.Options{}); err != nil {
			t.Fatal(err)
		}
		exec(t, ctx, zooRows[0], fmt.Sprintf(`INSERT INTO zoo_animal (name, legs, tag, owner_id)
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
			SELECT concat('n', a.i + 1000 * b.i), a.i %% 900, concat('t', a.i + 1000 * b.i), 1 + a.i %% 2 FROM n a, n b WHERE b.i <= %d`, animals/1000))
		color := schema.Field{Name: "color", Kind: schema.Char, MaxLength: 9, Null: true}
		filled := color
		filled.Null = false
		apps := zooApps(migrate.AddField{Model: "Animal", Field: color})
		apps[0].Migrations = append(apps[0].Migrations, migrate.Migration{
			App: "zoo", Name: "0003_color_not_null", NonAtomic: true, LockTimeout: time.Second, Dependencies: []migrate.Key{{App: "zoo", Name: "0002_change"}},
			Operations: []migrate.Operation{
				migrate.Backfill{Model: "Animal", Field: "color", Value: "red"},
				migrate.Online{Operation: migrate.AlterField{Model: "Animal", Field: filled}},
				migrate.AddIndexConcurrently{Model: "Animal", Index: tagIndex},
				migrate.Online{Operation: migrate.AddConstraint{Model: "Animal", Constraint: namedCheck}},
				migrate.Online{Operation: migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "tag", Kind: schema.Char, MaxLength: 10, Unique: true}}},
			},
		})
		if err := migrate.Run(ctx, apps, migrate.Options{App: "zoo", Target: "0002"}); err != nil {
			t.Fatal(err)
		}

		var w writers
		stop := w.start(ctx, animals)
		start := time.Now()
		err := migrate.Run(ctx, apps, migrate.Options{})
		took := time.Since(start)
		stop()
		if err != nil {
			t.Fatal(err)
		}
		noDrift(t, ctx, apps)
		if len(w.errs) > 0 {
			t.Errorf("%d of %d writes failed: %v", len(w.errs), w.count, w.errs[0])
		}
		if w.slowest > 4*time.Second {
			t.Errorf("a write waited %s", w.slowest)
		}
		if got := rows(t, ctx, "SELECT count(*) FROM zoo_animal WHERE color IS NULL"); got[0] != "0" {
			t.Errorf("%s rows have no color", got[0])
		}
		added := rows(t, ctx, "SELECT count(*) FROM zoo_animal WHERE color = 'blue'")
		if kept := rows(t, ctx, "SELECT count(*) FROM zoo_animal WHERE color = 'red'"); kept[0] != fmt.Sprint(animals) || added[0] == "0" {
			t.Errorf("%s rows are left of %d, and %s are new", kept[0], animals, added[0])
		}
		t.Logf("%d writes in %s, the slowest %s", w.count, took.Round(time.Millisecond), w.slowest.Round(time.Millisecond))
	})
}
