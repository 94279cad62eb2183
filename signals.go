package nuages

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/signals"
)

// receivers are those of the site and then of its applications in their order.
func (s *Site) receivers() []signals.Receiver {
	list := slices.Clone(s.Receivers)
	for _, app := range s.Apps {
		list = append(list, app.Receivers...)
	}
	return list
}

// buildSignals makes the hub. A site without receivers has none, so that nothing is looked for when objects are saved.
func (b *builder) buildSignals() {
	list := b.site.receivers()
	if len(list) == 0 {
		return
	}
	hub, err := signals.NewHub(signals.Options{AfterCommit: orm.OnCommit, Logger: b.site.Logger}, list...)
	b.fail("signals.E001", err, "")
	b.signals = hub
}

// signalsCommand lists the receivers. Django has no such command.
func signalsCommand() manage.Command {
	return manage.Command{
		Name: "signals", Help: "List the receivers of signals by event, in the order in which they are called.", SkipChecks: true,
		Setup: func(*flag.FlagSet) manage.RunFunc {
			return func(ctx context.Context, in *manage.Invocation) error {
				table := tabwriter.NewWriter(in.Stdout, 0, 0, 2, ' ', 0)
				fmt.Fprintln(table, "EVENT\tCARRIES\tRECEIVER\tMODE\tPRIORITY\tAT")
				for _, r := range FromContext(ctx).Signals().Receivers() {
					fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%s:%d\n", r.Event, r.Payload, r.Receiver, r.Mode, r.Priority, baseName(r.File), r.Line)
				}
				return table.Flush()
			}
		},
	}
}
