package conf_test

import (
	"fmt"
	"time"

	"github.com/nuages-go/nuages/conf"
)

func ExampleFromEnv() {
	type Settings struct {
		SecretKey    string
		AllowedHosts []string
		PageTimeout  time.Duration
	}
	settings := Settings{PageTimeout: time.Minute}
	report, err := conf.FromEnv(&settings, conf.Options{
		Environ: []string{"SECRET_KEY=correct horse", "ALLOWED_HOSTS=example.com, www.example.com"},
	})
	if err != nil {
		fmt.Println(err)
	}
	for _, e := range report.Entries {
		fmt.Printf("%s = %s (%s)\n", e.Name, e.Value, e.Source)
	}
	// Output:
	// SECRET_KEY = ******************** (environment)
	// ALLOWED_HOSTS = example.com,www.example.com (environment)
	// PAGE_TIMEOUT = 1m0s (code)
}

func ExampleParse() {
	vars, err := conf.Parse(".env", []byte("HOST=example.com\nHOME=\"https://${HOST}/\" # the front page\n"), nil)
	fmt.Println(vars, err)
	// Output: [{HOST example.com 1} {HOME https://example.com/ 2}] <nil>
}
