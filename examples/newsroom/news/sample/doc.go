// Package sample is two hundred articles of a newspaper that does not exist, from a city on an estuary that does not
// either. Stories, ledes and quotations are written by hand in the text files beside this one; match reports, weather
// and shipping notes are put together from parts. The result is the same at every call.
package sample
