// Package pyfmt prints values as Python does: floats, quoted strings, bytes, the % operator, decimal numbers. Templates
// written for Django show these forms, so the template engine needs them byte for byte.
package pyfmt
