package templates

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Fortune is a row of the fortunes page.
type Fortune struct {
	ID      int
	Message string
}

// Fortunes is page (a).
type Fortunes struct{ Fortunes []Fortune }

// NewFortunes makes the twelve rows.
func NewFortunes() *Fortunes {
	p := &Fortunes{}
	for i := range 12 {
		p.Fortunes = append(p.Fortunes, Fortune{i, fmt.Sprintf("fortune %d: a computer scientist is someone who fixes things", i)})
	}
	p.Fortunes[3].Message = `<script>alert("This should not be displayed in a browser alert box.");</script>`
	p.Fortunes[7].Message = "フレームワークのベンチマーク"
	return p
}

// Article is a row of the list.
type Article struct {
	ID        int64
	Title     string
	Summary   string
	Author    string
	Published time.Time
	Comments  int
}

// List is page (b).
type List struct {
	Title    string
	Articles []*Article
}

// NewList makes 25 articles.
func NewList() *List {
	p := &List{Title: "News & views"}
	for i := range 25 {
		p.Articles = append(p.Articles, &Article{
			ID: int64(i + 1), Title: fmt.Sprintf("Article %d: tide & time", i+1), Author: "Ana Ruiz", Comments: i % 3,
			Summary:   strings.Repeat("The tide comes in and the tide goes out again. ", 6),
			Published: time.Date(2026, 3, 1+i, 8, 30, 0, 0, time.UTC),
		})
	}
	return p
}

// Row is a row of the table.
type Row struct {
	ID   int
	Name string
	Ok   bool
}

// Table is page (c).
type Table struct{ Rows []Row }

// NewTable makes 1,000 rows.
func NewTable() *Table {
	p := &Table{}
	for i := range 1000 {
		p.Rows = append(p.Rows, Row{i, fmt.Sprintf("row number %d", i), i%2 == 0})
	}
	return p
}

// Variables is page (d): its four values, 50 times, through filters.
type Variables struct{ A, B, C, D string }

// NewVariables makes the values.
func NewVariables() *Variables {
	return &Variables{"tide & time", "", "the sea rises", "a rather long line of text"}
}

// The helpers that engines without such filters use.

// URL is the address of an article.
func URL(id int64) string { return "/detail/" + strconv.FormatInt(id, 10) }

// TruncateWords keeps the first n words.
func TruncateWords(s string, n int) string {
	words := strings.Fields(s)
	if len(words) <= n {
		return strings.Join(words, " ")
	}
	return strings.Join(words[:n], " ") + " …"
}

// Date prints a day.
func Date(t time.Time) string { return t.Format("2 January 2006") }

// Plural is the ending of a plural.
func Plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// Default is s, or def.
func Default(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

// Title starts each word with a capital.
func Title(s string) string { return strings.Title(s) } //nolint:staticcheck // what others use

// TruncateChars keeps the first n characters, the ellipsis included.
func TruncateChars(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
