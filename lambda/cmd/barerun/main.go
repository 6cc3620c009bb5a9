// Command barerun times the network alone: what `yolambda bench` holds the
// function's requests against.
//
//	barerun LIBRARY MODEL.onnx PICTURE [SESSIONS]
//
// It makes the tensor that the function makes of the picture, opens a session
// with ONNX Runtime's own defaults but for the number of threads, one for each CPU,
// and then answers every line of the standard input, a number of runs, with the time
// that these took in nanoseconds. Inputs and outputs are made once and used again, so
// that a line tells what ONNX Runtime needs and nothing else.
//
// With SESSIONS there are as many sessions of one thread each, which share the runs of
// a line among them: the limit of a request of several pictures.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	onnxruntime "github.com/yalue/onnxruntime_go"

	"github.com/yolambda/yolambda/lambda/internal/ort"
	"github.com/yolambda/yolambda/lambda/internal/picture"
	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolo"
)

func main() {
	sessions := 0
	if len(os.Args) == 5 {
		sessions, _ = strconv.Atoi(os.Args[4])
	}
	if len(os.Args) != 4 && sessions < 1 {
		fmt.Fprintln(os.Stderr, "usage: barerun LIBRARY MODEL.onnx PICTURE [SESSIONS]")
		os.Exit(2)
	}
	if err := serve(os.Args[1], os.Args[2], os.Args[3], sessions); err != nil {
		fmt.Fprintln(os.Stderr, "barerun:", err)
		os.Exit(1)
	}
}

// serve opens so many sessions of one thread, or one of all threads where they are 0.
func serve(libraryPath, modelPath, picturePath string, sessions int) error {
	if err := ort.Load(libraryPath); err != nil {
		return err
	}
	threads := 1
	if sessions == 0 {
		sessions, threads = 1, runtime.NumCPU()
	}
	runs := make([]func() error, sessions)
	for i := range runs {
		var err error
		if runs[i], err = open(modelPath, picturePath, threads); err != nil {
			return err
		}
	}
	// What made the tensor is not part of the session's memory.
	debug.FreeOSMemory()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		count, err := strconv.Atoi(lines.Text())
		if err != nil {
			return fmt.Errorf("read number of runs: %w", err)
		}
		start := time.Now()
		if err := share(count, runs); err != nil {
			return fmt.Errorf("run: %w", err)
		}
		if _, err := fmt.Println(time.Since(start).Nanoseconds()); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
	}
	return lines.Err()
}

// share has each session run until all have run so often together.
func share(count int, runs []func() error) error {
	var begun atomic.Int64
	errs := make([]error, len(runs))
	work := func(i int) {
		for errs[i] == nil && begun.Add(1) <= int64(count) {
			errs[i] = runs[i]()
		}
	}
	var others sync.WaitGroup
	for i := 1; i < len(runs); i++ {
		others.Go(func() { work(i) })
	}
	work(0)
	others.Wait()
	return errors.Join(errs...)
}

// open makes a session of so many threads and a function that runs it on the picture's
// tensor.
func open(modelPath, picturePath string, threads int) (run func() error, err error) {
	data, err := os.ReadFile(modelPath)
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	file, err := onnx.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	tensor, err := tensorOf(file, picturePath)
	if err != nil {
		return nil, err
	}
	options, err := onnxruntime.NewSessionOptions()
	if err != nil {
		return nil, fmt.Errorf("make session options: %w", err)
	}
	defer options.Destroy()
	if err := options.SetIntraOpNumThreads(threads); err != nil {
		return nil, fmt.Errorf("set threads: %w", err)
	}
	var outputNames []string
	for _, out := range file.Outputs {
		outputNames = append(outputNames, out.Name)
	}
	session, err := onnxruntime.NewDynamicAdvancedSessionWithONNXData(data, []string{file.Inputs[0].Name}, outputNames, options)
	if err != nil {
		return nil, fmt.Errorf("open session: %w", err)
	}
	shape := make(onnxruntime.Shape, len(tensor.Shape))
	for i, n := range tensor.Shape {
		shape[i] = int64(n)
	}
	input, err := onnxruntime.NewTensor(shape, tensor.Data)
	if err != nil {
		return nil, fmt.Errorf("make input: %w", err)
	}
	inputs, outputs := []onnxruntime.Value{input}, make([]onnxruntime.Value, len(outputNames))
	run = func() error { return session.Run(inputs, outputs) }
	return run, run() // the first run makes the outputs
}

// tensorOf is what the function makes of a picture where no option is given.
func tensorOf(file onnx.Model, picturePath string) (yolo.Tensor, error) {
	data, err := os.ReadFile(picturePath)
	if err != nil {
		return yolo.Tensor{}, fmt.Errorf("read picture: %w", err)
	}
	pic, err := picture.Decode(context.Background(), data)
	if err != nil {
		return yolo.Tensor{}, err
	}
	catch := &catcher{}
	model, err := yolo.New(file, catch)
	if err != nil {
		return yolo.Tensor{}, err
	}
	if len(file.Inputs) != 1 || file.Inputs[0].Type != onnx.Float32 {
		return yolo.Tensor{}, errors.New("only models with float32 inputs can be timed alone")
	}
	if _, err := model.Predict(context.Background(), pic.Image, yolo.Options{Conf: 1}); !errors.Is(err, errCaught) {
		return yolo.Tensor{}, err
	}
	return catch.tensor, nil
}

// catcher is a Runner that keeps the tensor and runs nothing.
type catcher struct{ tensor yolo.Tensor }

var errCaught = errors.New("caught the tensor")

func (c *catcher) Run(_ context.Context, input yolo.Tensor, _ []yolo.Tensor) ([]yolo.Tensor, error) {
	c.tensor = yolo.Tensor{Shape: input.Shape, Data: slices.Clone(input.Data)}
	return nil, errCaught
}
