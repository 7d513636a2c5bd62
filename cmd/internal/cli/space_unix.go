//go:build linux || darwin

package cli

import "syscall"

// freeSpace is how many bytes an ordinary user may still write in a folder.
func freeSpace(dir string) (free uint64, ok bool) {
	var fs syscall.Statfs_t
	if syscall.Statfs(dir, &fs) != nil {
		return 0, false
	}
	return fs.Bavail * uint64(fs.Bsize), true
}
