package app

import "runtime/debug"

// Version is Herald's version as the go command has stamped it into the binary:
// a release such as v1.2.3, a commit's pseudo-version, or "(devel)".
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
