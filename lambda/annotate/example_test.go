package annotate_test

import (
	"fmt"
	"image"
	"image/color"
	"log"

	"github.com/yolambda/yolambda/lambda/annotate"
	"github.com/yolambda/yolambda/lambda/api"
)

// A reply drawn onto its picture.
func ExampleDraw() {
	picture := image.NewGray(image.Rect(0, 0, 320, 240))
	reply := &api.Response{Detections: []api.Detection{
		{Box: [4]int{40, 60, 200, 180}, Conf: 0.94, Cls: "person"},
	}}
	drawn := annotate.Draw(picture, reply)
	fmt.Println("size:", drawn.Bounds().Size())
	fmt.Println("on the box's side:", drawn.RGBAAt(40, 120) != color.RGBA{A: 255})
	fmt.Println("within it:", drawn.RGBAAt(120, 120) != color.RGBA{A: 255})

	file, err := annotate.Encode(drawn, annotate.PNG)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("file: %q\n", file[1:4])
	// Output:
	// size: (320,240)
	// on the box's side: true
	// within it: false
	// file: "PNG"
}
