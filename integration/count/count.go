// Package count counts the instructions that the arm64 function executes, stage by
// stage, on the CPU that Lambda has: qemu emulates a Neoverse N1, one thread, with the
// list of CPUs hidden. Unlike times, counts are the same on every machine, however
// busy it is, to less than a percent.
//
// A stage begins where one of its functions is entered: the addresses come from the
// symbols of the function's program, and plugin/plugin.c writes down the number of
// instructions whenever one of them is reached. Nothing in the function knows of it.
package count

import (
	"bufio"
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/yolambda/yolambda/integration/emulator"
)

// Counts are numbers of instructions.
type Counts struct {
	All    uint64 `json:"all"`
	FMLA32 uint64 `json:"fmla32,omitempty"` // multiply-adds of four floats
	FMLA16 uint64 `json:"fmla16,omitempty"` // of eight halves
	Dot    uint64 `json:"dot,omitempty"`    // of sixteen bytes
}

func (c Counts) minus(d Counts) Counts {
	return Counts{c.All - d.All, c.FMLA32 - d.FMLA32, c.FMLA16 - d.FMLA16, c.Dot - d.Dot}
}

func (c Counts) plus(d Counts) Counts {
	return Counts{c.All + d.All, c.FMLA32 + d.FMLA32, c.FMLA16 + d.FMLA16, c.Dot + d.Dot}
}

// Stages are counts by the name of a stage.
type Stages map[string]Counts

// Sum is that of all stages.
func (s Stages) Sum() Counts {
	var sum Counts
	for _, c := range s {
		sum = sum.plus(c)
	}
	return sum
}

// The stages of a start, in their order. The first lasts from the process's start.
const (
	Loader  = "loader"  // the dynamic loader, and Go's runtime until it runs Go
	Init    = "init"    // the packages' variables
	Library = "library" // the settings, the model's header and ONNX Runtime's library
	Open    = "open"    // the session
	Serve   = "serve"   // asking for the first event
)

// The stages of a request, in their order.
const (
	Parse      = "parse"
	Decode     = "decode"
	Preprocess = "preprocess"
	Run        = "run"
	Head       = "head"
	NMS        = "nms" // with the boxes' way back to the picture
	Encode     = "encode"
	Log        = "log" // and metrics, sending the reply, and asking for the next event
)

// StartStages and RequestStages are all of them.
var (
	StartStages   = []string{Loader, Init, Library, Open, Serve}
	RequestStages = []string{Parse, Decode, Preprocess, Run, Head, NMS, Encode, Log}
)

// begins has the functions whose entry begins a stage.
var begins = map[string]string{
	"runtime.main": Init,
	"github.com/yolambda/yolambda/lambda/internal/bootstrap.Main":             Library,
	"github.com/yolambda/yolambda/lambda/internal/ort.Open":                   Open,
	"github.com/aws/aws-lambda-go/lambda.StartWithOptions":                    Serve,
	"github.com/yolambda/yolambda/lambda/internal/handler.(*Handler).Invoke":  Parse,
	"github.com/yolambda/yolambda/lambda/internal/picture.DecodeWithin":       Decode,
	"github.com/yolambda/yolambda/lambda/yolo.(*Model).Predict":               Preprocess,
	"github.com/yolambda/yolambda/lambda/internal/ort.(*Session).Run":         Run,
	"github.com/yolambda/yolambda/lambda/yolo.(*Model).detect":                Head,
	"github.com/yolambda/yolambda/lambda/yolo.nms":                            NMS,
	"github.com/yolambda/yolambda/lambda/internal/handler.(*nativeReply).add": Encode,
	"github.com/yolambda/yolambda/lambda/internal/handler.journal.write":      Log,
}

// Config says what to count.
type Config struct {
	Bootstrap string // the function's program for arm64, with its symbols
	Library   string // ONNX Runtime for arm64
	Model     string
	Plugin    string    // plugin/plugin.c, compiled
	Log       io.Writer // receives what the function logs; nil means nowhere
}

// Report is what was counted.
type Report struct {
	Start    Stages
	Requests []Stages // the first one meets a process that has just started
	Replies  [][]byte
}

// Graviton2 runs a program for arm64 on that machine's core, emulated, and hides the list of
// CPUs, as Lambda's arm64 machines do. (With the host's list in sight ONNX Runtime crashes under
// emulation.) It needs root.
var Graviton2 = []string{"unshare", "--mount", "sh", "-c", `mount -t tmpfs none /sys/devices/system/cpu && exec "$@"`, "sh",
	"qemu-aarch64", "-cpu", "neoverse-n1", "-L", "/usr/aarch64-linux-gnu"}

// Function starts the function, has it answer the events by direct Invoke, and counts.
func Function(ctx context.Context, c Config, events [][]byte) (*Report, error) {
	addresses, err := symbols(c.Bootstrap)
	if err != nil {
		return nil, err
	}
	cpu, err := firstCPU()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "yolambda-count-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "marks")
	var at []string
	for address := range addresses {
		at = append(at, fmt.Sprintf("%x", address))
	}
	slices.Sort(at)
	// One CPU is one thread, for Go and for the network.
	command := slices.Concat([]string{"taskset", "--cpu-list", cpu}, Graviton2,
		[]string{"-plugin", c.Plugin + ",out=" + out + ",at=" + strings.Join(at, ":"), c.Bootstrap})
	f, err := emulator.Start(ctx, emulator.Config{
		Command: command,
		Env: map[string]string{
			"YOLAMBDA_MODEL": c.Model, "YOLAMBDA_LIBRARY": c.Library,
			// What happens by the clock or now and then would be counted differently
			// each time: preemption and the collector.
			"GODEBUG": "asyncpreemptoff=1", "GOGC": "off",
		},
		Timeout: time.Hour, InitTimeout: time.Hour,
		Log: c.Log,
	})
	if err != nil {
		return nil, err
	}
	report := &Report{}
	for _, event := range events {
		result, err := f.Invoke(ctx, event)
		if err == nil && (result.FunctionError != "" || bytes.HasPrefix(result.Payload, []byte(`{"error"`))) {
			err = fmt.Errorf("the function answers %.300s", result.Payload)
		}
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		report.Replies = append(report.Replies, result.Payload)
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	return report, report.read(out, addresses)
}

// symbols finds where the stages begin.
func symbols(program string) (map[uint64]string, error) {
	file, err := elf.Open(program)
	if err != nil {
		return nil, fmt.Errorf("read program: %w", err)
	}
	defer file.Close()
	all, err := file.Symbols()
	if err != nil {
		return nil, fmt.Errorf("read symbols of %s: %w (it was built with -s)", program, err)
	}
	found := map[uint64]string{}
	missing := len(begins)
	for _, s := range all {
		if stage, ok := begins[s.Name]; ok {
			found[s.Value] = stage
			missing--
		}
	}
	if missing > 0 {
		stages := map[string]bool{}
		for _, stage := range found {
			stages[stage] = true
		}
		for function, stage := range begins {
			if !stages[stage] {
				return nil, fmt.Errorf("%s has no function %s, where the stage %s begins: name another in package count", program, function, stage)
			}
		}
	}
	return found, nil
}

// firstCPU is the number of the first CPU that this process may use.
func firstCPU() (string, error) {
	out, err := exec.Command("taskset", "--cpu-list", "--pid", fmt.Sprint(os.Getpid())).Output()
	if err != nil {
		return "", fmt.Errorf("ask for the CPUs of this process: %w", err)
	}
	_, list, _ := strings.Cut(string(out), ": ")
	first, _, _ := strings.Cut(strings.TrimSpace(list), ",")
	first, _, _ = strings.Cut(first, "-")
	return first, nil
}

// read reads the plugin's lines. What is counted between two of them belongs to the
// stage that the first begins; what comes after the last one has no end and is left out.
// A function whose goroutine had to wait or needed a larger stack is entered twice, which
// begins no other request.
func (r *Report) read(path string, stages map[uint64]string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read counts: %w (does this qemu take plugins of version 1?)", err)
	}
	defer file.Close()
	r.Start = Stages{}
	stage, before, current := Loader, Counts{}, r.Start
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var address uint64
		var now Counts
		if _, err := fmt.Sscanf(lines.Text(), "%x %d %d %d %d", &address, &now.All, &now.FMLA32, &now.FMLA16, &now.Dot); err != nil {
			return fmt.Errorf("read counts: %w in %q", err, lines.Text())
		}
		current[stage] = current[stage].plus(now.minus(before))
		again := stage == stages[address]
		stage, before = stages[address], now
		if stage == Parse && !again {
			current = Stages{}
			r.Requests = append(r.Requests, current)
		}
	}
	return nil
}
