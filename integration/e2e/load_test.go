package e2e

import (
	"image"
	"sync"
	"testing"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/local"
	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestManyClients sends 200 different pictures at once to two processes of the
// real function, by the client that tries again when it gets a 429: each caller
// gets the answer to its own picture.
func TestManyClients(t *testing.T) {
	const callers, processes = 200, 2
	parts := local.PartsIn(yolotest.Root(t))
	parts.Model = yolotest.Fixture(t, "squares")
	yolotest.Built(t, parts.Bootstrap)
	yolotest.Built(t, parts.Library)
	server, err := local.Start(t.Context(), local.Config{Parts: parts, Concurrency: processes, Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}()
	c, err := client.New(t.Context(), client.Config{URL: server.URL, AWS: server.AWS(), Retries: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	conf := 0.8
	options := api.Options{ImgSize: yolotest.SquaresInput, Conf: &conf}
	var wg sync.WaitGroup
	for i := range callers {
		square := yolotest.Square{Class: "red", At: image.Rect(0, 0, 96, 96).Add(image.Pt(16*(i%24), 16*(i/24)))}
		picture := yolotest.PNG(yolotest.Draw(image.Pt(yolotest.SquaresWidth, yolotest.SquaresHeight), square))
		wg.Go(func() {
			resp, err := c.Predict(t.Context(), picture, options)
			if err != nil {
				t.Errorf("caller %d: %v", i, err)
				return
			}
			if d := resp.Detections; len(d) != 1 || !square.Matches(d[0].Cls, d[0].Box) {
				t.Errorf("caller %d: detections %+v, want %+v alone", i, d, square)
			}
		})
	}
	wg.Wait()
}
