package count

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

var update = flag.Bool("update", false, "take the counts of now as the ceilings")

// ceilings are numbers of instructions by case and stage, in testdata/ceilings.json.
type ceilings map[string]map[string]uint64

const ceilingsFile = "testdata/ceilings.json"

// A stage may take so much more than its ceiling: what the hashes' seeds and the
// network's packets make of it by chance is less.
const (
	mostMore  = 1.02
	byChance  = 20_000
	attempts  = 3
	worthLess = 0.95 // below this a new ceiling holds what was won
)

// The counts of a start and of what is around the network stay below their ceilings, so
// that a change that makes the function slower is seen wherever the tests run.
func TestCeilings(t *testing.T) {
	if runtime.GOOS != "linux" || runtime.GOARCH == "arm64" {
		t.Skip("needs Linux on another architecture than arm64")
	}
	yolotest.Tool(t, "qemu-aarch64")
	yolotest.Tool(t, "taskset")
	yolotest.Namespace(t, "--mount")
	plugin := compiled(t)
	want := ceilings{}
	if !*update {
		yolotest.ReadJSON(t, ceilingsFile, &want)
	}
	for name, model := range map[string]string{
		"codes": yolotest.Root(t, "layers", "codes", "codes.onnx"),
		"coco":  yolotest.Root(t, "layers", "coco", "coco.onnx"),
	} {
		t.Run(name, func(t *testing.T) {
			c := Config{
				Bootstrap: yolotest.Built(t, "build/count/bootstrap"),
				Library:   yolotest.Built(t, "build/bundle/arm64/opt/lib/libonnxruntime.so"),
				Model:     deployed(t, model),
				Plugin:    plugin,
				Log:       t.Output(),
			}
			least := ceilings{}
			for range attempts {
				counted(t, c, name, least)
				if !*update && above(least, want) == nil {
					break
				}
			}
			if *update {
				for key, stages := range least {
					want[key] = stages
				}
				return
			}
			for _, message := range above(least, want) {
				t.Error(message)
			}
			for key, stages := range least {
				for stage, n := range stages {
					if ceiling := want[key][stage]; float64(n) < worthLess*float64(ceiling)-byChance {
						t.Logf("%s: %s takes %d instructions, its ceiling is %d: go test ./integration/count -update holds what was won", key, stage, n, ceiling)
					}
				}
			}
		})
	}
	if *update && !t.Failed() {
		text, err := json.MarshalIndent(want, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(ceilingsFile, append(text, '\n'), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// deployed is the file that a deployment makes of a model: with its graph optimized ahead of time.
func deployed(t *testing.T, model string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "model.onnx")
	command := exec.Command("go", "run", "./lambda/cmd/optimize", yolotest.Library(t), model, out)
	command.Dir = yolotest.Root(t)
	if log, err := command.CombinedOutput(); err != nil {
		t.Fatalf("optimize %s: %v\n%s", model, err, log)
	}
	return out
}

// above says which stages are above their ceilings.
func above(got, want ceilings) (messages []string) {
	for key, stages := range got {
		for stage, n := range stages {
			ceiling, known := want[key][stage]
			if !known || float64(n) > mostMore*float64(ceiling)+byChance {
				messages = append(messages, key+": "+stage+" takes "+millions(n)+" million instructions, its ceiling is "+millions(ceiling))
			}
		}
	}
	slices.Sort(messages)
	return messages
}

func millions(n uint64) string {
	text, _ := json.Marshal(float64(n/1000) / 1000)
	return string(text)
}

// counted keeps the least counts: of the start, of the first request, and of a later one
// for each picture. The network's own count is not the project's to hold.
func counted(t *testing.T, c Config, name string, least ceilings) {
	t.Helper()
	coffee := yolotest.Root(t, "assets", "coffee.jpg")
	pictures := map[string]string{
		"baseline JPEG, 600x400":  coffee,
		"progressive JPEG, 61x45": yolotest.Root(t, "lambda", "internal", "picture", "testdata", "progressive.jpg"),
		"PNG, 480x270":            yolotest.Root(t, "lambda", "yolotest", "squares.png"),
	}
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range pictures {
			if !yield(name) {
				return
			}
		}
	})
	events := [][]byte{event(t, coffee)}
	for _, picture := range names {
		events = append(events, event(t, pictures[picture]), event(t, pictures[picture]))
	}
	events = append(events, event(t, coffee)) // ends the one before it
	report, err := Function(t.Context(), c, events)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Requests) != len(events) {
		t.Fatalf("%d requests were counted, want %d", len(report.Requests), len(events))
	}
	keep := func(key string, stages Stages, of []string) {
		if least[key] == nil {
			least[key] = map[string]uint64{}
		}
		for _, stage := range of {
			n := stages[stage].All
			if before, ok := least[key][stage]; !ok || n < before {
				least[key][stage] = n
			}
		}
	}
	own := slices.DeleteFunc(slices.Clone(RequestStages), func(stage string) bool { return stage == Run })
	keep(name+": start", report.Start, StartStages)
	keep(name+": first request", report.Requests[0], own)
	for i, picture := range names {
		keep(name+": "+picture, report.Requests[2+2*i], own)
	}
}

func event(t *testing.T, picture string) []byte {
	t.Helper()
	data, err := json.Marshal(api.Request{
		Image:   api.NewPicture(yolotest.Read(t, picture)),
		Options: api.Options{ImgSize: 160},
	})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// compiled is the plugin.
func compiled(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "plugin.so")
	if out, err := exec.Command(yolotest.Tool(t, "gcc"), "-O2", "-shared", "-fPIC", "plugin/plugin.c", "-o", path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// What a core does at best bounds what it takes at two instructions a cycle.
func TestEstimate(t *testing.T) {
	for _, tt := range []struct {
		counts            Counts
		atLeast, estimate time.Duration
	}{
		{Counts{All: 10_000_000}, time.Millisecond, 2 * time.Millisecond},
		{Counts{All: 10_000_000, FMLA32: 4_000_000, Dot: 4_000_000}, 1600 * time.Microsecond, 2 * time.Millisecond},
	} {
		if a, e := tt.counts.AtLeast(), tt.counts.Estimate(); a != tt.atLeast || e != tt.estimate {
			t.Errorf("%+v: %v and %v, want %v and %v", tt.counts, a, e, tt.atLeast, tt.estimate)
		}
	}
}

// A goroutine that waits at a function's entry comes to it once more.
func TestReadEnteredTwice(t *testing.T) {
	stages := map[uint64]string{0xa: Init, 0xb: Parse, 0xc: Log}
	path := filepath.Join(t.TempDir(), "marks")
	lines := "a 100 0 0 0\nb 200 0 0 0\nb 203 0 0 0\nc 300 0 0 0\nb 350 0 0 0\nc 390 0 0 0\nb 400 0 0 0\n"
	if err := os.WriteFile(path, []byte(lines), 0o666); err != nil {
		t.Fatal(err)
	}
	report := &Report{}
	if err := report.read(path, stages); err != nil {
		t.Fatal(err)
	}
	want := []Stages{
		{Parse: {All: 100}, Log: {All: 50}},
		{Parse: {All: 40}, Log: {All: 10}},
		{},
	}
	if diff := cmp.Diff(want, report.Requests); diff != "" {
		t.Errorf("the requests differ, - want, + got:\n%s", diff)
	}
}

// The functions where stages begin are named as the program names them; of one that is
// missing the error says what to do.
func TestSymbols(t *testing.T) {
	found, err := symbols(yolotest.Built(t, "build/count/bootstrap"))
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != len(begins) {
		t.Errorf("%d of %d functions found", len(found), len(begins))
	}
	if _, err := symbols(yolotest.Built(t, "build/bundle/arm64/task/bootstrap")); err == nil {
		t.Error("a program without symbols is read")
	}
}
