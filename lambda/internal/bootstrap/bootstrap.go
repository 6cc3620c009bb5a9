// Package bootstrap puts the function together and runs it:
//
//	environment → ONNX Runtime → models → handler → Lambda's Runtime API
//
// Its tests run it as a process, as Lambda does, and are its Runtime API.
package bootstrap

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/yolambda/yolambda/lambda/detector"
	"github.com/yolambda/yolambda/lambda/internal/handler"
	"github.com/yolambda/yolambda/lambda/internal/ort"
	"github.com/yolambda/yolambda/lambda/internal/s3store"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// Main is the function's main. It returns only where a test's Runtime API lets it.
func Main() {
	c := readConfig()
	log := lambdacontext.NewLogger() // format and level as the function's settings say
	h, err := start(c, log)
	if err != nil {
		log.Error("init failed", "error", err.Error())
		reportInitError(c.runtimeAPI, err)
		os.Exit(1)
	}
	if !c.keepGC {
		defer runtime.KeepAlive(make([]byte, ballast))
		debug.SetGCPercent(garbage) // now: the start itself is better off without
	}
	lambda.Start(h)
}

// garbage is how much may gather before it is collected, in percent of the memory in
// use. That is a few large blocks without pointers, which are scanned in no time.
const garbage = 25

// ballast is memory in use by which garbage is reckoned, and never touched, so that it takes
// none of the machine's: 4 MB may gather however little is in use. Without it a large event
// had the collector run several times, and take away the memory that the next event is read
// into: 20 to 40 ms for an event of 5 MB, most of it for pages that had to be had again.
const ballast = 16 << 20

// start makes the function ready.
func start(c config, log *slog.Logger) (*handler.Handler, error) {
	begin := time.Now()
	if c.cpus < runtime.NumCPU() {
		runtime.GOMAXPROCS(c.cpus) // decoding and resizing share the work among so many
	}
	go detector.Load(c.library) // it takes a while; opening the model waits for it, and has its error
	s3, err := openS3(c)
	if err != nil {
		return nil, err
	}
	models := handler.NewModels(c.models, func(path string) (*yolo.Model, error) {
		model, err := openModel(c, path)
		if err == nil && len(model.Assumed) > 0 {
			log.Warn("the model's file does not say all", "file", path, "assumed", model.Assumed)
		}
		return model, err
	})
	h, err := handler.New(handler.Config{
		Models: models, S3: s3, Log: log, Metrics: os.Stdout, Function: c.function, Memory: c.memory, WarmUp: !c.onDemand,
	})
	if err != nil {
		return nil, err
	}
	log.Info("ready", "model", models.Default(), "onnxruntime", ort.Version(), "threads", c.cpus,
		"initMs", time.Since(begin).Milliseconds())
	return h, nil
}

// openModel opens a model's file for one run on every CPU of this process and, where several
// pictures are to be looked at, for several runs at once on a CPU each.
func openModel(c config, path string) (*yolo.Model, error) {
	d, err := detector.Open(c.library, path, detector.Config{Threads: c.cpus})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w (the runtime layer holds ONNX Runtime and a model layer the model; elsewhere set YOLAMBDA_LIBRARY and YOLAMBDA_MODEL)", err)
	}
	if err != nil {
		return nil, err
	}
	d.SetAbreast(abreast(c.cpus, c.memory), func() (*yolo.Model, error) {
		single, err := detector.Open(c.library, path, detector.Config{Threads: 1})
		if err != nil {
			return nil, err
		}
		return single.Model, nil
	})
	return d.Model, nil
}

// openS3 is nil where the function may read nothing there.
func openS3(c config) (*handler.S3, error) {
	if c.prefixes == "" {
		return nil, nil
	}
	return handler.NewS3(s3store.New(), c.prefixes, c.results)
}

// memoryAbreast is what a run next to others is reckoned with, in MB: a picture of 40
// million pixels is decoded, and a network of the function's size runs. With yolov8n the
// second run, its session included, takes 165 for a JPEG, 340 for a PNG and 510 for one
// that has to be turned (TestMemoryAbreast measures it). The rest is for larger networks.
const memoryAbreast = 800

// abreast is how many runs go on at once where several pictures are to be looked at: one a
// CPU, as far as the function's memory, in MB and 0 where unknown, allows.
func abreast(cpus, memory int) int {
	if memory == 0 {
		return cpus
	}
	return min(cpus, max(memory/memoryAbreast, 1))
}
