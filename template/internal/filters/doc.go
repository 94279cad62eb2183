// Package filters holds the filters of Django's template language, and how values are printed in a page.
package filters
