package testservices

import (
	"os"
	"syscall"
)

// memoryDir is where Linux keeps files in memory, memoryMin what must be free there: the servers of all packages that are
// tested at once have some 1 GB.
const (
	memoryDir = "/dev/shm"
	memoryMin = 4 << 30
)

// scratch makes the directory of a server, in memory where there is room: a database of PostgreSQL is 300 files, which take
// a busy disk half a second and memory a tenth of that. TMPDIR says that it is to be elsewhere.
func scratch(pattern string) (string, error) {
	var fs syscall.Statfs_t
	if os.Getenv("TMPDIR") == "" && syscall.Statfs(memoryDir, &fs) == nil && fs.Bavail*uint64(fs.Bsize) >= memoryMin {
		if dir, err := os.MkdirTemp(memoryDir, pattern); err == nil {
			return dir, nil
		}
	}
	return os.MkdirTemp("", pattern)
}
