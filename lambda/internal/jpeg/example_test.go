package jpeg_test

import (
	"context"
	"fmt"
	"os"

	"github.com/yolambda/yolambda/lambda/internal/jpeg"
)

func Example() {
	data, err := os.ReadFile("testdata/progressive420.jpg")
	if err != nil {
		fmt.Println(err)
		return
	}
	file, err := jpeg.Parse(data, 100) // nothing is decoded yet
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%dx%d pixels, %d scans\n", file.Width, file.Height, file.NumScans)
	samples, err := file.Decode(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer samples.Release()
	for _, p := range samples.Planes {
		fmt.Printf("%dx%d samples, each of %dx%d pixels\n", p.Width, p.Height, p.SubX, p.SubY)
	}
	// Output:
	// 53x43 pixels, 10 scans
	// 53x43 samples, each of 1x1 pixels
	// 27x22 samples, each of 2x2 pixels
	// 27x22 samples, each of 2x2 pixels
}
