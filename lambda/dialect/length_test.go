package dialect

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// must is a reply of any length.
func must[T any](reply T, err error) T {
	if err != nil {
		panic(err)
	}
	return reply
}

// comb is a mask whose outline has many corners.
func comb(w, h int) *yolo.Mask {
	m := &yolo.Mask{W: w, H: h, Bits: make([]bool, w*h), Size: yolo.Size{W: w, H: h}}
	for i := range m.Bits {
		m.Bits[i] = i < w || i%w%2 == 0
	}
	return m
}

// A reply that is too long in every dialect and form of a mask ends with as much as it has
// by then, which is never more than its text.
func TestTooLong(t *testing.T) {
	m := &yolo.Model{Task: yolo.Segment}
	r := &yolo.Result{Picture: yolo.Size{W: 200, H: 100}}
	for range 10 {
		r.Detections = append(r.Detections, yolo.Detection{Mask: comb(200, 100)})
	}
	for name, write := range map[string]func(most int) (any, error){
		"native":               func(n int) (any, error) { return Native(m, r, api.Polygon, n) },
		"native, run lengths":  func(n int) (any, error) { return Native(m, r, api.RunLengths, n) },
		"ultralytics":          func(n int) (any, error) { return Ultralytics(m, "m", r, n) },
		"roboflow":             func(n int) (any, error) { return Roboflow(m, "id", r, api.Polygon, n) },
		"roboflow, run length": func(n int) (any, error) { return Roboflow(m, "id", r, api.RunLengths, n) },
	} {
		reply, err := write(0)
		if err != nil {
			t.Fatal(name, err)
		}
		text, err := json.Marshal(reply)
		if err != nil {
			t.Fatal(name, err)
		}
		if _, err := write(len(text)); err != nil {
			t.Errorf("%s: %d bytes, which are allowed: %v", name, len(text), err)
		}
		long, ok := errors.AsType[*TooLong](second(write(len(text) / 10)))
		if !ok || long.Bytes <= len(text)/10 || long.Bytes > len(text)/2 {
			t.Errorf("%s: %d bytes where a tenth of it is allowed: %v", name, len(text), long)
		}
	}
}

func second(_ any, err error) error { return err }
