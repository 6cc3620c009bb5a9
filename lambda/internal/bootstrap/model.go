package bootstrap

import (
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/yolambda/yolambda/lambda/internal/ort"
	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// openModel opens a model's file, once load has loaded ONNX Runtime, and says how many of
// its runs may go on at once.
func openModel(path string, load func() error, abreast int) (*yolo.Model, error) {
	model, err := openSession(path, load, threads())
	if err != nil {
		return nil, err
	}
	model.SetAbreast(abreast, func() (*yolo.Model, error) { return openSession(path, load, 1) })
	return model, nil
}

// openSession opens a model's file with so many threads for one run.
func openSession(path string, load func() error, threads int) (*yolo.Model, error) {
	data, err := mapped(path)
	if err != nil {
		return nil, fmt.Errorf("read model: %w (the model layer holds it; elsewhere set YOLAMBDA_MODEL)", err)
	}
	defer unix.Munmap(data) // a session has what it needs
	file, err := onnx.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("read model %s: %w", path, err)
	}
	// Without a session first: what is wrong with a file it says better than ONNX Runtime.
	if _, err := yolo.New(file, nil); err != nil {
		return nil, fmt.Errorf("open model %s: %w", path, err)
	}
	if err := load(); err != nil {
		return nil, err
	}
	session, err := ort.Open(data, file, threads)
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
