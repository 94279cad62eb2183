// Package locale holds what the printing of dates and numbers needs to know of a language: names of months and days,
// formats, separators, units of time. The facts are those of Django's locale files.
package locale
