package yolambda

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3assets"
	"github.com/aws/jsii-runtime-go"
)

// buildFlags make the same sources and tools give the same bytes: no paths of
// the machine, no commit in the program.
var buildFlags = []string{"build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags", "-s -w"}

// buildImage compiles the handler where this machine has no C compiler for it.
// Its platform is that of the function, so nothing is cross-compiled there.
const buildImage = "golang:1.26.8-bookworm"

// handlerCode is the function's code: the module in directory dir, compiled to
// a program named bootstrap. The hash of the asset is that of the program, so
// a rebuild that changes nothing deploys nothing.
func handlerCode(dir string, arch Architecture, cache kept) awslambda.Code {
	return awslambda.Code_FromAsset(jsii.String(dir), &awss3assets.AssetOptions{
		AssetHashType: awscdk.AssetHashType_OUTPUT,
		Bundling: &awscdk.BundlingOptions{
			Local:    &localBuild{dir: dir, arch: arch, host: thisHost(), kept: cache},
			Image:    awscdk.DockerImage_FromRegistry(jsii.String(buildImage)),
			Platform: jsii.String("linux/" + goArch(arch)),
			Command:  jsii.Strings("bash", "-euc", dockerScript()),
			Environment: &map[string]*string{
				"CGO_ENABLED": jsii.String("1"),
				"GOWORK":      jsii.String("off"),
				"GOCACHE":     jsii.String("/tmp/go-build"),
				"GOPATH":      jsii.String("/tmp/go"),
			},
		},
	})
}

// dockerScript builds inside the image and makes the check of checkELF
// with the tools that are there.
func dockerScript() string {
	flags := make([]string, len(buildFlags))
	for i, flag := range buildFlags {
		flags[i] = "'" + flag + "'"
	}
	return fmt.Sprintf(`go %s -o /asset-output/bootstrap .
newest=$(objdump -T /asset-output/bootstrap | grep -o 'GLIBC_2\.[0-9]*' | sort -Vu | tail -1)
if [ "${newest#GLIBC_2.}" -gt %d ]; then echo "bootstrap needs $newest, Lambda has GLIBC_2.%d" >&2; exit 1; fi`,
		strings.Join(flags, " "), glibcMinor, glibcMinor)
}

func goArch(arch Architecture) string {
	if arch == Arm64 {
		return "arm64"
	}
	return "amd64"
}

// host is what the choice of a compiler depends on.
type host struct {
	os, arch string                    // as GOOS and GOARCH
	cc       func(Architecture) string // the user's own choice, empty for none
	has      func(command string) bool
	runs     func(command ...string) bool
}

func thisHost() host {
	return host{
		os:   runtime.GOOS,
		arch: runtime.GOARCH,
		cc:   chosenCompiler,
		has: func(command string) bool {
			_, err := exec.LookPath(command)
			return err == nil
		},
		runs: func(command ...string) bool {
			return exec.Command(command[0], command[1:]...).Run() == nil
		},
	}
}

// chosenCompiler is YOLAMBDA_CC_ARM64 or YOLAMBDA_CC_X86_64, and otherwise YOLAMBDA_CC,
// which is for whoever builds for one architecture only.
func chosenCompiler(arch Architecture) string {
	return cmp.Or(os.Getenv("YOLAMBDA_CC_"+strings.ToUpper(string(arch))), os.Getenv("YOLAMBDA_CC"))
}

// compiler gives the value of CC that compiles for arch on Linux, or false
// where there is none.
func (h host) compiler(arch Architecture) (string, bool) {
	if cc := h.cc(arch); cc != "" {
		return cc, true
	}
	machine := map[Architecture]string{Arm64: "aarch64", X86: "x86_64"}[arch]
	gnu := machine + "-linux-gnu-gcc"
	target := fmt.Sprintf(" cc -target %s-linux-gnu.2.%d", machine, glibcMinor)
	switch {
	case h.os == "linux" && h.arch == goArch(arch) && h.has("gcc"):
		return "gcc", true
	case h.has(gnu):
		return gnu, true
	case h.has("zig"):
		return "zig" + target, true
	case h.has("python3") && h.runs("python3", "-m", "ziglang", "version"):
		return "python3 -m ziglang" + target, true
	}
	return "", false
}

// compilerAdvice says how to get a compiler for arch.
func compilerAdvice(arch Architecture) string {
	debian := "gcc-aarch64-linux-gnu libc6-dev-arm64-cross"
	if arch == X86 {
		debian = "gcc-x86-64-linux-gnu libc6-dev-amd64-cross"
	}
	return fmt.Sprintf(`no C compiler for linux/%s was found (looked for gcc, aarch64-/x86_64-linux-gnu-gcc, zig, python3 -m ziglang, docker).
  macOS:   brew install zig
  Debian:  sudo apt-get install %s
  Fedora:  sudo dnf install zig
  any:     python3 -m pip install ziglang
  or start Docker, or name a compiler in YOLAMBDA_CC_%s`, goArch(arch), debian, strings.ToUpper(string(arch)))
}

// BuildError is the panic that stops a synthesis which can't go on: props are wrong, or
// something that is deployed could not be made. It has to be a panic: an error cannot pass
// through the CDK, and any answer of TryBundle would let Docker try again, or deploy nothing.
type BuildError struct{ message string }

func (e BuildError) Error() string { return e.message }

// stop ends the synthesis for what is wrong with the props of the construct called id, if anything is.
func stop(id *string, err error) {
	if err == nil {
		return
	}
	if id == nil {
		panic(BuildError{err.Error()})
	}
	panic(BuildError{fmt.Sprintf("%s: %v", *id, err)})
}

// localBuild compiles the handler with the Go toolchain of this machine. It is
// an awscdk.ILocalBundling.
type localBuild struct {
	dir  string
	arch Architecture
	host host
	kept kept
}

// TryBundle puts bootstrap into outputDir. It answers false, which makes the
// CDK use Docker, only where there is no compiler but there is Docker.
func (b *localBuild) TryBundle(outputDir *string, _ *awscdk.BundlingOptions) *bool {
	cc, ok := b.host.compiler(b.arch)
	if !ok {
		if !b.host.runs("docker", "info") {
			panic(BuildError{compilerAdvice(b.arch)})
		}
		fmt.Fprintf(os.Stderr, "No C compiler for linux/%s: building in Docker (%s).\n", goArch(b.arch), buildImage)
		return jsii.Bool(false)
	}
	bootstrap := filepath.Join(*outputDir, "bootstrap")
	err := b.kept.program("bootstrap-"+goArch(b.arch), cc, bootstrap, func() error {
		if err := compile(b.dir, bootstrap, b.arch, cc); err != nil {
			return err
		}
		return checkELF(bootstrap, b.arch)
	})
	if err != nil {
		panic(BuildError{err.Error()})
	}
	return jsii.Bool(true)
}

// compile builds the handler, the module in dir, into the file out.
func compile(dir, out string, arch Architecture, cc string) error {
	if err := goBuild(dir, ".", out, arch, "CGO_ENABLED=1", "CC="+cc); err != nil {
		return fmt.Errorf("build the handler in %s with CC=%q: %w", dir, cc, err)
	}
	return nil
}

// goBuild builds a package of the module in dir into the file out.
func goBuild(dir, pkg, out string, arch Architecture, cgo ...string) error {
	target, err := filepath.Abs(out)
	if err != nil {
		return fmt.Errorf("locate %s: %w", out, err)
	}
	environment, err := goEnvironment(dir)
	if err != nil {
		return err
	}
	command := exec.Command("go", append(slices.Clone(buildFlags), "-o", target, pkg)...)
	command.Dir = dir
	command.Env = append(environment, "GOOS=linux", "GOARCH="+goArch(arch), "CGO_CFLAGS=-O2")
	command.Env = append(command.Env, cgo...)
	output, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, output)
	}
	return os.Chmod(target, 0o755) // whatever the umask is here
}
