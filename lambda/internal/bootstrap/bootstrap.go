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
		debug.SetGCPercent(garbage) // now: the start itself is better off without
	}
	lambda.Start(h)
}

// garbage is how much may gather before it is collected, in percent of the memory in
// use. That is a few large blocks without pointers, which are scanned in no time.
const garbage = 25

// start makes the function ready.
func start(c config, log *slog.Logger) (*handler.Handler, error) {
	begin := time.Now()
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
	log.Info("ready", "model", models.Default(), "onnxruntime", ort.Version(), "threads", runtime.NumCPU(),
		"initMs", time.Since(begin).Milliseconds())
	return h, nil
}

// openModel opens a model's file for one run on every CPU and, where several pictures are
// to be looked at, for several runs at once on a CPU each.
func openModel(c config, path string) (*yolo.Model, error) {
	d, err := detector.Open(c.library, path, detector.Config{})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w (the runtime layer holds ONNX Runtime and a model layer the model; elsewhere set YOLAMBDA_LIBRARY and YOLAMBDA_MODEL)", err)
	}
	if err != nil {
		return nil, err
	}
	d.SetAbreast(abreast(c.memory), func() (*yolo.Model, error) {
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
// million pixels is decoded, and a network of the function's size runs.
const memoryAbreast = 800

// abreast is how many runs go on at once where several pictures are to be looked at: one a
// CPU, as far as the function's memory, in MB and 0 where unknown, allows.
func abreast(memory int) int {
	if memory == 0 {
		return runtime.NumCPU()
	}
	return min(runtime.NumCPU(), max(memory/memoryAbreast, 1))
}
