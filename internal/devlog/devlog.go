// Package devlog writes log records for a person at a terminal: one line each, short time, level in colour, values
// quoted when they must be. What came from outside cannot begin a line or colour one.
package devlog

import (
	"context"
	"io"
	"log/slog"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
)

// Options are the settings of New.
type Options struct {
	// Level is the lowest level that is written. Default: slog.LevelInfo.
	Level slog.Leveler
	// Color colours the level.
	Color bool
	// Source appends file:line.
	Source bool
}

// Handler is the slog.Handler.
type Handler struct {
	opts   Options
	out    *output
	attrs  string // formatted
	prefix string // of groups, with a dot
}

// output is shared by the handlers that are derived from one.
type output struct {
	mu sync.Mutex // guards w
	w  io.Writer
}

// New makes a handler that writes to w.
func New(w io.Writer, opts Options) *Handler {
	if opts.Level == nil {
		opts.Level = slog.LevelInfo
	}
	return &Handler{opts: opts, out: &output{w: w}}
}

// Enabled compares levels.
func (h *Handler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= h.opts.Level.Level()
}

// Handle writes a record as one line.
func (h *Handler) Handle(_ context.Context, r slog.Record) error {
	b := make([]byte, 0, 256)
	if !r.Time.IsZero() {
		b = r.Time.AppendFormat(b, "15:04:05.000 ")
	}
	b = h.appendLevel(b, r.Level)
	b = append(b, ' ')
	b = appendText(b, r.Message, true)
	b = append(b, h.attrs...)
	r.Attrs(func(a slog.Attr) bool {
		b = appendAttr(b, h.prefix, a)
		return true
	})
	if h.opts.Source && r.PC != 0 {
		frame, _ := runtime.CallersFrames([]uintptr{r.PC}).Next()
		b = append(b, " at="...)
		b = append(b, frame.File[strings.LastIndexByte(frame.File, '/')+1:]...)
		b = append(b, ':')
		b = strconv.AppendInt(b, int64(frame.Line), 10)
	}
	b = append(b, '\n')

	h.out.mu.Lock()
	defer h.out.mu.Unlock()
	_, err := h.out.w.Write(b)
	return err
}

func (h *Handler) appendLevel(b []byte, level slog.Level) []byte {
	color := "36" // cyan
	switch {
	case level >= slog.LevelError:
		color = "1;31"
	case level >= slog.LevelWarn:
		color = "1;33"
	case level >= slog.LevelInfo:
		color = "32"
	}
	if !h.opts.Color {
		return append(b, level.String()...)
	}
	b = append(b, "\x1b["+color+"m"...)
	b = append(b, level.String()...)
	return append(b, "\x1b[0m"...)
}

// WithAttrs returns a handler that adds attributes.
func (h *Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	derived := *h
	b := []byte(h.attrs)
	for _, a := range attrs {
		b = appendAttr(b, h.prefix, a)
	}
	derived.attrs = string(b)
	return &derived
}

// WithGroup returns a handler that puts a name before the attributes that follow.
func (h *Handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	derived := *h
	derived.prefix += name + "."
	return &derived
}

func appendAttr(b []byte, prefix string, a slog.Attr) []byte {
	v := a.Value.Resolve()
	if a.Equal(slog.Attr{}) {
		return b
	}
	if v.Kind() == slog.KindGroup {
		if a.Key != "" {
			prefix += a.Key + "."
		}
		for _, inner := range v.Group() {
			b = appendAttr(b, prefix, inner)
		}
		return b
	}
	b = append(b, ' ')
	b = appendText(b, prefix+a.Key, false)
	b = append(b, '=')
	switch v.Kind() {
	case slog.KindTime:
		return v.Time().AppendFormat(b, time.RFC3339)
	case slog.KindDuration:
		d := v.Duration()
		if d > time.Millisecond {
			d = d.Round(10 * time.Microsecond)
		}
		return append(b, d.String()...)
	}
	text := v.String()
	if strings.Contains(text, "\n") && !strings.ContainsFunc(text, unsafe) { // a stack: on lines of its own, indented
		return append(append(b, "\n    "...), strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")...)
	}
	return appendText(b, text, false)
}

// unsafe are runes that could change what a terminal shows.
func unsafe(r rune) bool { return r != '\n' && r != '\t' && !unicode.IsPrint(r) }

// appendText quotes what is not printable, and values with blanks.
func appendText(b []byte, text string, blanks bool) []byte {
	for _, r := range text {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar || !blanks && (r == ' ' || r == '"' || r == '=') {
			return strconv.AppendQuote(b, text)
		}
	}
	if text == "" && !blanks {
		return append(b, `""`...)
	}
	return append(b, text...)
}
