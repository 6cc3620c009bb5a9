package e2e

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"sync"
	"testing"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/local"
	"github.com/yolambda/yolambda/lambda/api"
)

// TestManyClients sends 200 different pictures at once to two processes of the
// real function, by the client that tries again when it gets a 429: each caller
// gets the answer to its own picture.
func TestManyClients(t *testing.T) {
	const callers, processes = 200, 2
	parts := local.PartsIn(root)
	parts.Model = squaresModel
	built(t, parts.Bootstrap)
	built(t, parts.Library)
	server, err := local.Start(t.Context(), local.Config{Parts: parts, Concurrency: processes})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}()
	c, err := client.New(t.Context(), client.Config{URL: server.URL, AWS: server.AWS(), Retries: 100})
	if err != nil {
		t.Fatal(err)
	}
	conf := 0.8
	options := api.Options{ImgSize: 320, Conf: &conf}
	var wg sync.WaitGroup
	for i := range callers {
		square := image.Rect(0, 0, 96, 96).Add(image.Pt(16*(i%24), 16*(i/24)))
		picture := redSquareAt(t, square)
		wg.Go(func() {
			resp, err := c.Predict(t.Context(), picture, options)
			if err != nil {
				t.Errorf("caller %d: %v", i, err)
				return
			}
			if d := resp.Detections; len(d) != 1 || d[0].Cls != "red" || !lies(d[0].Box, square) {
				t.Errorf("caller %d: detections %+v, want one red at %v", i, d, square)
			}
		})
	}
	wg.Wait()
}

// redSquareAt draws the picture of squaresPicture with one red square.
func redSquareAt(t *testing.T, r image.Rectangle) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 480, 270))
	draw.Draw(img, img.Rect, image.NewUniform(color.Gray{Y: 120}), image.Point{}, draw.Src)
	draw.Draw(img, r, image.NewUniform(color.NRGBA{R: 255, A: 255}), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
