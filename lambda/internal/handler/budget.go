package handler

import (
	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/internal/picture"
)

// maxSentPixels is how many pixels the pictures that one request carries may have
// together. Photographs that fit into a request have some 50 million; small files can
// claim 40 million each.
const maxSentPixels = 200_000_000

// budget counts the pixels that the pictures of a request claim. Those in S3 are not
// counted: who may put them there is up to whoever deployed the function.
type budget struct{ pixels int }

// take refuses a picture that goes beyond the budget, before it is decoded.
func (b *budget) take(f fetched) error {
	if f.uri != "" {
		return nil
	}
	b.pixels += picture.Pixels(f.data)
	if b.pixels > maxSentPixels {
		return api.Errorf(api.TooLarge, "this picture and those before it in the request have %.1f million pixels; %d million are allowed: send fewer or smaller ones",
			float64(b.pixels)/1e6, maxSentPixels/1_000_000)
	}
	return nil
}

// bytesPerInputPixel is what a run of a network takes for a pixel of its input. With
// yolov8n it is some 75 bytes, which ONNX Runtime's arena keeps for good; the largest
// models of that family have five times its channels.
const bytesPerInputPixel = 400

// maxInput is how many pixels a network's input may have in a function of so much memory,
// in MB; 0 for any number.
func maxInput(memory int) int { return memory << 20 / bytesPerInputPixel }
