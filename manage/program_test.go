package manage_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/manage"
)

type siteKey struct{}

// program is one with a few commands and checks.
func program(out, errOut *bytes.Buffer) *manage.Program {
	greet := manage.Command{
		Name: "greet", Help: "Say hello.", Args: "[name]",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			loud := flags.Bool("loud", false, "shout")
			times := flags.Int("times", 1, "how `OFTEN`")
			return func(ctx context.Context, in *manage.Invocation) error {
				text := fmt.Sprintf("hello %v from %v", in.Args, ctx.Value(siteKey{}))
				if *loud {
					text = strings.ToUpper(text)
				}
				in.Printf("%s", strings.Repeat(in.Style.Success(text)+"\n", *times))
				if in.Verbosity > 1 {
					in.Printf("verbosity %d\n", in.Verbosity)
				}
				return nil
			}
		},
	}
	fail := func(name string, err error) manage.Command {
		return manage.Command{Name: name, Help: "Fail.", SkipChecks: true, Group: "broken", Setup: func(*flag.FlagSet) manage.RunFunc {
			return func(context.Context, *manage.Invocation) error {
				if err == nil {
					panic("oops")
				}
				return err
			}
		}}
	}
	inner := errors.New("disk full")
	return &manage.Program{
		Name: "prog", Version: "prog 1.2", Streams: manage.Streams{In: strings.NewReader(""), Out: out, Err: errOut},
		Commands: []manage.Command{
			greet, fail("fail", fmt.Errorf("save: %w", inner)), fail("code", &manage.ExitError{Code: 7, Err: inner}), fail("quiet", &manage.ExitError{Code: 3}),
			fail("usage", manage.UsageErrorf("no such thing")), fail("crash", nil), fail("cancel", context.Canceled),
		},
		Open: func(ctx context.Context, _ *manage.Invocation) (context.Context, error) {
			return context.WithValue(ctx, siteKey{}, "site"), nil
		},
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, line string
		code       int
		out, err   string
	}{
		{"plain", "greet", 0, "hello [] from site\n", ""},
		{"flags after arguments", "greet you --loud -v2 --times=2", 0, "HELLO [YOU] FROM SITE\nHELLO [YOU] FROM SITE\nverbosity 2\n", ""},
		{"one dash", "greet -loud -verbosity 3 me", 0, "HELLO [ME] FROM SITE\nverbosity 3\n", ""},
		{"double dash ends flags", "greet -- --loud", 0, "hello [--loud] from site\n", ""},
		{"colour", "greet --force-color", 0, "\x1b[32;1mhello [] from site\x1b[0m\n", ""},
		{"no arguments", "", 0, "[core]\n    completion  Print", ""},
		{"groups", "help", 0, "\n[broken]\n    cancel  Fail.\n", ""},
		{"help of a command", "help greet", 0, "usage: prog greet [flags] [name]\n\nSay hello.\n\nFlags:\n  --loud         shout\n  --times OFTEN  how OFTEN (default 1)\n\nFlags of every command:\n", ""},
		{"help flag", "greet --help", 0, "usage: prog greet", ""},
		{"version", "--version", 0, "prog 1.2\n", ""},
		{"unknown command", "gret", 1, "", "Unknown command: \"gret\". Did you mean greet?\nType 'prog help' for usage.\n"},
		{"unknown flag", "greet --lout", 2, "", "usage: prog greet [flags] [name]\nunknown flag --lout (did you mean --loud?)\n"},
		{"bad value", "greet --times x", 2, "", `flag --times: "x": not a valid value`},
		{"bad verbosity", "greet -v 4", 2, "", `flag -v: "4": choose from 0, 1, 2, 3`},
		{"value missing", "greet --times", 2, "", "flag --times needs a value"},
		{"failure", "fail", 1, "", "save: disk full\n"},
		{"chain", "fail --traceback", 1, "", "save: disk full\n  *fmt.wrapError: save: disk full\n    *errors.errorString: disk full\n"},
		{"own code", "code", 7, "", "disk full\n"},
		{"own code without text", "quiet", 3, "", ""},
		{"usage", "usage", 2, "", "usage: prog usage [flags]\nno such thing\n"},
		{"panic", "crash", 1, "", "panic: oops\n\ngoroutine"},
		{"interrupted", "cancel", 130, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out, errOut bytes.Buffer
			code := program(&out, &errOut).Run(t.Context(), strings.Fields(tt.line))
			if code != tt.code || !strings.Contains(out.String(), tt.out) || !strings.Contains(errOut.String(), tt.err) || tt.err == "" && errOut.Len() > 0 {
				t.Errorf("prog %s: exit %d\nout: %q\nerr: %q\nwant %d, %q, %q", tt.line, code, out.String(), errOut.String(), tt.code, tt.out, tt.err)
			}
		})
	}
}

func TestChecksBeforeCommand(t *testing.T) {
	t.Parallel()
	warning := manage.Message{Level: manage.Warning, ID: "a.W001", Text: "Doubtful.", Object: "news.Article", Hint: "Look at it."}
	failure := manage.Message{Level: manage.Error, ID: "b.E001", Text: "Wrong."}
	tests := []struct {
		name, line string
		messages   []manage.Message
		silenced   []string
		code       int
		want       string
	}{
		{"none", "greet", nil, nil, 0, ""},
		{"warning", "greet", []manage.Message{warning}, nil, 0, "System check identified some issues:\n\nWARNINGS:\nnews.Article: (a.W001) Doubtful.\n\tHINT: Look at it.\n\nSystem check identified 1 issue (0 silenced).\n"},
		{"silenced", "greet", []manage.Message{warning}, []string{"a.W001"}, 0, ""},
		{"error", "greet", []manage.Message{warning, failure}, nil, 1, "SystemCheckError: System check identified some issues:\n\nERRORS:\n?: (b.E001) Wrong.\n\nWARNINGS:\n"},
		{"skipped", "greet --skip-checks", []manage.Message{failure}, nil, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out, errOut bytes.Buffer
			p := program(&out, &errOut)
			p.Silenced = tt.silenced
			p.Checks = func(context.Context) []manage.Check {
				return []manage.Check{{Tags: []string{"x"}, Run: func(context.Context) []manage.Message { return tt.messages }}}
			}
			if code := p.Run(t.Context(), strings.Fields(tt.line)); code != tt.code || !strings.HasPrefix(errOut.String(), tt.want) {
				t.Errorf("exit %d, %q, want %d, %q", code, errOut.String(), tt.code, tt.want)
			}
		})
	}
}

func TestRunChecks(t *testing.T) {
	t.Parallel()
	say := func(id string, tag string, deploy bool) manage.Check {
		return manage.Check{Tags: []string{tag}, Deploy: deploy, Run: func(context.Context) []manage.Message {
			if id == "panic" {
				panic("oops")
			}
			return []manage.Message{{Level: manage.Info, ID: id}}
		}}
	}
	checks := []manage.Check{say("a", "urls", false), say("b", "models", false), say("c", "urls", true), say("panic", "bad", false)}
	tests := []struct {
		name   string
		tags   []string
		deploy bool
		want   string
	}{
		{"all", nil, false, "a b manage.E001"},
		{"deploy", nil, true, "a b c manage.E001"},
		{"tag", []string{"urls"}, true, "a c"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var ids []string
			for _, m := range manage.RunChecks(t.Context(), checks, tt.tags, tt.deploy) {
				ids = append(ids, m.ID)
			}
			if got := strings.Join(ids, " "); got != tt.want {
				t.Errorf("RunChecks = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestCall(t *testing.T) {
	t.Parallel()
	var out, errOut, captured bytes.Buffer
	p := program(&out, &errOut)
	ctx := manage.WithStreams(t.Context(), manage.Streams{Out: &captured})
	if err := p.Call(ctx, "greet", "you"); err != nil || captured.String() != "hello [you] from site\n" || out.Len() > 0 {
		t.Errorf("Call = %v, %q", err, captured.String())
	}
	if err := p.Call(ctx, "fail"); err == nil || err.Error() != "save: disk full" {
		t.Errorf("Call(fail) = %v", err)
	}
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	for shell, want := range map[string]string{
		"bash": "greet) words='--force-color --loud", "zsh": "bashcompinit", "fish": "complete -c prog -n __fish_use_subcommand -f -a greet -d 'Say hello.'",
	} {
		var out, errOut bytes.Buffer
		if code := program(&out, &errOut).Run(t.Context(), []string{"completion", shell}); code != 0 || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %d\n%s%s", shell, code, out.String(), errOut.String())
		}
	}
}

func TestStyle(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, spec, want string }{
		{"default", "", "\x1b[31;1mx\x1b[0m"},
		{"own", "error=yellow/blue,blink", "\x1b[33;44;5mx\x1b[0m"},
		{"palette and own", "light;error=green", "\x1b[32mx\x1b[0m"},
		{"none", "nocolor", "x"},
		{"nonsense", "error=purple;;=;x=y", "x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := manage.NewStyle(tt.spec).Error("x"); got != tt.want {
				t.Errorf("NewStyle(%q).Error = %q, want %q", tt.spec, got, tt.want)
			}
		})
	}
	if got := (manage.Style{}).HTTP(500, "x"); got != "x" {
		t.Errorf("zero Style = %q", got)
	}
}

func FuzzParseFlags(f *testing.F) {
	f.Add("a -n 1 --b c -- -x")
	f.Add("-n -1 -n=2 --=x - -- --")
	f.Fuzz(func(t *testing.T, line string) {
		flags := flag.NewFlagSet("x", flag.ContinueOnError)
		flags.Int("n", 0, "")
		flags.Bool("b", false, "")
		flags.String("s", "", "")
		args := strings.Split(line, " ")
		positional, err := manage.ParseFlags(flags, args)
		if err == nil && len(positional) > len(args) {
			t.Errorf("ParseFlags(%q) = %q", args, positional)
		}
	})
}

func FuzzNewStyle(f *testing.F) {
	f.Add("dark;error=red/blue,bold")
	f.Fuzz(func(t *testing.T, spec string) {
		if got := manage.NewStyle(spec).Error("x"); !strings.Contains(got, "x") {
			t.Errorf("NewStyle(%q) lost the text: %q", spec, got)
		}
	})
}
