package release

import (
	"debug/elf"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// outsideApp is a CDK app of somebody else, with two endpoints in one stack.
const outsideApp = `package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/yolambda/yolambda/infra/yolambda"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Pets"), nil)
	cats := yolambda.NewEndpoint(stack, jsii.String("Cats"), &yolambda.EndpointProps{
		Models: []yolambda.Model{{Path: "models/cats.onnx"}},
		Cache:  "cache",
	})
	yolambda.NewEndpoint(stack, jsii.String("Dogs"), &yolambda.EndpointProps{
		Models:   []yolambda.Model{{Name: "dogs", Path: "models/cats.onnx"}},
		MemoryMB: 3008,
		Cache:    "cache",
	})
	yolambda.NewBatch(stack, jsii.String("CatsBatch"), &yolambda.BatchProps{Endpoint: cats})
	app.Synth(nil)
}
`

// A CDK app outside of this tree imports the constructs of a release, and synthesizes: the
// function is compiled from the module cache.
func TestConstructOutside(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: it compiles the CDK anew")
	}
	yolotest.Tool(t, "node")
	yolotest.Tool(t, "aarch64-linux-gnu-gcc")
	runtime := yolotest.Root(t, "node_modules", "onnxruntime-node")
	if _, err := os.Stat(runtime); err != nil {
		yolotest.Missing(t, yolotest.Build, "ONNX Runtime is missing: run `npm ci --ignore-scripts`")
	}
	const version = "v0.99.0"
	_, o := released(t, version)
	model := yolotest.Read(t, yolotest.Root(t, "layers", "codes", "codes.onnx"))
	for path, data := range map[string][]byte{"main.go": []byte(outsideApp), "models/cats.onnx": model} {
		path = filepath.Join(o.dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(o.dir, "node_modules"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(runtime, filepath.Join(o.dir, "node_modules", "onnxruntime-node")); err != nil {
		t.Fatal(err)
	}
	o.run(t, "go", "mod", "init", "example.org/pets")
	o.run(t, "go", "get", repository+"infra/yolambda@"+version)
	o.run(t, "go", "mod", "tidy")
	out := t.TempDir()
	o.env = append(o.env, "CDK_OUTDIR="+out, "YOLAMBDA_CC_ARM64=aarch64-linux-gnu-gcc")
	o.run(t, "go", "run", ".")
	for _, kept := range []string{"bootstrap-arm64", "optimize", "model-cats.onnx", "model-dogs.onnx"} {
		if _, err := os.Stat(filepath.Join(o.dir, "cache", kept)); err != nil {
			t.Errorf("not kept for the next synthesis: %v", err)
		}
	}

	var template struct {
		Resources map[string]struct{ Type string }
	}
	if err := json.Unmarshal(yolotest.Read(t, filepath.Join(out, "Pets.template.json")), &template); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, r := range template.Resources {
		count[r.Type]++
	}
	if count["AWS::Lambda::Function"] != 2 || count["AWS::Lambda::Url"] != 2 || count["AWS::StepFunctions::StateMachine"] != 1 {
		t.Errorf("resources: %v", count)
	}
	// One function and one runtime layer for both, and two layers of models.
	for pattern, want := range map[string]int{"bootstrap": 1, "lib/libonnxruntime.so": 1, "licences/onnxruntime/LICENSE": 1, "models/*.onnx": 2} {
		found, err := filepath.Glob(filepath.Join(out, "asset.*", pattern))
		if err != nil || len(found) != want {
			t.Errorf("%s: %q, %v; want %d", pattern, found, err, want)
		}
	}
	programs, _ := filepath.Glob(filepath.Join(out, "asset.*", "bootstrap"))
	for _, program := range programs {
		file, err := elf.Open(program)
		if err != nil {
			t.Fatal(err)
		}
		if file.Machine != elf.EM_AARCH64 {
			t.Errorf("the function is for %s", file.Machine)
		}
		_ = file.Close()
	}
}
