package main

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/yolambda/yolambda/integration/local"
)

// version is the release's, set by -ldflags "-X main.version=v1.2.3". Without it the
// module's version counts, which `go install …@v1.2.3` leaves in the program.
var version string

type versionCommand struct{}

// Run prints the version and, where they are there, those of what a local function
// consists of.
func (versionCommand) Run(std *streams) error {
	text := fmt.Sprintf("yolambda %s %s/%s %s\n", describeVersion(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	if parts, err := (partsFlags{}).parts(); err == nil {
		if version, err := local.LibraryVersion(parts.Library); err == nil {
			text += "ONNX Runtime " + version + "\n"
		}
		if models, err := parts.ModelFiles(); err == nil && len(models) > 0 {
			text += "Models " + strings.ReplaceAll(strings.Join(models, ", "), ".onnx", "") + "\n"
		}
	}
	_, err := io.WriteString(std.out, text)
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
