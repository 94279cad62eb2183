package manage

import (
	"context"
	"flag"
	"fmt"
	"strings"
)

func completionCommand() Command {
	return Command{
		Name: "completion", Help: "Print a script that completes commands and flags in the shell.", Args: "bash|zsh|fish",
		Long: "Load it with: source <(PROGRAM completion bash), or the like in your shell's start file.", Standalone: true,
		Setup: func(*flag.FlagSet) RunFunc {
			return func(_ context.Context, in *Invocation) error {
				if len(in.Args) != 1 {
					return UsageErrorf("name one shell: bash, zsh or fish")
				}
				script, err := in.Program.completion(in.Args[0])
				if err != nil {
					return err
				}
				in.Printf("%s", script)
				return nil
			}
		},
	}
}

// completion writes out the words; the script needs no call of the program for each key press.
func (p *Program) completion(shell string) (string, error) {
	var b strings.Builder
	name := p.name()
	fn := "_" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, name) + "_complete"
	switch shell {
	case "bash", "zsh":
		if shell == "zsh" {
			b.WriteString("autoload -Uz bashcompinit && bashcompinit\n")
		}
		fmt.Fprintf(&b, "%s() {\n  local words\n  if [ \"$COMP_CWORD\" -eq 1 ]; then\n    words='%s'\n  else\n    case \"${COMP_WORDS[1]}\" in\n", fn, strings.Join(p.names(), " "))
		for _, c := range p.All() {
			fmt.Fprintf(&b, "      %s) words='%s' ;;\n", c.Name, strings.Join(flagWords(c), " "))
		}
		fmt.Fprintf(&b, "    esac\n  fi\n  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\ncomplete -o default -F %s %s\n", fn, name)
	case "fish":
		for _, c := range p.All() {
			fmt.Fprintf(&b, "complete -c %s -n __fish_use_subcommand -f -a %s -d '%s'\n", name, c.Name, strings.ReplaceAll(c.Help, "'", `\'`))
			for _, word := range flagWords(c) {
				if long, ok := strings.CutPrefix(word, "--"); ok {
					fmt.Fprintf(&b, "complete -c %s -n '__fish_seen_subcommand_from %s' -l %s\n", name, c.Name, long)
				}
			}
		}
	default:
		return "", UsageErrorf("no completion for %q (use bash, zsh or fish)", shell)
	}
	return b.String(), nil
}

func (p *Program) names() []string {
	var names []string
	for _, c := range p.All() {
		names = append(names, c.Name)
	}
	return names
}

func flagWords(c Command) []string {
	flags := newFlags(c.Name)
	c.Setup(flags)
	new(common).declare(flags)
	var words []string
	flags.VisitAll(func(f *flag.Flag) { words = append(words, dashes(f.Name)) })
	return words
}
