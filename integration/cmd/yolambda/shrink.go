package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/lambda/annotate"
	"github.com/yolambda/yolambda/lambda/api"
)

// fit returns a picture that a Lambda function takes: the picture itself, or, if
// it has too many bytes, one scaled down to what the model needs, which it tells
// on w. With tiles every pixel counts, so then a large picture stays as it is
// and is refused.
func fit(ctx context.Context, c *client.Client, file string, picture []byte, opts api.Options, w io.Writer) ([]byte, error) {
	if len(picture) <= client.MaxPicture || opts.Tile > 0 {
		return picture, nil
	}
	side, err := enoughPixels(ctx, c, opts)
	if err != nil {
		return nil, err
	}
	small, size, err := annotate.Shrink(picture, side)
	if err != nil {
		return nil, fmt.Errorf("scale down: %w", err)
	}
	fmt.Fprintf(w, "%s: scaled down from %.1f MB to %d x %d pixels, as a Lambda function takes %.1f MB; boxes refer to the smaller picture\n",
		file, float64(len(picture))/(1<<20), size.X, size.Y, float64(client.MaxPicture)/(1<<20))
	return small, nil
}

// enoughPixels is twice the longer side of the model's input: whole-pixel boxes
// then lose nothing that the model could tell.
func enoughPixels(ctx context.Context, c *client.Client, opts api.Options) (int, error) {
	if opts.ImgSize > 0 {
		return 2 * opts.ImgSize, nil
	}
	body, err := c.DescribeRaw(ctx, opts.Model)
	if err != nil {
		return 0, fmt.Errorf("ask for the model's size: %w", err)
	}
	var model struct {
		ImgSize [2]int `json:"imgsz"`
	}
	if err := json.Unmarshal(body, &model); err != nil || model.ImgSize[0] < 1 || model.ImgSize[1] < 1 {
		return 0, errors.New("ask for the model's size: the reply has no imgsz: is this URL a YOLambda function?")
	}
	return 2 * max(model.ImgSize[0], model.ImgSize[1]), nil
}
