package manage_test

import (
	"context"
	"flag"
	"fmt"
	"os"

	"github.com/nuages-go/nuages/manage"
)

func ExampleProgram() {
	hello := manage.Command{
		Name: "hello", Help: "Greet someone.", Args: "NAME",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			polite := flags.Bool("polite", false, "say it politely")
			return func(_ context.Context, in *manage.Invocation) error {
				if len(in.Args) != 1 {
					return manage.UsageErrorf("name one person")
				}
				word := "Hi"
				if *polite {
					word = "Good morning"
				}
				in.Printf("%s, %s\n", word, in.Args[0])
				return nil
			}
		},
	}
	program := manage.Program{Name: "greeter", Commands: []manage.Command{hello}, Streams: manage.Streams{Err: os.Stdout}}
	fmt.Println(program.Run(context.Background(), []string{"hello", "Ada", "--polite"}))
	fmt.Println(program.Run(context.Background(), []string{"hello"}))
	// Output:
	// Good morning, Ada
	// 0
	// usage: greeter hello [flags] NAME
	// name one person
	// 2
}
