package sample

import (
	"fmt"
	"strconv"
	"strings"
)

// sections are the newspaper's desks, in the order in which their stories take turns.
var sections = []string{
	"city", "harbour", "science", "transport", "culture", "environment",
	"business", "food", "health", "technology", "education", "sport",
}

// parts is what the text files hold.
type parts struct {
	written map[string][]Article // by section
	more    map[string][]string  // further paragraphs, by section
	old     []Article
}

func readParts() (*parts, error) {
	p := &parts{written: map[string][]Article{}, more: map[string][]string{}}
	for _, section := range sections {
		text, err := files.ReadFile(section + ".txt")
		if err != nil {
			return nil, err
		}
		if p.written[section], err = readStories(section, string(text)); err != nil {
			return nil, err
		}
	}

	text, err := files.ReadFile("more.txt")
	if err != nil {
		return nil, err
	}
	for block := range strings.SplitSeq(string(text), "= ") {
		name, body, _ := strings.Cut(block, "\n")
		switch name {
		case "":
		case "archive":
			if p.old, err = readStories("", body); err != nil {
				return nil, err
			}
		default:
			p.more[name] = strings.Split(strings.TrimSpace(body), "\n")
		}
	}
	return p, nil
}

// readStories reads blocks of title, second tag, summary and one paragraph.
func readStories(section, text string) ([]Article, error) {
	var out []Article
	for block := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		lines := strings.Split(block, "\n")
		if len(lines) != 4 {
			return nil, fmt.Errorf("sample: %q in %s.txt has %d lines, want 4", lines[0], section, len(lines))
		}
		tags := []string{section, lines[1]}
		if section == "" {
			tags = []string{lines[1], "archive"}
		}
		out = append(out, Article{Title: typeset(lines[0]), Summary: typeset(lines[2]), Body: typeset(lines[3]), Tags: tags})
	}
	return out, nil
}

// typeset turns straight quotes into printers' ones.
func typeset(text string) string {
	var b strings.Builder
	open := false
	for i, r := range text {
		switch {
		case r == '"' && !open:
			b.WriteRune('“')
			open = true
		case r == '"':
			b.WriteRune('”')
			open = false
		case r == '\'' && i > 0:
			b.WriteRune('’')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// stories deals the hand-written stories out, one section after the other, as a front page would.
func (p *parts) stories() []Article {
	var out []Article
	for i, found := 0, true; found; i++ {
		found = false
		for _, section := range sections {
			if i < len(p.written[section]) {
				out = append(out, p.written[section][i])
				found = true
			}
		}
	}
	return out
}

func (p *parts) archive() []Article { return p.old }

// complete returns the paragraphs of an article's body: its own and, for a written story, two to four of its section.
func (p *parts) complete(a *Article, d *dice) []string {
	out := []string{a.Body}
	if len(a.Tags) > 1 && notes[a.Tags[1]] {
		return out
	}
	pool := p.more[a.Tags[0]]
	first, count := d.n(len(pool)), 2+d.n(3)
	for i := range min(count, len(pool)) {
		paragraph := pool[(first+i)%len(pool)]
		paragraph = strings.ReplaceAll(paragraph, "{number}", strconv.Itoa(12+d.n(76)))
		paragraph = strings.ReplaceAll(paragraph, "{day}", strconv.Itoa(d.n(9)+2)+pick(d, []string{" December", " January"}))
		out = append(out, d.fill(paragraph))
	}
	return out
}

// notes are the tags of the short pieces that end where they end.
var notes = map[string]bool{"results": true, "weather": true, "shipping": true, "archive": true}
