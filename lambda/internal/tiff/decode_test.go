package tiff

import (
	"bytes"
	"compress/zlib"
	"runtime"
	"testing"
)

// TestManyTiles: what a tile was decoded with, 155 KB for deflate, is used for the next.
func TestManyTiles(t *testing.T) {
	var tile bytes.Buffer
	w := zlib.NewWriter(&tile)
	w.Write(make([]byte, 2*2*3))
	w.Close()
	const across = 200
	for name, f := range map[string]*File{
		"RGB":               {photometric: rgb},
		"subsampled chroma": {photometric: yCbCr, subX: 2, subY: 2},
	} {
		f.Width, f.Height, f.bits, f.samples, f.predictor, f.format, f.compression = 2*across, 2, 8, 3, noPredictor, unsigned, deflate
		f.layout = layout{width: 2, height: 2, across: across, down: 1}
		for range across {
			f.layout.data = append(f.layout.data, tile.Bytes())
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := f.Decode(t.Context())
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; err != nil || n > 1<<20 {
			t.Errorf("%s: %d tiles took %d kB, %v", name, across, n>>10, err)
		}
	}
}
