// Package newsroom is the benchmark's application: articles with authors, tags and comments, and the small endpoints by
// which frameworks are compared. It is written as any site would be.
package newsroom
