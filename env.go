package nuages

import (
	"fmt"
	"os"

	"github.com/nuages-go/nuages/conf"
	"github.com/nuages-go/nuages/manage"
)

// envPrefix may stand before the name of a setting's variable, where the bare name is another program's.
const envPrefix = "NUAGES_"

// FromEnv completes settings from the environment and the file .env in the current directory, or the file that
// NUAGES_ENV_FILE names. The environment wins over the file, the file over what s holds. A field's variable is its Django
// name (SECRET_KEY, ALLOWED_HOSTS); NUAGES_SECRET_KEY wins over SECRET_KEY. See package conf for how values are written.
//
// Mistakes are kept and reported by New together with all others, so nothing needs to be checked here.
func FromEnv(s Settings) Settings {
	file := os.Getenv(envPrefix + "ENV_FILE")
	if file == "" {
		file = ".env"
	}
	s.env, s.envErr = conf.FromEnv(&s, conf.Options{
		Environ: os.Environ(), File: file, Prefix: envPrefix, Known: []string{"ENV_FILE", "COLORS", "DEVSERVER"},
	})
	return s
}

// envMessages are the mistakes and doubts of FromEnv as check messages.
func (s *Settings) envMessages() []manage.Message {
	var out []manage.Message
	if s.envErr != nil {
		for _, err := range unjoin(s.envErr) {
			out = append(out, manage.Message{Level: manage.Error, ID: "settings.E002", Text: err.Error()})
		}
	}
	if s.env != nil {
		for _, w := range s.env.Warnings {
			out = append(out, manage.Message{Level: manage.Warning, ID: "settings.W001", Text: w + "."})
		}
	}
	return out
}

// unjoin takes joined and wrapped errors apart, so that each becomes a message of its own.
func unjoin(err error) []error {
	switch e := err.(type) {
	case nil:
		return nil
	case interface{ Unwrap() []error }:
		var out []error
		for _, inner := range e.Unwrap() {
			out = append(out, unjoin(inner)...)
		}
		return out
	case interface{ Unwrap() error }:
		if inner, ok := e.Unwrap().(interface{ Unwrap() []error }); ok && fmt.Sprintf("%T", err) == "*fmt.wrapError" {
			return unjoin(inner.(error))
		}
	}
	return []error{err}
}
