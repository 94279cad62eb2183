package nuages

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Version is the framework's version.
const Version = "0.1.0"

// buildVersion is the site's own version: what the program says, else what the build recorded.
func (s *Site) buildVersion() string {
	if s.Version != "" {
		return s.Version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	version, revision, dirty := info.Main.Version, "", ""
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			revision = " " + setting.Value[:min(12, len(setting.Value))]
		case "vcs.modified":
			if setting.Value == "true" {
				dirty = ", changed"
			}
		}
	}
	if version == "" {
		version = "(devel)"
	}
	return version + revision + dirty
}

func (s *Site) versionText() string {
	return fmt.Sprintf("%s %s\nNuages %s\n%s %s/%s", s.programName(), s.buildVersion(), Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
