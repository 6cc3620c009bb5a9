package yolambda

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/jsii-runtime-go"
)

func TestCompiler(t *testing.T) {
	const zigArm = "zig cc -target aarch64-linux-gnu.2.34"
	tests := []struct {
		name     string
		os, arch string
		cc       string
		commands string // found on the machine
		ziglang  bool   // python3 -m ziglang works
		target   Architecture
		want     string // empty: none
	}{
		{"native arm64", "linux", "arm64", "", "gcc zig", false, Arm64, "gcc"},
		{"native x86", "linux", "amd64", "", "gcc zig", false, X86, "gcc"},
		{"cross with gcc", "linux", "amd64", "", "gcc aarch64-linux-gnu-gcc zig", false, Arm64, "aarch64-linux-gnu-gcc"},
		{"cross to x86", "linux", "arm64", "", "gcc x86_64-linux-gnu-gcc", false, X86, "x86_64-linux-gnu-gcc"},
		{"zig", "linux", "amd64", "", "gcc zig", false, Arm64, zigArm},
		{"a Mac's gcc makes no Linux programs", "darwin", "arm64", "", "gcc zig", false, Arm64, zigArm},
		{"zig to x86", "darwin", "arm64", "", "zig", false, X86, "zig cc -target x86_64-linux-gnu.2.34"},
		{"zig from PyPI", "darwin", "arm64", "", "python3", true, Arm64, "python3 -m ziglang cc -target aarch64-linux-gnu.2.34"},
		{"python without zig", "darwin", "arm64", "", "python3", false, Arm64, ""},
		{"nothing", "linux", "amd64", "", "gcc", false, Arm64, ""},
		{"the user's choice", "linux", "amd64", "clang --target=x", "gcc", false, Arm64, "clang --target=x"},
	}
	for _, test := range tests {
		h := host{
			os: test.os, arch: test.arch, cc: func(Architecture) string { return test.cc },
			has:  func(command string) bool { return slices.Contains(strings.Fields(test.commands), command) },
			runs: func(...string) bool { return test.ziglang },
		}
		got, ok := h.compiler(test.target)
		if got != test.want || ok != (test.want != "") {
			t.Errorf("%s: got %q, %v; want %q", test.name, got, ok, test.want)
		}
	}
}

// bareHost has no compiler, and Docker or not.
func bareHost(docker bool) host {
	return host{
		cc: func(Architecture) string { return "" },
		os: "linux", arch: "amd64",
		has:  func(string) bool { return false },
		runs: func(command ...string) bool { return docker && command[0] == "docker" },
	}
}

func TestTryBundleLeavesToDocker(t *testing.T) {
	b := &localBuild{dir: t.TempDir(), arch: Arm64, host: bareHost(true)}
	if *b.TryBundle(jsii.String(t.TempDir()), nil) {
		t.Error("claims to have built without a compiler")
	}
}

func TestTryBundleSaysWhatIsMissing(t *testing.T) {
	b := &localBuild{dir: t.TempDir(), arch: Arm64, host: bareHost(false)}
	message := bundleFailure(t, b)
	for _, want := range []string{"linux/arm64", "brew install", "apt-get install gcc-aarch64-linux-gnu", "dnf install"} {
		if !strings.Contains(message, want) {
			t.Errorf("no %q in:\n%s", want, message)
		}
	}
}

func TestTryBundleStopsOnFailedBuild(t *testing.T) {
	dir := writeModule(t, "package main\n\nfunc main() { undefined() }\n")
	b := &localBuild{dir: dir, arch: nativeOrSkip(t), host: thisHost(), kept: kept{t.TempDir()}}
	if message := bundleFailure(t, b); !strings.Contains(message, "undefined: undefined") {
		t.Errorf("the compiler's words are not in:\n%s", message)
	}
}

// A program that Lambda could not run is not kept: it would be taken again after the C library that
// it was linked with was changed for an older one, of which Go does not know.
func TestTryBundleKeepsNoUselessProgram(t *testing.T) {
	dir := writeModule(t, "package main\n\n// #include <stdlib.h>\nimport \"C\"\n\nfunc main() { println(C.arc4random()) }\n")
	b := &localBuild{dir: dir, arch: nativeOrSkip(t), host: thisHost(), kept: kept{t.TempDir()}}
	if message := bundleFailure(t, b); !strings.Contains(message, "GLIBC_2.36") {
		t.Skipf("needs glibc 2.36 or newer: %s", message)
	}
	if left, err := os.ReadDir(b.kept.dir); err != nil || len(left) != 0 {
		t.Errorf("kept: %v, %v", left, err)
	}
}

// bundleFailure gives the message of the panic that b must end with.
func bundleFailure(t *testing.T, b *localBuild) (message string) {
	t.Helper()
	defer func() {
		failure, ok := recover().(BuildError)
		if !ok {
			t.Fatal("did not stop")
		}
		message = failure.Error()
	}()
	b.TryBundle(jsii.String(t.TempDir()), nil)
	return ""
}

// TestTryBundleIsReproducible builds the same program in two places.
func TestTryBundleIsReproducible(t *testing.T) {
	const program = "package main\n\n// #include <stdlib.h>\nimport \"C\"\n\nfunc main() { C.abs(-1) }\n"
	for _, arch := range []Architecture{Arm64, X86} {
		t.Run(string(arch), func(t *testing.T) {
			if _, ok := thisHost().compiler(arch); !ok {
				t.Skipf("no C compiler for %s", arch)
			}
			var programs [2][]byte
			for i := range programs {
				if i == 1 { // and what the user has Go do otherwise changes nothing, by the environment or by `go env -w`
					t.Setenv("GOENV", filepath.Join(t.TempDir(), "env"))
					write(t, os.Getenv("GOENV"), "GOFLAGS=-gcflags=all=-N\nCGO_LDFLAGS=-Wl,--build-id=0x1234\nCGO_CPPFLAGS=-Wrong\nCGO_ENABLED=0\nGOEXPERIMENT=noregabi\n")
					for name, value := range map[string]string{"CGO_ENABLED": "0", "GOEXPERIMENT": "jsonv2", "GOFIPS140": "latest", "GO111MODULE": "off", "GOOS": "plan9",
						"GOARM64": "v9.0", "GOAMD64": "v3", "GO_EXTLINK_ENABLED": "0", "CGO_CFLAGS": "-O0", "LD_RUN_PATH": "/nowhere", "C_INCLUDE_PATH": wrongHeaders(t)} {
						t.Setenv(name, value)
					}
				}
				b := &localBuild{dir: writeModule(t, program), arch: arch, host: thisHost(), kept: kept{t.TempDir()}}
				out := t.TempDir()
				if !*b.TryBundle(&out, nil) {
					t.Fatal("not built")
				}
				path := filepath.Join(out, "bootstrap")
				info, err := os.Stat(path)
				if err != nil {
					t.Fatal(err)
				}
				if info.Mode().Perm() != 0o755 {
					t.Errorf("bootstrap has mode %v", info.Mode())
				}
				if programs[i], err = os.ReadFile(path); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(programs[0], programs[1]) {
				t.Error("two builds of the same source differ")
			}
		})
	}
}

// wrongHeaders is a folder with a header that stops every build which finds it.
func wrongHeaders(t *testing.T) string {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "stdlib.h"), "#error found\n")
	return dir
}

// Where modules come from stays the user's, by the environment or by `go env -w`.
func TestGoEnvironment(t *testing.T) {
	t.Setenv("GOENV", filepath.Join(t.TempDir(), "env"))
	write(t, os.Getenv("GOENV"), "GOPRIVATE=example.org/private\nGOTMPDIR=/var/tmp\nGOEXPERIMENT=jsonv2\n")
	t.Setenv("GOPROXY", "https://proxy.example.org")
	t.Setenv("GOPRIVATE", "")
	t.Setenv("GOMAXPROCS", "1")
	t.Setenv("GOFIPS140", "latest")
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", "key.json")
	environment, err := goEnvironment(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"GOPROXY=https://proxy.example.org", "GOPRIVATE=example.org/private", "GOTMPDIR=/var/tmp", "GOMAXPROCS=1", "GOENV=off", "GOWORK=off",
		"GOOGLE_APPLICATION_CREDENTIALS=key.json", "PATH=" + os.Getenv("PATH")} {
		if !slices.Contains(environment, want) {
			t.Errorf("no %s in %q", want, environment)
		}
	}
	if slices.ContainsFunc(environment, func(v string) bool {
		return strings.HasPrefix(v, "GOEXPERIMENT=") || strings.HasPrefix(v, "GOFIPS140=")
	}) {
		t.Errorf("%q", environment)
	}
	t.Setenv("GOTOOLCHAIN", "newest")
	if _, err := goEnvironment(t.TempDir()); err == nil || !strings.Contains(err.Error(), "GOTOOLCHAIN") {
		t.Errorf("a toolchain that there is not: %v", err)
	}
}

// nativeOrSkip gives an architecture that this machine compiles for.
func nativeOrSkip(t *testing.T) Architecture {
	t.Helper()
	for _, arch := range []Architecture{X86, Arm64} {
		if _, ok := thisHost().compiler(arch); ok {
			return arch
		}
	}
	t.Skip("no C compiler")
	return ""
}

func writeModule(t *testing.T, source string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module tiny\n\ngo 1.26\n", "main.go": source} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A compiler that is named for one architecture is not taken for another.
func TestChosenCompiler(t *testing.T) {
	t.Setenv("YOLAMBDA_CC", "")
	t.Setenv("YOLAMBDA_CC_X86_64", "")
	t.Setenv("YOLAMBDA_CC_ARM64", "zig cc -target aarch64-linux-gnu")
	if arm, x86 := chosenCompiler(Arm64), chosenCompiler(X86); arm != "zig cc -target aarch64-linux-gnu" || x86 != "" {
		t.Errorf("arm64 %q, x86_64 %q", arm, x86)
	}
	t.Setenv("YOLAMBDA_CC", "any")
	if arm, x86 := chosenCompiler(Arm64), chosenCompiler(X86); arm != "zig cc -target aarch64-linux-gnu" || x86 != "any" {
		t.Errorf("arm64 %q, x86_64 %q", arm, x86)
	}
}
