// Package news is a newspaper: articles with authors and tags, shown on a front page, a page each, and by subject.
package news
