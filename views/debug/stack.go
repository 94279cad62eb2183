package debug

import (
	"reflect"
	"runtime"
	"strings"

	"github.com/nuages-go/nuages/web"
)

// Owner says whose code a frame is.
type Owner string

// The owners of code: the site's own, Nuages, another module, the Go standard library.
const (
	Site    Owner = "site"
	Nuages  Owner = "nuages"
	Library Owner = "library"
	Go      Owner = "go"
)

// Frame is a place in the source: a call of a stack, a function, a line.
type Frame struct {
	// Func is the function's name with its package: "news.articleDetail". Package is the import path.
	Func, Package string
	// File is the path for people, Path the one that the compiler recorded.
	File, Path string
	Line       int
	Owner      Owner
	// Lines are the source around Line, if it was found.
	Lines []Line
}

// maxFrames with source keeps a runaway recursion's report readable.
const maxFrames = 200

// framesOf turns program counters into frames, the innermost first. Those of the runtime's panic machinery are left out.
func (s sources) framesOf(pcs []uintptr) []Frame {
	if len(pcs) == 0 {
		return nil
	}
	var out []Frame
	frames := runtime.CallersFrames(pcs)
	for len(out) < maxFrames {
		f, more := frames.Next()
		if f.Function != "" {
			out = append(out, frameAt(f.Function, f.File, f.Line))
		}
		if !more {
			break
		}
	}
	out = cutPanic(out)
	withSource := 0
	for i := range out {
		if out[i].Owner == Site || withSource < 12 {
			out[i].Lines = s.excerpt(out[i].Path, out[i].Line)
			withSource++
		}
	}
	return out
}

// cutPanic drops the frames from the recovering function to the one that panicked.
func cutPanic(frames []Frame) []Frame {
	for i, f := range frames {
		if f.Func != "runtime.gopanic" {
			continue
		}
		i++
		for i < len(frames) && strings.HasPrefix(frames[i].Func, "runtime.") {
			i++ // panicIndex, sigpanic and the like
		}
		if i < len(frames) {
			return frames[i:]
		}
	}
	return frames
}

func frameAt(function, file string, line int) Frame {
	pkg, name := splitFunc(function)
	return Frame{Func: name, Package: pkg, File: shortPath(file), Path: file, Line: line, Owner: ownerOf(pkg, file)}
}

// splitFunc splits "github.com/x/y/news.(*T).m" into the import path and "news.(*T).m".
func splitFunc(function string) (pkg, name string) {
	slash := strings.LastIndexByte(function, '/')
	if i := strings.IndexByte(function, '['); i >= 0 && i < slash {
		slash = strings.LastIndexByte(function[:i], '/') // a type argument's path
	}
	name = function[slash+1:]
	if dot := strings.IndexByte(name, '.'); dot >= 0 {
		pkg = function[:slash+1] + name[:dot]
	}
	return strings.ReplaceAll(pkg, "%2e", "."), name
}

// framework is the import path of Nuages itself.
var framework = strings.TrimSuffix(reflect.TypeFor[web.Request]().PkgPath(), "/web")

func ownerOf(pkg, file string) Owner {
	l := place()
	switch {
	case pkg == "main", strings.HasSuffix(pkg, "_test"), strings.HasSuffix(file, "_test.go"):
		return Site
	case pkg == framework, strings.HasPrefix(pkg, framework+"/") && !strings.HasPrefix(pkg, framework+"/examples/"):
		return Nuages
	case strings.Contains(file, "@v"):
		return Library
	case l.goroot != "" && strings.HasPrefix(file, l.goroot):
		return Go
	case l.module != "" && (pkg == l.module || strings.HasPrefix(pkg, l.module+"/")):
		return Site
	}
	if first, _, _ := strings.Cut(pkg, "/"); l.goroot == "" && !strings.Contains(first, ".") {
		return Go
	}
	return Site // another module of a workspace
}

// FrameGroup is a run of frames of the stack, either all of the site's own or all of others.
type FrameGroup struct {
	Own    bool
	Frames []Frame
}

// groupFrames puts neighbours together, so that a page can fold what is not the site's own.
func groupFrames(frames []Frame) []FrameGroup {
	var groups []FrameGroup
	for _, f := range frames {
		own := f.Owner == Site
		if n := len(groups); n > 0 && groups[n-1].Own == own {
			groups[n-1].Frames = append(groups[n-1].Frames, f)
			continue
		}
		groups = append(groups, FrameGroup{Own: own, Frames: []Frame{f}})
	}
	return groups
}

// stackOf finds the stack that an error carries: a panic's, or that of an error package that records one (a method
// StackTrace or Callers that returns program counters).
func stackOf(err error) []uintptr {
	for _, e := range flatten(err) {
		if p, ok := e.(*web.PanicError); ok { //nolint:errorlint // flatten has unwrapped
			return p.Stack
		}
	}
	var deepest []uintptr
	for _, e := range flatten(err) {
		if pcs := recordedStack(e); len(pcs) > 0 {
			deepest = pcs
		}
	}
	return deepest
}

// flatten lists an error and all that it wraps, the outermost first.
func flatten(err error) []error {
	out := []error{err}
	for i := 0; i < len(out) && len(out) < maxCauses; i++ {
		for _, inner := range unwrap(out[i]) {
			if inner != nil {
				out = append(out, inner)
			}
		}
	}
	return out
}

func recordedStack(err error) (pcs []uintptr) {
	defer func() { _ = recover() }()
	if e, ok := err.(interface{ Callers() []uintptr }); ok {
		return e.Callers()
	}
	method := reflect.ValueOf(err).MethodByName("StackTrace")
	if !method.IsValid() || method.Type().NumIn() != 0 || method.Type().NumOut() != 1 {
		return nil
	}
	out := method.Call(nil)[0]
	if out.Kind() != reflect.Slice || out.Type().Elem().Kind() != reflect.Uintptr {
		return nil
	}
	for i := range out.Len() {
		pcs = append(pcs, uintptr(out.Index(i).Uint()))
	}
	return pcs
}

func pcOf(f any) uintptr { return reflect.ValueOf(f).Pointer() }
