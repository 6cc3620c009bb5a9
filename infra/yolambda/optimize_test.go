package yolambda

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// lackingOperator is a model whose only node is of no operator that ONNX Runtime has.
func lackingOperator() string {
	message := func(parts ...string) string { // of numbers of fields and their bytes
		var m strings.Builder
		for i := 0; i < len(parts); i += 2 {
			m.WriteString(parts[i] + string(rune(len(parts[i+1]))) + parts[i+1])
		}
		return m.String()
	}
	value := func(name string) string {
		axis := message("\x0a", "\x08\x03")
		return message("\x0a", name, "\x12", message("\x0a", "\x08\x01"+message("\x12", axis+axis+axis+axis)))
	}
	node := message("\x0a", "in", "\x12", "out", "\x22", "NoSuchOperator")
	return "\x08\x08" + message("\x3a", message("\x0a", node, "\x12", "g", "\x5a", value("in"), "\x62", value("out")), "\x42", "\x10\x11")
}

// A model is optimized twice to the same bytes, and names ONNX Runtime; not larger than it was.
// Another is better left as it is, and one that can't be opened is not deployed.
func TestOptimize(t *testing.T) {
	const model = "../../layers/codes/codes.onnx"
	var o optimizer
	var files [2][]byte
	for i := range files {
		o = newTestOptimizer(t) // which keeps nothing of the other
		to := filepath.Join(t.TempDir(), "models", "codes.onnx")
		if err := o.optimize(to, model); err != nil {
			t.Fatal(err)
		}
		var err error
		if files[i], err = os.ReadFile(to); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o644 {
			t.Errorf("%v, %v", info, err)
		}
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("the files differ")
	}
	if info, err := os.Stat(model); err != nil || int64(len(files[0])) > info.Size() {
		t.Errorf("%d bytes, before %v, %v", len(files[0]), info.Size(), err)
	}
	if !bytes.Contains(files[0], []byte("onnxruntime "+runtimeVersion)) {
		t.Error("the file does not name the ONNX Runtime that it is for")
	}

	to := filepath.Join(t.TempDir(), "models", "half.onnx")
	half := "../../lambda/internal/ort/testdata/squares-static-half.onnx"
	if why, ok := errors.AsType[plain](o.optimize(to, half)); !ok || !strings.HasPrefix(string(why), "it calculates with float16") {
		t.Errorf("%q, %v", why, ok)
	}
	broken := filepath.Join(t.TempDir(), "broken.onnx")
	write(t, broken, "model")
	if err := o.write(to, broken); err == nil || !strings.Contains(err.Error(), "the function would refuse it: not readable") || strings.Contains(err.Error(), "optimize=false") {
		t.Errorf("a model that is none: %v", err)
	}
	lacking := filepath.Join(t.TempDir(), "lacking.onnx")
	write(t, lacking, lackingOperator())
	if err := o.write(to, lacking); err == nil || !strings.Contains(err.Error(), "NoSuchOperator") || strings.Contains(err.Error(), "optimize=false") {
		t.Errorf("a model with an operator that there is not: %v", err)
	}
	if err := o.write(to, filepath.Join(t.TempDir(), "gone.onnx")); err == nil || !strings.Contains(err.Error(), "-c optimize=false") {
		t.Errorf("a model that is not there: %v", err)
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("there is a file of what can't be optimized")
	}
}

// newTestOptimizer is that of this machine, with an empty folder to keep things in.
func newTestOptimizer(t *testing.T) optimizer {
	t.Helper()
	if testing.Short() {
		t.Skip("compiles ONNX Runtime's binding")
	}
	o := newOptimizer(EndpointProps{Architecture: Arm64, Cache: t.TempDir()}, "../../lambda")
	if _, err := o.program(); err != nil {
		if _, ok := errors.AsType[plain](err); ok {
			t.Skip(err)
		}
		t.Fatal(err)
	}
	return o
}

// What is kept of a model is taken for the same model, program and ONNX Runtime only.
func TestOptimizedIsKept(t *testing.T) {
	o := newTestOptimizer(t)
	from, to := filepath.Join(t.TempDir(), "from.onnx"), filepath.Join(t.TempDir(), "models", "it.onnx")
	optimized := func(o optimizer, model string) string {
		t.Helper()
		if err := copyFile(from, model); err != nil {
			t.Fatal(err)
		}
		if err := o.optimize(to, from); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(to)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	const codes, squares = "../../layers/codes/codes.onnx", "../../lambda/internal/ort/testdata/squares.onnx"
	want := optimized(o, codes)
	program, err := o.program()
	if err != nil {
		t.Fatal(err)
	}
	library, err := o.library()
	if err != nil {
		t.Fatal(err)
	}
	model, err := os.ReadFile(codes)
	if err != nil {
		t.Fatal(err)
	}
	const name = "model-it.onnx"
	if kept, ok := o.kept.get(name, madeOf(program, library, model)); !ok || string(kept) != want {
		t.Fatalf("%d bytes kept, %v; want %d", len(kept), ok, len(want))
	}
	o.kept.put(name, madeOf(program, library, model), []byte("kept"))
	if got := optimized(o, codes); got != "kept" {
		t.Errorf("%d bytes: made anew", len(got))
	}
	if got := optimized(o, squares); got == "kept" || got == want {
		t.Error("another model got what was kept")
	}
	o.kept.put(name, madeOf(program, library, model), []byte("kept"))
	o.program = func() ([]byte, error) { return append(slices.Clone(program), 0), nil } // works as before
	if got := optimized(o, codes); got != want {
		t.Errorf("%d bytes of another program, want %d", len(got), len(want))
	}
	if a, b := madeOf(program, library, model), madeOf(program, pinned{sum: "other"}, model); a == b {
		t.Error("another ONNX Runtime is the same")
	}
}

// What can't be optimized, or shall not be, is copied.
func TestNotOptimized(t *testing.T) {
	noCompiler, windows := bareHost(false), bareHost(false)
	windows.os = "windows"
	for name, test := range map[string]struct {
		o    optimizer
		want string // why
	}{
		"turned off":  {optimizer{off: true}, ""},
		"own library": {newOptimizer(EndpointProps{Architecture: Arm64, RuntimeLibrary: "lib.so"}, "."), "pinned ONNX Runtime 1.27.0"},
		"no compiler": {optimizer{source: "../../lambda", host: noCompiler}, "no C compiler for this machine"},
		"Windows":     {optimizer{source: "../../lambda", host: windows}, "no library for windows/amd64"},
		"own module":  {newOptimizer(EndpointProps{Architecture: Arm64}, "own"), "module in own has no cmd/optimize"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			from, to := filepath.Join(dir, "from.onnx"), filepath.Join(dir, "layer", "to.onnx")
			write(t, from, "model")
			test.o.program = test.o.build
			if err := test.o.write(to, from); err != nil {
				t.Fatal(err)
			}
			if data, err := os.ReadFile(to); err != nil || string(data) != "model" {
				t.Errorf("%q, %v", data, err)
			}
			if test.want == "" {
				return
			}
			if why, ok := errors.AsType[plain](test.o.optimize(to, from)); !ok || !strings.Contains(string(why), test.want) {
				t.Errorf("%q, want %q", why, test.want)
			}
		})
	}
}

// The compiler that makes the function for another CPU does not make programs for this one.
func TestOptimizerIgnoresTargetsCompiler(t *testing.T) {
	t.Setenv("YOLAMBDA_CC", "false")
	o := newOptimizer(EndpointProps{Architecture: Arm64}, ".")
	if got := o.host.cc(Arm64); got != "" {
		t.Errorf("%q", got)
	}
}

// A program that does not build, or fails, is no reason to deploy another layer.
func TestExplained(t *testing.T) {
	failed := errors.New("exit status 1")
	for output, want := range map[string]error{
		"# cgo\nwarning\noptimize: better left as it is: it grows\nexit status 1\n": plain("it grows"),
		"optimize: the function would refuse it: not a YOLO model\nexit status 1\n": errors.New("the function would refuse it: not a YOLO model"),
		"optimize: no such file\nexit status 1\n":                                   errors.New("exit status 1\noptimize: no such file\nexit status 1"),
		"go: no such package\n": errors.New("exit status 1\ngo: no such package"),
	} {
		got := explained(output, failed)
		if got.Error() != want.Error() || strings.HasPrefix(want.Error(), "exit") != errors.Is(got, failed) {
			t.Errorf("%q: %q, want %q", output, got, want)
		}
	}
}
