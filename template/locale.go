package template

import (
	"context"
	"time"
)

type (
	zoneKey     struct{}
	languageKey struct{}
)

// WithTimeZone returns a context in which templates show times in the zone. Django: timezone.activate.
func WithTimeZone(ctx context.Context, zone *time.Location) context.Context {
	return context.WithValue(ctx, zoneKey{}, zone)
}

// TimeZoneFrom returns the zone that the context carries, or nil.
func TimeZoneFrom(ctx context.Context) *time.Location {
	zone, _ := ctx.Value(zoneKey{}).(*time.Location)
	return zone
}

// WithLanguage returns a context in which templates speak the language: "de", "pt-br". Django: translation.activate.
func WithLanguage(ctx context.Context, language string) context.Context {
	return context.WithValue(ctx, languageKey{}, language)
}

// LanguageFrom returns the language that the context carries, or "".
func LanguageFrom(ctx context.Context) string {
	language, _ := ctx.Value(languageKey{}).(string)
	return language
}
