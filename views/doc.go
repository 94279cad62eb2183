// Package views answers requests.
package views
