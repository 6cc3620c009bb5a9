// Command bootstrap is the Lambda function: it answers a picture with what a
// YOLO model sees in it.
//
//	env → ONNX Runtime → model → handler → Lambda's Runtime API
package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"golang.org/x/sys/unix"

	"github.com/yolambda/yolambda/lambda/internal/handler"
	"github.com/yolambda/yolambda/lambda/internal/ort"
	"github.com/yolambda/yolambda/lambda/internal/s3store"
	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolo"
)

func main() {
	log := lambdacontext.NewLogger() // format and level as the function's settings say
	h, err := start(log)
	if err != nil {
		log.Error("init failed", "error", err.Error())
		reportInitError(err)
		os.Exit(1)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage) // now: the start itself is better off without
	}
	lambda.Start(h)
}

// garbage is how much may gather before it is collected, in percent of the memory in
// use. That is a few large blocks without pointers, which are scanned in no time.
const garbage = 25

// start makes the function ready. The layers put the library and the models
// under /opt; the environment can name others.
func start(log *slog.Logger) (*handler.Handler, error) {
	begin := time.Now()
	library := cmp.Or(os.Getenv("YOLAMBDA_LIBRARY"), "/opt/lib/libonnxruntime.so")
	// Loading the library takes a while: meanwhile the model's header is read.
	load := sync.OnceValue(func() error { return ort.Load(library) })
	go load()
	models := handler.NewModels(modelPaths(), func(path string) (*yolo.Model, error) { return openModel(path, load) })
	h, err := handler.New(models, log, os.Stdout)
	if err != nil {
		return nil, err
	}
	s3, err := openS3()
	if err != nil {
		return nil, err
	}
	h.UseS3(s3)
	log.Info("ready", "model", models.Default(), "onnxruntime", ort.Version(), "threads", threads(),
		"initMs", time.Since(begin).Milliseconds())
	return h, nil
}

// openS3 reads where pictures in S3 may be read, and where the replies to new ones
// go. It is nil where the stack was deployed without batch and trigger.
func openS3() (*handler.S3, error) {
	prefixes := os.Getenv("YOLAMBDA_S3_PREFIXES")
	if prefixes == "" {
		return nil, nil
	}
	return handler.NewS3(s3store.New(), prefixes, os.Getenv("YOLAMBDA_S3_RESULTS"))
}

// modelPaths are the default model's file and, beside it, all in the folder of
// models.
func modelPaths() []string {
	folder := cmp.Or(os.Getenv("YOLAMBDA_MODELS"), "/opt/models")
	paths, _ := fs.Glob(os.DirFS(folder), "*.onnx") // the pattern is well-formed
	for i, name := range paths {
		paths[i] = filepath.Join(folder, name)
	}
	first := cmp.Or(os.Getenv("YOLAMBDA_MODEL"), "/opt/model.onnx")
	if _, err := os.Stat(first); err != nil && len(paths) > 0 && os.Getenv("YOLAMBDA_MODEL") == "" {
		return paths // the first by name is the default
	}
	return append([]string{first}, paths...)
}

// openModel opens a model's file, once load has loaded ONNX Runtime.
func openModel(path string, load func() error) (*yolo.Model, error) {
	data, err := mapped(path)
	if err != nil {
		return nil, fmt.Errorf("read model: %w (the model layer holds it; elsewhere set YOLAMBDA_MODEL)", err)
	}
	defer unix.Munmap(data) // a session has what it needs
	file, err := onnx.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("read model %s: %w", path, err)
	}
	if err := load(); err != nil {
		return nil, err
	}
	session, err := ort.Open(data, file, threads())
	if err != nil {
		return nil, fmt.Errorf("open model %s: %w", path, err)
	}
	model, err := yolo.New(file, session)
	if err != nil {
		session.Close()
		return nil, fmt.Errorf("open model %s: %w", path, err)
	}
	return model, nil
}

// threads is how many work on one network. Lambda's arm64 machines hide
// /sys/devices/system/cpu, without which ONNX Runtime would take half of the
// CPUs.
func threads() int { return runtime.NumCPU() }
