package signals_test

import (
	"context"
	"fmt"

	"github.com/nuages-go/nuages/signals"
)

// Published is sent when an article goes live.
var Published = signals.New[string]("news.published")

func Example() {
	hub, err := signals.NewHub(signals.Options{}, Published.On(func(_ context.Context, title string) error {
		fmt.Println("published:", title)
		return nil
	}))
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := signals.With(context.Background(), hub) // a site does this with what its applications list
	if err := Published.Send(ctx, "Clouds"); err != nil {
		fmt.Println(err)
	}
	// Output: published: Clouds
}
