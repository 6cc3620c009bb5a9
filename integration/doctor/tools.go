package doctor

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

// The least versions that the project builds and deploys with.
const (
	minGo   = 26 // Go 1.26, as in go.work
	minNode = 20 // the CDK's
)

// command runs a program and gives the first line that it prints.
func command(ctx context.Context, name string, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, name, args...).Output()
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return line, err
}

var goVersion = regexp.MustCompile(`\bgo1\.(\d+)\S*`)

func checkGo(ctx context.Context) Finding {
	const mend = "install Go 1.26 or newer: https://go.dev/dl/"
	line, err := command(ctx, "go", "version")
	if err != nil {
		return fail(mend, "go is not to be had: %v", err)
	}
	version := goVersion.FindStringSubmatch(line)
	if version == nil {
		return warn(mend, "go is of an unknown version: %s", line)
	}
	if minor, _ := strconv.Atoi(version[1]); minor < minGo {
		return fail(mend, "%s is too old", version[0])
	}
	return okf("%s", version[0])
}

var nodeVersion = regexp.MustCompile(`^v(\d+)\.`)

func checkNode(ctx context.Context) Finding {
	const mend = "install Node.js 22 or newer: https://nodejs.org/"
	line, err := command(ctx, "node", "--version")
	if err != nil {
		return fail(mend, "node is not to be had: %v", err)
	}
	version := nodeVersion.FindStringSubmatch(line)
	if version == nil {
		return warn(mend, "node is of an unknown version: %s", line)
	}
	switch major, _ := strconv.Atoi(version[1]); {
	case major < minNode:
		return fail(mend, "Node.js %s is too old for the CDK", line)
	case major == minNode:
		return warn(mend, "Node.js %s is at the end of its life; the CDK still works with it", line)
	}
	return okf("Node.js %s", line)
}

func checkNPM(ctx context.Context, root string) Finding {
	version, err := command(ctx, "npm", "--version")
	if err != nil {
		return fail("install npm; it comes with Node.js", "npm is not to be had: %v", err)
	}
	if _, err := os.Stat(filepath.Join(root, "node_modules", ".bin", "cdk")); err != nil {
		return fail("npm ci --ignore-scripts", "npm %s; the CDK is not installed in %s", version, root)
	}
	return okf("npm %s; the CDK is installed", version)
}

// checkCompiler looks for what infra/yolambda/bundling.go would take, in its order.
func checkCompiler(ctx context.Context, architecture string) Finding {
	machine, goArch, debian := "aarch64", "arm64", "gcc-aarch64-linux-gnu libc6-dev-arm64-cross"
	if architecture == "x86_64" {
		machine, goArch, debian = "x86_64", "amd64", "gcc-x86-64-linux-gnu libc6-dev-amd64-cross"
	}
	for _, variable := range []string{"YOLAMBDA_CC_" + strings.ToUpper(architecture), "YOLAMBDA_CC"} {
		cc := os.Getenv(variable)
		if cc == "" {
			continue
		}
		name, _, _ := strings.Cut(cc, " ")
		if _, err := exec.LookPath(name); err != nil {
			return fail("name one that is there, or unset "+variable, "%s is %q: %v", variable, cc, err)
		}
		return okf("%s (%s)", cc, variable)
	}
	gnu := machine + "-linux-gnu-gcc"
	has := func(name string) bool { _, err := exec.LookPath(name); return err == nil }
	runs := func(name string, args ...string) bool { _, err := command(ctx, name, args...); return err == nil }
	switch {
	case runtime.GOOS == "linux" && runtime.GOARCH == goArch && has("gcc"):
		return okf("gcc")
	case has(gnu):
		return okf("%s", gnu)
	case has("zig"):
		return okf("zig")
	case has("python3") && runs("python3", "-m", "ziglang", "version"):
		return okf("python3 -m ziglang")
	case runs("docker", "info"):
		return warn("for a faster build: python3 -m pip install ziglang", "no C compiler for %s; Docker will do", architecture)
	}
	return fail("sudo apt-get install "+debian+" (Debian), brew install zig (macOS), sudo dnf install zig (Fedora), "+
		"or python3 -m pip install ziglang", "no C compiler for %s", architecture)
}
