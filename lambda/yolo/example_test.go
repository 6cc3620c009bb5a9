package yolo_test

import (
	"context"
	"fmt"
	"image"

	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// network stands for ONNX Runtime: it sees the same two things in any picture.
type network struct{}

func (network) Run(_ context.Context, input yolo.Tensor, _ []yolo.Tensor) ([]yolo.Tensor, error) {
	return []yolo.Tensor{{
		Shape: []int{1, 6, 2},
		// Column by column: cx, cy, w, h, and the scores of two classes.
		Data: []float32{
			100, 300,
			100, 200,
			40, 60,
			80, 20,
			0.9, 0.1,
			0.2, 0.6,
		},
	}}, nil
}

// A model is made of what its file declares (see onnx.Parse) and of what runs it.
func Example() {
	model, err := yolo.New(onnx.Model{
		Props:   map[string]string{"task": "detect", "names": "{0: 'person', 1: 'bus'}"},
		Inputs:  []onnx.Value{{Name: "images", Type: onnx.Float32, Shape: []int{1, 3, 640, 640}}},
		Outputs: []onnx.Value{{Name: "output0", Type: onnx.Float32, Shape: []int{1, 6, 2}}},
	}, network{})
	if err != nil {
		fmt.Println(err)
		return
	}
	picture := image.NewNRGBA(image.Rect(0, 0, 1280, 720))
	result, err := model.Predict(context.Background(), picture, yolo.Options{Conf: 0.3, IoU: 0.3})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range result.Detections {
		fmt.Printf("%s %.2f %v\n", model.Name(d.Class), d.Conf, d.Box)
	}
	// Output:
	// person 0.90 {160 120 240 280}
	// bus 0.60 {540 380 660 420}
}

// ParseMetadata reads what Ultralytics' exporter wrote into a model file.
func ExampleParseMetadata() {
	meta, err := yolo.ParseMetadata(map[string]string{
		"task":   "detect",
		"imgsz":  "[640, 640]",
		"names":  `{0: "it's", 1: 'a "q"'}`,
		"stride": "32",
	})
	fmt.Println(meta.Task, meta.ImgSize, meta.Names, err)
	// Output: detect {640 640} [it's a "q"] <nil>
}

// Letterbox maps points of the picture to the network's input and back.
func ExampleLetterbox() {
	lb := yolo.Letterbox{
		Picture: yolo.Size{H: 720, W: 1280},
		Tensor:  yolo.Size{H: 384, W: 640},
		Resized: yolo.Size{H: 360, W: 640},
		Gain:    0.5, Top: 12,
	}
	fmt.Println(lb.ToTensor(100, 100))
	fmt.Println(lb.ToPicture(50, 62))
	// Output:
	// 50 62
	// 100 100
}

// A mask as a polygon and as COCO's run lengths.
func ExampleMask() {
	m := yolo.Mask{
		Size: yolo.Size{H: 8, W: 10},
		Left: 2, Top: 1, W: 2, H: 2,
		Bits: []bool{true, true, true, true},
	}
	fmt.Println(m.Polygons(), m.RLE().Counts)
	// Output: [[{2 1} {3 1} {3 2} {2 2}]] a0260_1
}
