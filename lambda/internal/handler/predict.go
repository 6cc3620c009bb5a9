package handler

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/yolambda/yolambda/lambda/annotate"
	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/internal/picture"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// predict answers a request for one picture or for several.
func (h *Handler) predict(ctx context.Context, req api.Request, accept string, rec *record) (any, error) {
	model, err := h.models.get(req.Options.Model)
	if err != nil {
		return nil, err
	}
	rec.model = model
	options, err := model.options(req.Options)
	if err != nil {
		return nil, err
	}
	if req.Images != nil {
		return h.predictBatch(ctx, req, options, rec)
	}
	start := time.Now()
	data, err := h.s3.fetch(ctx, req.Image)
	if err != nil {
		return nil, err
	}
	rec.parse += time.Since(start)
	return answerPicture(ctx, data, options, req.Options, accept, rec)
}

// predictBatch answers for several pictures, one after the other, since one
// already keeps every CPU busy. In the project's own dialect a picture that
// can't be read costs only its own place in the list.
func (h *Handler) predictBatch(ctx context.Context, req api.Request, options yolo.Options, rec *record) (any, error) {
	format := req.Options.Format
	if format == api.PictureFormat {
		return nil, api.Errorf(api.InvalidRequest, "option format: a reply can be one picture only; send one")
	}
	ctx, stop := context.WithCancel(ctx)
	pictures := h.s3.ahead(ctx, req.Images)
	defer func() { // the pictures' memory is used again after this
		stop()
		for range pictures {
		}
	}()
	native := api.Batch{Results: make([]api.BatchResult, len(req.Images))}
	replies := make([]any, len(req.Images)) // of another dialect
	for i, item := range req.Images {
		one := *rec
		one.pictures, one.coldStart = 0, rec.coldStart && i == 0
		start := time.Now()
		fetched := <-pictures
		one.parse += time.Since(start)
		reply, err := any(nil), fetched.err
		if err == nil {
			reply, err = answerPicture(ctx, fetched.data, options, req.Options, "", &one)
		}
		one.total = time.Since(start)
		h.record(ctx, &one, err)
		switch {
		case format == "" || format == api.NativeFormat:
			result := &native.Results[i]
			result.ImageURI = address(item)
			if err != nil {
				result.Error = toAPI(err)
			} else {
				result.Response = reply.(*api.Response)
			}
		case err != nil:
			e := *toAPI(err)
			e.Message = fmt.Sprintf("picture %d of %d: %s", i+1, len(req.Images), e.Message)
			return nil, &e
		default:
			replies[i] = reply
		}
	}
	switch format {
	case api.UltralyticsFormat:
		all := replies[0].(*api.Ultralytics)
		for _, reply := range replies[1:] {
			all.Add(reply.(*api.Ultralytics))
		}
		return all, nil
	case api.RoboflowFormat:
		return replies, nil
	}
	return native, nil
}

// answerPicture decodes a picture, asks the model, and writes down what it sees
// in the dialect that was asked. Writing counts as postprocessing.
func answerPicture(ctx context.Context, data []byte, options yolo.Options, asked api.Options, accept string, rec *record) (any, error) {
	seen, err := look(ctx, data, options, rec)
	if err != nil {
		return nil, err
	}
	defer seen.picture.Release()
	start := time.Now()
	defer func() { rec.postprocess = rec.result.Speed.Postprocess + time.Since(start) }()
	switch asked.Format {
	case api.UltralyticsFormat:
		return seen.ultralytics(), nil
	case api.RoboflowFormat:
		return seen.roboflow(asked.Mask), nil
	case api.PictureFormat:
		return seen.drawn(accept)
	}
	return seen.native(asked.Mask), nil
}

// sight is one picture and the record of what the model sees in it.
type sight struct {
	picture *picture.Picture
	*record
}

// look decodes a picture and asks the model.
func look(ctx context.Context, data []byte, options yolo.Options, rec *record) (sight, error) {
	if err := ctx.Err(); err != nil {
		return sight{}, err // decoding would take more of the time that is out
	}
	start := time.Now()
	pic, err := picture.Decode(ctx, data)
	if err != nil {
		return sight{}, err
	}
	rec.decode, rec.format = time.Since(start), string(pic.Format)
	rec.result, err = rec.model.Predict(ctx, pic.Image, options)
	return sight{pic, rec}, err
}

// native tells the time of its own making too.
func (s sight) native(mask api.MaskForm) *api.Response {
	start := time.Now()
	resp := api.NewResponse(s.model.Model, s.result, mask)
	s.postprocess = s.result.Speed.Postprocess + time.Since(start)
	resp.Model, resp.ColdStart, resp.RequestID = s.model.name, s.coldStart, s.requestID
	resp.Speed = s.speed()
	return resp
}

func (s sight) ultralytics() *api.Ultralytics {
	return api.NewUltralytics(s.model.Model, s.model.name, s.result)
}

func (s sight) roboflow(mask api.MaskForm) *api.Roboflow {
	return api.NewRoboflow(s.model.Model, s.requestID, s.result, mask)
}

// drawn is the picture with the detections drawn, as JPEG, or as PNG where the
// caller accepts that by name.
func (s sight) drawn(accept string) (drawing, error) {
	format := annotate.JPEG
	if strings.Contains(accept, "image/png") {
		format = annotate.PNG
	}
	data, err := annotate.Encode(annotate.Draw(s.picture.Image, s.native(api.Polygon)), format)
	if err != nil {
		return drawing{}, err
	}
	return drawing{contentType: "image/" + string(format), data: data}, nil
}
