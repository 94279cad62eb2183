// Command nuages begins projects and applications, as django-admin does:
//
//	nuages startproject mysite     # a project in ./mysite that builds and runs at once
//	cd mysite
//	nuages startapp polls          # an application in ./polls
//
// Everything else is a command of the project's own program: go run . help.
package main
