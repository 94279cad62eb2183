// Package dateformat prints dates, times and time spans with Django's format letters, in a language's words.
package dateformat
