package predict

import (
	"context"
	"errors"
	"fmt"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/lambda/annotate"
	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/dialect"
)

// fitted is a picture that a Lambda function takes.
type fitted struct {
	picture []byte
	// before is the upright size, in pixels, that the picture had before it was scaled
	// down; nil if it was not.
	before *api.Image
}

// fit scales a picture of too many bytes down to what the model needs, and notes it.
// What can't be brought back to the picture's own pixels stays as
// large as it is and is refused: tiles, for which every pixel counts, run
// lengths and other dialects.
func (j *Job) fit(ctx context.Context, picture []byte, r *Result) (fitted, error) {
	opts := j.Options
	if len(picture) <= client.MaxPicture || opts.Tile > 0 || opts.Mask == api.RunLengths || opts.Format != "" {
		return fitted{picture: picture}, nil
	}
	side, err := j.enoughPixels(ctx)
	if err != nil {
		return fitted{}, err
	}
	small, size, before, err := annotate.Shrink(picture, side)
	if err != nil {
		return fitted{}, fmt.Errorf("scale down: %w", err)
	}
	r.Notes = append(r.Notes, fmt.Sprintf("scaled down for sending, from %.1f MB to %d x %d pixels, as a Lambda function takes %.1f MB",
		float64(len(picture))/(1<<20), size.X, size.Y, float64(client.MaxPicture)/(1<<20)))
	return fitted{small, &api.Image{Width: before.X, Height: before.Y}}, nil
}

// scaleBack makes the reply to a smaller picture one to the picture itself, and
// writes it down anew. Keys that this program doesn't know are left out, as they
// may hold pixels of the smaller picture.
func scaleBack(reply *api.Response, to api.Image) ([]byte, error) {
	if reply.Image == nil {
		return nil, errors.New("scale reply back: it has no size of the picture")
	}
	dialect.Scale(reply, to)
	body, err := marshal(reply)
	if err != nil {
		return nil, fmt.Errorf("write reply: %w", err)
	}
	return body, nil
}

// enoughPixels is twice the longer side of the model's input: whole-pixel boxes
// then lose nothing that the model could tell.
func (j *Job) enoughPixels(ctx context.Context) (int, error) {
	if j.Options.ImgSize > 0 {
		return 2 * j.Options.ImgSize, nil
	}
	model, err := j.describe(ctx)
	if err != nil {
		return 0, err
	}
	if model.ImgSize[0] < 1 || model.ImgSize[1] < 1 {
		return 0, errors.New("ask for the model's size: the reply has no imgsz: is this URL a YOLambda function?")
	}
	return 2 * max(model.ImgSize[0], model.ImgSize[1]), nil
}
