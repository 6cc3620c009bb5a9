package ort_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/yolambda/yolambda/lambda/internal/ort"
	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// TestMain loads the host's library, which `make build` puts under build/opt.
// Without it the package's tests are skipped, or fail where
// YOLAMBDA_REQUIRE_BUILD=1, as in CI.
func TestMain(m *testing.M) {
	name := "libonnxruntime.so"
	if runtime.GOOS == "darwin" {
		name = "libonnxruntime.dylib"
	}
	library := filepath.Join("..", "..", "..", "build", "opt", "lib", name)
	if _, err := os.Stat(library); err != nil {
		fmt.Println("skipped: run `make build` first:", err)
		if os.Getenv("YOLAMBDA_REQUIRE_BUILD") != "" {
			os.Exit(1)
		}
		return
	}
	if err := ort.Load(library); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// open makes a model of a file.
func open(t testing.TB, path string) *yolo.Model {
	t.Helper()
	file, session := openFile(t, path)
	model, err := yolo.New(file, session)
	if err != nil {
		t.Fatal(err)
	}
	return model
}

func openFile(t testing.TB, path string) (onnx.Model, *ort.Session) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return openSession(t, data)
}

func openSession(t testing.TB, data []byte) (onnx.Model, *ort.Session) {
	t.Helper()
	file, err := onnx.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	session, err := ort.Open(data, file, runtime.NumCPU())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { session.Close() })
	return file, session
}

var ctx = context.Background()
