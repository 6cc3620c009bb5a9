package ort_test

import (
	"context"
	"runtime"
	"sync"
	"testing"

	"github.com/yolambda/yolambda/lambda/internal/ort"
	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolo"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

var loaded struct {
	sync.Once
	err error
}

// load loads the host's library, once for all tests.
func load(t testing.TB) {
	t.Helper()
	library := yolotest.Library(t)
	loaded.Do(func() { loaded.err = ort.Load(library) })
	if loaded.err != nil {
		t.Fatal(loaded.err)
	}
}

// open makes a model of a file.
func open(t testing.TB, path string) *yolo.Model {
	t.Helper()
	return openWith(t, path, runtime.NumCPU())
}

// openWith makes a model of a file with so many threads for one run.
func openWith(t testing.TB, path string, threads int) *yolo.Model {
	t.Helper()
	file, session := openSession(t, yolotest.Read(t, path), threads)
	model, err := yolo.New(file, session)
	if err != nil {
		t.Fatal(err)
	}
	return model
}

func openFile(t testing.TB, path string) (onnx.Model, *ort.Session) {
	t.Helper()
	return openSession(t, yolotest.Read(t, path), runtime.NumCPU())
}

func openSession(t testing.TB, data []byte, threads int) (onnx.Model, *ort.Session) {
	t.Helper()
	load(t)
	file, err := onnx.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	session, err := ort.Open(data, file, threads)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { session.Close() })
	return file, session
}

var ctx = context.Background()
