package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is the release's, set by -ldflags "-X main.version=v1.2.3". Without it the
// module's version counts, which `go install …@v1.2.3` leaves in the program.
var version string

type versionCommand struct{}

func (versionCommand) Run(std *streams) error {
	_, err := fmt.Fprintf(std.out, "yolambda %s %s/%s %s\n", describeVersion(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	return err
}

// describeVersion is the version and, where the build knows it, the commit.
func describeVersion() string {
	name, commit := version, ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if v := info.Main.Version; v != "(devel)" {
			name = cmp.Or(name, v)
		}
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				commit = setting.Value
			}
		}
	}
	if name = cmp.Or(name, "development"); commit != "" {
		name += " (" + commit[:min(len(commit), 12)] + ")"
	}
	return name
}
