package template

import (
	"cmp"
	"context"
	"time"

	"github.com/nuages-go/nuages/internal/locale"
)

// StaticProcessor adds STATIC_URL.
func StaticProcessor(url string) Processor { return constProcessor("static", "STATIC_URL", url) }

// MediaProcessor adds MEDIA_URL.
func MediaProcessor(url string) Processor { return constProcessor("media", "MEDIA_URL", url) }

func constProcessor(name, variable, text string) Processor {
	return NewProcessor(name, NewVar(variable, func(context.Context) (string, error) { return text, nil }))
}

// TimeZoneProcessor adds TIME_ZONE, the name of the current zone; fallback is that of a context without one.
func TimeZoneProcessor(fallback *time.Location) Processor {
	return NewProcessor("tz", NewVar("TIME_ZONE", func(ctx context.Context) (string, error) {
		return cmp.Or(TimeZoneFrom(ctx), fallback, time.UTC).String(), nil
	}))
}

// I18nProcessor adds LANGUAGES, LANGUAGE_CODE and LANGUAGE_BIDI; fallback is the language of a context without one. With no
// languages LANGUAGES holds all that are known.
func I18nProcessor(languages []Language, fallback string) Processor {
	current := func(ctx context.Context) string { return cmp.Or(LanguageFrom(ctx), fallback, "en-us") }
	return NewProcessor("i18n",
		NewVar("LANGUAGES", func(context.Context) ([][2]string, error) {
			pairs := make([][2]string, 0, len(languages))
			for _, l := range languages {
				pairs = append(pairs, [2]string{l.Code, l.Name})
			}
			if languages == nil {
				for _, info := range locale.Languages() {
					pairs = append(pairs, [2]string{info.Code, info.Name})
				}
			}
			return pairs, nil
		}),
		NewVar("LANGUAGE_CODE", func(ctx context.Context) (string, error) { return current(ctx), nil }),
		NewVar("LANGUAGE_BIDI", func(ctx context.Context) (bool, error) { return locale.IsBidi(current(ctx)), nil }),
	)
}
