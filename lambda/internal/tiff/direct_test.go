package tiff

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// TestDirect holds that the direct way of a row gives the pixels of the way step by step.
func TestDirect(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	ways := 0
	for _, photometric := range []int{rgb, blackIsZero} {
		for _, bits := range []int{8, 16} {
			for _, samples := range []int{1, 3, 4, 7} {
				for _, predictor := range []int{noPredictor, differences} {
					for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
						for _, width := range []int{1, 2, 5, 33} {
							f := &File{
								Width: width, Height: 1, photometric: photometric, bits: bits, samples: samples, predictor: predictor, format: unsigned,
								layout: layout{width: width, height: 1}, compression: uncompressed,
							}
							f.order = order
							direct := f.direct()
							if direct == nil || photometric == rgb && samples < 3 {
								continue
							}
							ways++
							raw := make([]byte, f.rowSize())
							for i := range raw {
								raw[i] = byte(random.Uint32())
							}
							got, want := f.newCanvas(), f.newCanvas()
							direct(got.row(0, 0, width), raw)
							together := make([]uint8, width*samples)
							f.undoPredictor(raw)
							f.unpack(together, raw)
							want.convert(want.row(0, 0, width), together, samples)
							if !bytes.Equal(got.pix, want.pix) {
								t.Errorf("photometric %d, %d samples of %d bits, predictor %d, %v: %v, want %v", photometric, samples, bits, predictor, order, got.pix, want.pix)
							}
						}
					}
				}
			}
		}
	}
	if ways < 100 {
		t.Errorf("%d rows go the direct way", ways)
	}
}
