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

// fit scales a picture of too many bytes or pixels down to what the model needs, and notes it.
// What can't be brought back to the picture's own pixels stays as
// large as it is and is refused: tiles, for which every pixel counts, run
// lengths and other dialects.
func (j *Job) fit(ctx context.Context, picture []byte, r *Result) (fitted, error) {
	opts := j.Options
	exceeds := annotate.Exceeds(picture)
	if len(picture) <= client.MaxPicture && !exceeds || opts.Tile > 0 || opts.Mask == api.RunLengths || opts.Format != "" {
		return fitted{picture: picture}, nil
	}
	side, err := j.enoughPixels(ctx)
	if err != nil {
		return fitted{}, err
	}
	defer j.decoding(exceeds)()
	small, size, before, err := annotate.Shrink(picture, side)
	if err != nil {
		return fitted{}, fmt.Errorf("scale down: %w", err)
	}
	was, limit := fmt.Sprintf("%.1f MB", float64(len(picture))/(1<<20)), fmt.Sprintf("a Lambda function takes %.1f MB", float64(client.MaxPicture)/(1<<20))
	if exceeds {
		was, limit = fmt.Sprintf("%d x %d", before.X, before.Y), "the function takes 40 million, 12,000 a side"
	}
	r.Notes = append(r.Notes, fmt.Sprintf("scaled down for sending, from %s to %d x %d pixels, as %s", was, size.X, size.Y, limit))
	return fitted{small, &api.Image{Width: before.X, Height: before.Y}}, nil
}

// decoding waits until a picture may be decoded, several at a time but for those that
// exceed what the function takes: each of these may need 1 GB. The picture's owner calls done.
func (j *Job) decoding(exceeds bool) (done func()) {
	if exceeds {
		j.memory.Lock()
		return j.memory.Unlock
	}
	j.memory.RLock()
	return j.memory.RUnlock
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
