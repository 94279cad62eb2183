// Package devserver is the development server's parent process: it holds the listening socket, builds the program anew
// when its sources change, and runs it as a child that serves on the socket. Requests that arrive meanwhile wait in the
// socket's queue. When the program does not compile or does not start, the parent answers with a page that shows why.
//
// The child is the same program. It calls Join, serves on Child.Listener, and calls Child.Ready when it can answer. Open
// browser pages follow along: Child.Handler serves an event stream under Path that the script of Child.Script listens to;
// the pages load again after a restart and after a change of a live file (a template, a stylesheet).
//
// Nothing here is for production: runserver uses it, serve does not.
package devserver
