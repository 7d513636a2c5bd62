//go:build !linux && !darwin

package cli

// freeSpace is not known here.
func freeSpace(string) (free uint64, ok bool) { return 0, false }
