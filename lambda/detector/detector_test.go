package detector_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"log"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/yolambda/yolambda/lambda/detector"
	"github.com/yolambda/yolambda/lambda/yolo"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// The examples name files of a folder of their own: the library where make build put it,
// a model and a photograph of the project.
func TestMain(m *testing.M) {
	flag.Parse()
	folder, err := os.MkdirTemp("", "detector-*")
	if err != nil {
		log.Fatal(err)
	}
	if !layOut(folder) {
		fmt.Println("examples are skipped: run make build")
		flag.Set("test.run", "^Test")
	}
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

// layOut puts what the examples read into the folder and goes there; it is false where
// there is no library.
func layOut(folder string) bool {
	project, err := filepath.Abs("../..")
	if err != nil {
		log.Fatal(err)
	}
	libraries, _ := filepath.Glob(filepath.Join(project, "build/opt/lib/libonnxruntime.*")) // the pattern is well-formed
	if env := os.Getenv("YOLAMBDA_LIBRARY"); env != "" {
		libraries = []string{env}
	}
	if len(libraries) == 0 {
		return false
	}
	for name, target := range map[string]string{
		"libonnxruntime.so": libraries[0],
		"coco.onnx":         filepath.Join(project, "layers/coco/coco.onnx"),
		"photo.jpg":         filepath.Join(project, "assets/everyday.jpg"),
	} {
		if err := os.Symlink(target, filepath.Join(folder, name)); err != nil {
			log.Fatal(err)
		}
	}
	if err := os.Chdir(folder); err != nil {
		log.Fatal(err)
	}
	return true
}

var ctx = context.Background()

// open opens a fixture.
func open(t *testing.T, name string, c detector.Config) *detector.Detector {
	t.Helper()
	yolotest.Library(t) // or it is missing
	d, err := detector.Open("libonnxruntime.so", yolotest.Fixture(t, name), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

var options = yolo.Options{Conf: 0.5, IoU: 0.3, ImgSize: yolotest.SquaresInput}

// A picture's bytes and the picture get the same answer, on every CPU and on one.
func TestDetect(t *testing.T) {
	img := yolotest.Draw(image.Pt(yolotest.SquaresWidth, yolotest.SquaresHeight), yolotest.Red, yolotest.Blue)
	for _, c := range []detector.Config{{}, {Threads: 1}} {
		d := open(t, "squares", c)
		result, err := d.Detect(ctx, yolotest.SquaresPNG, options)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []yolotest.Square{yolotest.Red, yolotest.Blue} {
			found := false
			for _, got := range result.Detections {
				b := got.Box
				found = found || want.Matches(d.Name(got.Class), [4]int{int(b.X1), int(b.Y1), int(b.X2), int(b.Y2)})
			}
			if !found || len(result.Detections) != 2 {
				t.Errorf("threads %d: square %d is not among %+v", c.Threads, i, result.Detections)
			}
		}
		drawn, err := d.Predict(ctx, img, options)
		if err != nil || !reflect.DeepEqual(drawn.Detections, result.Detections) {
			t.Errorf("threads %d: an image gets %+v, %v, its file %+v", c.Threads, drawn, err, result)
		}
	}
}

// Many may ask at once, and one may close meanwhile: each gets the answer or ErrClosed.
func TestDetectAtOnce(t *testing.T) {
	d := open(t, "squares", detector.Config{Threads: 1})
	want, err := d.Detect(ctx, yolotest.SquaresPNG, options)
	if err != nil {
		t.Fatal(err)
	}
	var asking sync.WaitGroup
	answered := make(chan struct{}, 64)
	for range 4 {
		asking.Go(func() {
			for {
				got, err := d.Detect(ctx, yolotest.SquaresPNG, options)
				if errors.Is(err, detector.ErrClosed) {
					return
				}
				if err != nil || !reflect.DeepEqual(got.Detections, want.Detections) {
					t.Errorf("got %+v, %v", got, err)
					return
				}
				select {
				case answered <- struct{}{}:
				default:
				}
			}
		})
	}
	for range 16 {
		<-answered
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	asking.Wait()
	if err := d.Close(); err != nil {
		t.Errorf("the second time: %v", err)
	}
}

func TestDetectErrors(t *testing.T) {
	d := open(t, "squares", detector.Config{})
	var broken *detector.PictureError
	if _, err := d.Detect(ctx, []byte("text"), options); !errors.As(err, &broken) || broken.Kind != detector.Unsupported {
		t.Errorf("text: %v", err)
	}
	if _, err := d.Detect(ctx, yolotest.SquaresPNG[:100], options); !errors.As(err, &broken) || broken.Kind != detector.Broken {
		t.Errorf("half a file: %v", err)
	}
	if _, err := d.Detect(ctx, yolotest.SquaresPNG, yolo.Options{ImgSize: 1 << 20}); !errors.Is(err, yolo.ErrOption) {
		t.Errorf("a huge input: %v", err)
	}
	ended, end := context.WithCancel(ctx)
	end()
	if _, err := d.Detect(ended, yolotest.SquaresPNG, options); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
}

func TestOpenErrors(t *testing.T) {
	open(t, "squares", detector.Config{}) // the library is loaded now
	squares := yolotest.Fixture(t, "squares")
	// libonnxruntime.so is a link to it here, as it is one in ONNX Runtime's releases.
	if err := detector.Load(yolotest.Library(t)); err != nil {
		t.Errorf("the same library by its own name: %v", err)
	}
	if err := os.WriteFile("another.so", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ library, model, want string }{
		{"libonnxruntime.so", "none.onnx", "no such file"},
		{"libonnxruntime.so", "photo.jpg", "not an ONNX file"},
		{"none.so", squares, "find ONNX Runtime"},
		{"another.so", squares, "is loaded already"},
	} {
		if d, err := detector.Open(tt.library, tt.model, detector.Config{}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s with %s: %v, %v, want %s", tt.model, tt.library, d, err, tt.want)
		}
	}
}
