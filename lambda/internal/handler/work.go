package handler

import (
	"context"
	"fmt"
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
	m, err := one(ctx, c, fetched{uri: req.Image.URI, data: data}, model, options, d)
	return d, &m, err
}

// several answers for several pictures, one after the other, since one already keeps
// every CPU busy. Each has measures of its own. Where the dialect has a place for it, a
// picture that can't be read costs only its own place.
func (h *Handler) several(ctx context.Context, c call, pictures []api.Picture, model served, options yolo.Options, d listReply) (reply, *measures, error) {
	all := &measures{model: model, pictures: len(pictures)}
	ctx, stop := context.WithCancel(ctx)
	ahead := h.s3.ahead(ctx, pictures)
	defer func() { // the pictures' memory is used again after this
		stop()
		for range ahead {
		}
	}()
	var pixels budget
	for i := range pictures {
		own := call{id: c.id, coldStart: c.coldStart && i == 0, begun: time.Now()}
		f := <-ahead
		own.parse = c.parse + time.Since(own.begun)
		m, err := measures{model: model}, f.err
		if err == nil {
			err = pixels.take(f)
		}
		if err == nil {
			m, err = one(ctx, own, f, model, options, d)
		}
		h.journal.write(ctx, own, m, err)
		if err != nil && !d.refuse(pictures[i].URI, toAPI(err)) {
			e := *toAPI(err)
			e.Message = fmt.Sprintf("picture %d of %d: %s", i+1, len(pictures), e.Message)
			return nil, all, &e
		}
		bytes, err := d.seal()
		if err == nil {
			err = checkReply(bytes)
		}
		if err != nil {
			return nil, all, err
		}
	}
	return d, all, nil
}

// one decodes a picture, asks the model, and has what it sees written down, which counts
// as postprocessing. With an error, or a panic, the measures are those of the stages
// before.
func one(ctx context.Context, c call, f fetched, model served, options yolo.Options, d pictureReply) (m measures, err error) {
	m.model = model
	defer rescue("look at picture", &err)
	if err := ctx.Err(); err != nil {
		return m, err // decoding would take more of the time that is out
	}
	begun := time.Now()
	pic, err := picture.Decode(ctx, f.data)
	if err != nil {
		return m, err
	}
	defer pic.Release()
	m.format = string(pic.Format)
	m.speed = &api.Speed{Parse: api.Milliseconds(c.parse), Decode: api.Milliseconds(time.Since(begun))}
	result, err := model.Predict(ctx, pic.Image, options)
	if err != nil {
		return m, err
	}
	m.result = result
	s := result.Speed
	m.speed.Preprocess, m.speed.Inference = api.Milliseconds(s.Preprocess), api.Milliseconds(s.Inference)
	m.speed.Head, m.speed.NMS = api.Milliseconds(s.Head), api.Milliseconds(s.NMS)
	begun = time.Now()
	err = d.add(sight{call: c, measures: m, uri: f.uri, picture: pic})
	m.speed.Postprocess = api.Milliseconds(s.Postprocess + time.Since(begun))
	return m, err
}
