package migrate

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

func shellCommand() manage.Command {
	return manage.Command{
		Name: "dbshell", Help: "Start the database's own command-line program.", Args: "[-- arguments]",
		Long: "psql, mariadb or mysql, sqlite3. Arguments after -- are the program's. The password goes by the environment, where other users do not see it.",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			name := flags.String("database", "default", "name of the database")
			return func(ctx context.Context, in *manage.Invocation) error {
				db := orm.DatabasesFrom(ctx)[*name]
				if db == nil {
					return fmt.Errorf("migrate: no database named %q", *name)
				}
				sh, ok := db.Backend().(dialect.Sheller)
				if !ok {
					return fmt.Errorf("migrate: the driver of %q knows no command-line program", *name)
				}
				return runShell(ctx, sh.Shell(), in)
			}
		},
	}
}

func runShell(ctx context.Context, sh dialect.Shell, in *manage.Invocation) error {
	path := ""
	for _, program := range sh.Programs {
		if p, err := exec.LookPath(program); err == nil {
			path, sh.Args = p, append(sh.Own[program], sh.Args...)
			break
		}
	}
	if path == "" {
		return fmt.Errorf("migrate: dbshell: %q is not installed, or not in PATH", sh.Programs[0])
	}
	cmd := exec.CommandContext(ctx, path, append(sh.Args, in.Args...)...)
	cmd.Env = append(os.Environ(), sh.Env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in.Stdin, in.Stdout, in.Stderr
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return &manage.ExitError{Code: max(1, exit.ExitCode())}
	}
	return err
}
