// Package textutil holds Django's text helpers: slugs, truncating, wrapping, links, quoting for URLs and JavaScript.
package textutil
