package yolambda

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// hostRuntimes are the libraries of this machine in the npm package, below bin/napi-v6, by GOOS
// and GOARCH.
var hostRuntimes = map[string]string{
	"linux/amd64":  runtimeNames[X86],
	"linux/arm64":  runtimeNames[Arm64],
	"darwin/arm64": "darwin/arm64/libonnxruntime." + runtimeVersion + ".dylib",
}

// optimizer rewrites models' graphs ahead of time, as ONNX Runtime would at each cold start.
// The files are the same, byte for byte, on Linux of x86-64 and of arm64, and for both; macOS was not seen.
type optimizer struct {
	source string // the folder of the function's module, which has the program
	host   host
	off    bool
	never  plain // why no model of this function is rewritten
	kept   kept
	// program is cmd/optimize, compiled for this machine.
	program func() ([]byte, error)
}

// plain is why a model is deployed as it is. These reasons are of the model, the props, or what this
// machine is. Whatever else goes wrong stops the synthesis: one machine among several on which
// something is broken would otherwise deploy other layers.
type plain string

func (p plain) Error() string { return string(p) }

// refused is why the function would not serve a model, optimized or not.
type refused string

func (r refused) Error() string { return "the function would refuse it: " + string(r) }

// newOptimizer is that of an endpoint, whose function has its module in the folder source.
func newOptimizer(p EndpointProps, source string) optimizer {
	o := optimizer{source: source, host: thisHost(), off: p.PlainModels, kept: kept{p.Cache}}
	// Their compiler is for the function.
	o.host.cc = func(Architecture) string { return "" }
	o.program = sync.OnceValues(o.build)
	if p.RuntimeLibrary != "" {
		o.never = plain("the graph would be that of the pinned ONNX Runtime " + runtimeVersion)
	}
	return o
}

// String tells what becomes of models.
func (o optimizer) String() string {
	if o.off || o.never != "" {
		return "as it is"
	}
	return "optimized ahead of time by " + o.source
}

// write puts the optimized model at the path to, or, for a plain reason, what is at from, and says
// so.
func (o optimizer) write(to, from string) error {
	if o.off {
		return copyFile(to, from)
	}
	err := o.optimize(to, from)
	if why, ok := errors.AsType[plain](err); ok {
		fmt.Fprintf(os.Stderr, "%s is deployed as it is, not optimized ahead of time: %s\n", from, why)
		return copyFile(to, from)
	}
	if why, ok := errors.AsType[refused](err); ok {
		return fmt.Errorf("model %s: %w", from, why)
	}
	if err != nil {
		return fmt.Errorf("optimize %s ahead of time: %w\n-c optimize=false, in an app of one's own PlainModels, deploys models as they are", from, err)
	}
	return nil
}

// optimize writes what an earlier synthesis kept, where the same program made it of the same model
// and by the same ONNX Runtime.
func (o optimizer) optimize(to, from string) error {
	if o.never != "" {
		return o.never
	}
	if _, err := os.Stat(filepath.Join(o.source, "cmd", "optimize")); errors.Is(err, os.ErrNotExist) {
		return plain("the function's own module in " + o.source + " has no cmd/optimize")
	}
	library, err := o.library()
	if err != nil {
		return err
	}
	program, err := o.program()
	if err != nil {
		return err
	}
	model, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	name, key := "model-"+filepath.Base(to), madeOf(program, library, model)
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	optimized, ok := o.kept.get(name, key)
	if ok {
		err = os.WriteFile(to, optimized, 0o644)
	} else if err = o.run(program, library, from, to); err == nil {
		if optimized, err = os.ReadFile(to); err == nil {
			o.kept.put(name, key, optimized)
		}
	}
	if err != nil {
		return err
	}
	return os.Chmod(to, 0o644) // Lambda reads layers as another user
}

// madeOf is all that decides what an optimized model is.
func madeOf(program []byte, library pinned, model []byte) string {
	return fmt.Sprintf("%x %s %x", sha256.Sum256(program), library.sum, sha256.Sum256(model))
}

// run has the program optimize the model at from.
func (o optimizer) run(program []byte, library pinned, from, to string) error {
	path, err := library.path(o.kept.dir)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "yolambda-optimize-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	executable := filepath.Join(scratch, "optimize")
	if err := os.WriteFile(executable, program, 0o755); err != nil {
		return err
	}
	if output, err := exec.Command(executable, path, from, to).CombinedOutput(); err != nil {
		return explained(string(output), err)
	}
	return nil
}

// build compiles the program for this machine.
func (o optimizer) build() ([]byte, error) {
	cc, err := o.compiler()
	if err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp("", "yolambda-optimize-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	path := filepath.Join(scratch, "optimize")
	err = o.kept.program("optimize", cc, path, func() error {
		command := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-o", path, "./cmd/optimize")
		command.Dir = o.source
		environment, err := goEnvironment(o.source)
		if err != nil {
			return err
		}
		command.Env = append(environment, "GOOS="+o.host.os, "GOARCH="+o.host.arch, "CGO_ENABLED=1")
		if cc != "" {
			command.Env = append(command.Env, "CC="+cc)
		}
		if output, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("%w\n%s", err, bytes.TrimSpace(output))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// library is the ONNX Runtime of this machine.
func (o optimizer) library() (pinned, error) {
	name, ok := hostRuntimes[o.host.os+"/"+o.host.arch]
	if !ok {
		return pinned{}, plain(fmt.Sprintf("ONNX Runtime's package has no library for %s/%s", o.host.os, o.host.arch))
	}
	return pinnedRuntime(name)
}

// compiler is one for programs of this machine; empty: Go's own choice.
func (o optimizer) compiler() (string, error) {
	if o.host.os != "linux" {
		return "", nil
	}
	arch := X86
	if o.host.arch == "arm64" {
		arch = Arm64
	}
	cc, ok := o.host.compiler(arch)
	if !ok {
		return "", plain("there is no C compiler for this machine")
	}
	return cc, nil
}

// explained is the error of the program: a plain one where it says that the model is better left as
// it is, a refused one where it is none for the function, or else with all that was said.
func explained(output string, err error) error {
	for line := range strings.Lines(output) {
		if why, ok := strings.CutPrefix(line, "optimize: better left as it is: "); ok {
			return plain(strings.TrimSpace(why))
		}
		if why, ok := strings.CutPrefix(line, "optimize: the function would refuse it: "); ok {
			return refused(strings.TrimSpace(why))
		}
	}
	return fmt.Errorf("%w\n%s", err, strings.TrimSpace(output))
}
