package mysql_test

import (
	"context"
	"fmt"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/mysql"
)

func ExampleOpen() {
	// With a flavor no connection is made yet: the server may start later.
	db, err := mysql.Open("mysql://site:secret@localhost:3306/site", mysql.Options{Flavor: "mariadb", MaxConns: 20})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	ctx := orm.WithDatabase(context.Background(), db)
	fmt.Println(db.Vendor(), orm.InTransaction(ctx))
	// Output: mysql false
}

func ExampleDriver() {
	_, err := orm.OpenURL("mysql://localhost/site?max_con=20", mysql.Driver())
	fmt.Println(err)
	// Output: mysql: option "max_con" of the URL: unknown (known: socket (unix_socket), flavor, max_conns, max_idle_conns, max_lifetime, max_idle, acquire_timeout, connect_timeout, statement_timeout, statements, isolation (isolation_level), time_zone, read_only, init_command, charset, read_default_file, read_default_group, tls, ssl_mode, ssl_ca, ssl_cert, ssl_key)
}
