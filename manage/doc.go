// Package manage runs a program's commands and system checks. Each area contributes its own (migrate.Commands and the
// like); the front door puts them together into the program that is both the site and its manage.py.
//
//	hello := manage.Command{
//		Name: "hello", Help: "Greet someone.", Args: "NAME",
//		Setup: func(flags *flag.FlagSet) manage.RunFunc {
//			loud := flags.Bool("loud", false, "shout")
//			return func(ctx context.Context, in *manage.Invocation) error {
//				in.Printf("hello %s\n", in.Args[0])
//				return nil
//			}
//		},
//	}
//
// Setup declares flags with the standard flag package; they may stand before and after arguments, with one dash or two.
// Every command also has -v/--verbosity, --no-color, --force-color, --skip-checks, --traceback and --noinput.
//
// Before a command the program's system checks run (Django: requires_system_checks); errors stop it. The exit codes are
// ExitOK, ExitFailed, ExitUsage, ExitSignal and those of an *ExitError.
//
// Differs from Django: a command is a struct of values and not a class; it is listed and not discovered by file name;
// wrong flags exit with 2 as there, an unknown command with 1 as there.
package manage
