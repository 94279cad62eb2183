package main

import (
	"context"
	"os"
	"os/signal"

	"github.com/nuages-go/nuages/manage"
)

// version is the framework's, for the projects that are written; the front door's constant would link all of it.
const version = "0.1.0"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := newProgram().Run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

func newProgram() *manage.Program {
	return &manage.Program{
		Name: "nuages", Version: "Nuages " + version, Commands: []manage.Command{startProject(), startApp()},
	}
}
