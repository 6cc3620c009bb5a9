package detector_test

import (
	"context"
	"fmt"
	"image"
	"log"
	"os"
	"sync"

	"github.com/yolambda/yolambda/lambda/detector"
	"github.com/yolambda/yolambda/lambda/yolo"
)

func Example() {
	d, err := detector.Open("libonnxruntime.so", "coco.onnx", detector.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer d.Close()
	photo, err := os.ReadFile("photo.jpg")
	if err != nil {
		log.Fatal(err)
	}
	result, err := d.Detect(context.Background(), photo, yolo.Defaults())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Picture.W, "x", result.Picture.H)
	for _, found := range result.Detections {
		fmt.Println(d.Name(found.Class))
	}
	// Output:
	// 900 x 999
	// person
	// cup
	// cat
	// tie
	// dining table
}

// A picture that the program has already: a frame of a video, a screenshot.
func ExampleDetector_image() {
	d, err := detector.Open("libonnxruntime.so", "coco.onnx", detector.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer d.Close()
	var frame image.Image = image.NewRGBA(image.Rect(0, 0, 1280, 720))
	options := yolo.Defaults()
	options.Classes = d.ClassIDs("person")
	result, err := d.Predict(context.Background(), frame, options)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(result.Detections), "persons in black")
	// Output: 0 persons in black
}

// Many pictures: one thread each, and as many at once as there are cores.
func ExampleDetector_manyPictures() {
	d, err := detector.Open("libonnxruntime.so", "coco.onnx", detector.Config{Threads: 1})
	if err != nil {
		log.Fatal(err)
	}
	defer d.Close()
	photos := []string{"photo.jpg", "photo.jpg", "photo.jpg"}
	counts := make([]int, len(photos))
	var looking sync.WaitGroup
	for i, path := range photos { // with hundreds of them, bound how many go at once
		looking.Go(func() {
			photo, err := os.ReadFile(path)
			if err != nil {
				log.Fatal(err)
			}
			result, err := d.Detect(context.Background(), photo, yolo.Defaults())
			if err != nil {
				log.Fatal(err)
			}
			counts[i] = len(result.Detections)
		})
	}
	looking.Wait()
	fmt.Println(counts)
	// Output: [5 5 5]
}
