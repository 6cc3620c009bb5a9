// Package detector asks a YOLO model what it sees in a picture, in this process: no
// Lambda, no server, no Python. It is what the function itself opens its models with.
//
// A [Detector] is made of ONNX Runtime's shared library and a model file, as
// `yolo export format=onnx` or `make model` writes it:
//
//	d, err := detector.Open("libonnxruntime.so", "yolov8n.onnx", detector.Config{})
//	…
//	defer d.Close()
//	result, err := d.Detect(ctx, photo, yolo.Defaults()) // the bytes of a JPEG, PNG, WebP, GIF, BMP or TIFF
//	result, err = d.Predict(ctx, img, yolo.Defaults())   // an image.Image
//
// An [image.Image] has to be upright: image.Decode of the standard library leaves out the orientation
// that phones write into their photos, which Detect applies.
//
// Task, classes, input size and stride are read from the file. A file that does not prove
// what it is, is refused ([yolo.ErrNotYOLO], [onnx.ErrNotONNX]). Results are in pixels of the upright picture, and
// equal to Ultralytics' own: docs/fidelity.md of the project has the comparison.
//
// ONNX Runtime is loaded when it is first needed, once in a process, from the path that
// is given. Any build of 1.26 or newer will do for Linux or macOS; the project's own archive
// holds one (make dist), and so do ONNX Runtime's releases and packages. The package
// needs cgo.
//
// One Detect takes every core. Whoever looks at many pictures opens the model with
// Config{Threads: 1} and calls Detect from as many goroutines as there are cores: that is
// 1.3 to 1.5 times as fast.
package detector

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/yolambda/yolambda/lambda/internal/ort"
	"github.com/yolambda/yolambda/lambda/internal/picture"
	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// Detector is an open model. It is safe for concurrent use. The embedded model tells its
// task and classes, and its Predict looks at an [image.Image].
type Detector struct {
	*yolo.Model
	runner struct{ *ort.Session } // which the model has before it is opened
}

// Config is how a model is run. Its zero value is good for one picture at a time.
type Config struct {
	// Threads is how many work on one picture, 0 for as many as there are CPUs and no more
	// than these: threads that wait for each other keep a CPU busy.
	Threads int
}

// Open opens the model file at path model with the shared library of ONNX Runtime at path
// library. The error wraps [onnx.ErrNotONNX] where the file is no ONNX file that can be run, and
// [yolo.ErrNotYOLO] where it is one of no kind that is read.
func Open(library, model string, c Config) (*Detector, error) {
	data, err := mapped(model)
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	defer unix.Munmap(data) // a session has what it needs
	file, err := onnx.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("read model %s: %w", model, err)
	}
	// Before there is a session: what is wrong with a file, this says better than ONNX Runtime.
	var d Detector
	if d.Model, err = yolo.New(file, &d.runner); err != nil {
		return nil, fmt.Errorf("open model %s: %w", model, err)
	}
	if err := Load(library); err != nil {
		return nil, err
	}
	if d.runner.Session, err = ort.Open(data, file, c.threads()); err != nil {
		return nil, fmt.Errorf("open model %s: %w", model, err)
	}
	return &d, nil
}

// threads counts the CPUs itself: ONNX Runtime takes half of them where, as on Lambda's arm64
// machines, /sys/devices/system/cpu is hidden.
func (c Config) threads() int {
	cpus := runtime.NumCPU()
	if c.Threads < 1 {
		return cpus
	}
	return min(c.Threads, cpus)
}

// ErrClosed says that a Detector was asked after Close.
var ErrClosed = yolo.ErrClosed

// Close frees the model, when what runs on it has ended. Who asks it afterwards gets
// ErrClosed.
func (d *Detector) Close() error { return d.runner.Close() }

// Detect looks at a picture of at most 40 megapixels, as the bytes of its file say it. EXIF's
// orientation is applied. The error is a [*PictureError] where the bytes are to blame; it wraps
// [yolo.ErrOption] or [yolo.ErrTooLarge] where an option is, and the context's error where that
// ended the work.
func (d *Detector) Detect(ctx context.Context, data []byte, o yolo.Options) (*yolo.Result, error) {
	p, err := picture.Decode(ctx, data)
	if err != nil {
		return nil, err
	}
	defer p.Release()
	return d.Predict(ctx, p.Image, o)
}

// PictureError is why a picture was not decoded.
type PictureError = picture.Error

// The kinds of a [PictureError].
const (
	Unsupported = picture.Unsupported // not a format that is read
	TooLarge    = picture.TooLarge    // beyond a limit
	Broken      = picture.Broken      // truncated or damaged
)
