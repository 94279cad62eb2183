package mysql_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialecttest"
	"github.com/nuages-go/nuages/orm/mysql"
)

type note struct {
	ID   int64
	Text string
}

func (note) Meta(*note) orm.Meta { return orm.Meta{Table: "note"} }

// TestReplicas reads from a replica that stops to follow its source, follows again, crashes and comes back.
func TestReplicas(t *testing.T) { // not parallel: it looks for goroutines that are left
	dialecttest.NoLeaks(t)
	source := testservices.NewMariaDB(t, "log-bin=binlog", "server-id=1")
	replica := testservices.NewMariaDB(t, "server-id=2")
	openAt := func(url string) *orm.DB {
		db, err := mysql.Open(url, mysql.Options{Flavor: "mariadb", MaxConns: 4})
		must(t, err)
		t.Cleanup(func() { must(t, db.Close()) })
		return db
	}
	admin := orm.WithDatabases(t.Context(), orm.Databases{"default": openAt(source.URL("mysql")), "r1": openAt(replica.URL("mysql"))})
	follow := ""
	must(t, orm.QueryRows(admin, "SHOW MASTER STATUS", nil, func(c []any) error {
		follow = fmt.Sprintf("CHANGE MASTER TO MASTER_HOST = '%s', MASTER_PORT = %d, MASTER_USER = 'test', MASTER_CONNECT_RETRY = 1, MASTER_LOG_FILE = '%s', MASTER_LOG_POS = %v",
			source.Host, source.Port, c[0], c[1])
		return nil
	}))
	onReplica := func(sql string) { t.Helper(); _, err := orm.ExecOn(admin, "r1", sql); must(t, err) }
	onReplica(follow)
	onReplica("START SLAVE")

	url := source.NewDatabase(t)
	dbs := orm.Databases{"default": openAt(url), "r1": openAt(replica.URL(url[strings.LastIndexByte(url, '/')+1:]))}
	set := orm.NewReplicas("default", orm.ReplicaOptions{MaxLag: 5 * time.Second, Every: 20 * time.Millisecond, Logger: slog.New(slog.DiscardHandler)}, "r1")
	ctx := orm.WithRouters(orm.WithModels(orm.WithDatabases(t.Context(), dbs), orm.ModelOf[note]()), set.Router())
	_, err := orm.Exec(ctx, "CREATE TABLE note (id bigint AUTO_INCREMENT PRIMARY KEY, text longtext NOT NULL)")
	must(t, err)
	must(t, orm.Create(ctx, &note{Text: "x"}))
	eventually(t, "the replica has the row", func() bool {
		n, err := orm.Objects[note]().Using("r1").Count(ctx)
		return err == nil && n == 1
	})
	reads := func(want string) {
		t.Helper()
		eventually(t, "reads from "+want, func() bool {
			log := &orm.QueryLog{}
			if _, err := orm.Objects[note]().Get(orm.WithQueryLog(ctx, log)); err != nil {
				t.Fatalf("a read failed: %v", err)
			}
			return log.Entries()[0].DB == want
		})
	}
	reads("r1")
	onReplica("STOP SLAVE")
	reads("default")
	if err := set.Check(ctx); err == nil || !strings.Contains(err.Error(), "does not follow its source") {
		t.Errorf("Check of a stopped replica = %v", err)
	}
	onReplica("START SLAVE")
	reads("r1")
	replica.Kill(t)
	reads("default")
	eventually(t, "the replica is known to be lost", func() bool { return errors.Is(set.Stats(ctx)[0].Err, orm.ErrConnectionLost) })
	replica.Start(t)
	reads("r1")
}
