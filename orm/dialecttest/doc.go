// Package dialecttest is the test that every driver of the ORM passes: values of all kinds and their extremes, look-ups and
// aggregates, broken constraints, transactions and savepoints, cancelled contexts, an exhausted pool, use by many
// goroutines, and nothing left behind.
//
//	func TestDriver(t *testing.T) {
//		dialecttest.Run(t, func(t testing.TB) *orm.DB {
//			db, err := mydriver.Open(emptyDatabase(t), mydriver.Options{MaxConns: 4})
//			if err != nil {
//				t.Fatal(err)
//			}
//			return db // Run closes it
//		})
//	}
//
// Run makes the tables that it needs. What a database cannot do is asked of its dialect, not skipped by its name.
package dialecttest
