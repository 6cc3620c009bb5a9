package handler

import (
	"context"
	"time"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/internal/payload"
	"github.com/yolambda/yolambda/lambda/internal/picture"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// measures is what the work on a request, or on one picture of it, leaves in the log and
// the metrics: numbers, never what the picture holds.
type measures struct {
	model    served     // its Model is nil before it is known
	pictures int        // of a request for several, each of which has measures of its own
	format   string     // of the picture; empty before it is decoded
	speed    *api.Speed // of the reply too; nil where no picture was looked at
	result   *yolo.Result
}

// sight is a picture, what the model sees in it, and how long that took.
type sight struct {
	call
	measures
	uri     string // the picture's address, where the request gave one
	picture *picture.Picture
}

// work answers a request for one picture or for several.
func (h *Handler) work(ctx context.Context, c call, req *payload.Request) (reply, *measures, error) {
	model, err := h.models.get(req.Options.Model)
	if err != nil {
		return nil, nil, err
	}
	options, err := model.options(req.Options)
	if err != nil {
		return nil, nil, err
	}
	options.MaxInput = maxInput(h.memory)
	if req.Images != nil {
		d, err := newList(req.Options)
		if err != nil {
			return nil, nil, err
		}
		return h.several(ctx, c, req.Images, model, options, d)
	}
	d := newReply(req)
	begun := time.Now()
	data, err := h.s3.fetch(ctx, req.Image)
	if err != nil {
		return nil, &measures{model: model}, err
	}
	c.parse += time.Since(begun)
	s, err := look(ctx, c, fetched{uri: req.Image.URI, data: data}, model, options)
	if err != nil {
		return nil, &s.measures, err
	}
	defer s.picture.Release()
	err = s.write(d)
	return d, &s.measures, err
}

// look decodes a picture and asks the model. With an error, or a panic, the measures are
// those of the stages before.
func look(ctx context.Context, c call, f fetched, model served, options yolo.Options) (s sight, err error) {
	s = sight{call: c, measures: measures{model: model}, uri: f.uri}
	defer rescue("look at picture", &err)
	if err := ctx.Err(); err != nil {
		return s, err // decoding would take more of the time that is out
	}
	begun := time.Now()
	pic, err := picture.Decode(ctx, f.data)
	if err != nil {
		return s, err
	}
	s.format = string(pic.Format)
	s.speed = &api.Speed{Parse: api.Milliseconds(c.parse), Decode: api.Milliseconds(time.Since(begun))}
	result, err := model.Predict(ctx, pic.Image, options)
	if err != nil {
		pic.Release()
		return s, err
	}
	s.picture, s.result = pic, result
	speed := result.Speed
	s.speed.Preprocess, s.speed.Inference = api.Milliseconds(speed.Preprocess), api.Milliseconds(speed.Inference)
	s.speed.Head, s.speed.NMS = api.Milliseconds(speed.Head), api.Milliseconds(speed.NMS)
	s.speed.Postprocess = api.Milliseconds(speed.Postprocess)
	return s, nil
}

// write has what is seen written down, which counts as postprocessing.
func (s *sight) write(d pictureReply) (err error) {
	defer rescue("write down what is seen", &err)
	begun := time.Now()
	err = d.add(*s)
	s.speed.Postprocess = api.Milliseconds(s.result.Speed.Postprocess + time.Since(begun))
	return err
}
