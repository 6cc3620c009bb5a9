package handler

import (
	"context"
	"fmt"
	"image"
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
	seen, err := look(ctx, data, options, rec)
	if err != nil {
		return nil, err
	}
	defer seen.written(time.Now())
	switch req.Options.Format {
	case api.UltralyticsFormat:
		return seen.ultralytics(), nil
	case api.RoboflowFormat:
		return seen.roboflow(req.Options.Mask), nil
	case api.PictureFormat:
		return seen.drawn(accept)
	}
	return seen.native(req.Options.Mask), nil
}

// predictBatch answers for several pictures, one after the other, since one
// already keeps every CPU busy. In the project's own dialect a picture that
// can't be read costs only its own place in the list.
func (h *Handler) predictBatch(ctx context.Context, req api.Request, options yolo.Options, rec *record) (any, error) {
	format := req.Options.Format
	if format == api.PictureFormat {
		return nil, api.Errorf(api.InvalidRequest, "option format: a reply can be one picture only; send one")
	}
	rec.pictures = len(req.Images)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	pictures := h.s3.ahead(ctx, req.Images)
	var native api.Batch
	var ultralytics *api.Ultralytics
	var roboflow []*api.Roboflow
	for i, item := range req.Images {
		one := *rec
		one.pictures, one.coldStart = 0, rec.coldStart && i == 0
		start := time.Now()
		fetched := <-pictures
		one.parse += time.Since(start)
		seen, err := sight{}, fetched.err
		if err == nil {
			seen, err = look(ctx, fetched.data, options, &one)
		}
		one.total = time.Since(start)
		h.record(ctx, &one, err)
		switch {
		case err != nil && (format == "" || format == api.NativeFormat):
			native.Results = append(native.Results, api.BatchResult{ImageURI: address(item), Error: toAPI(err)})
		case err != nil:
			e := *toAPI(err)
			e.Message = fmt.Sprintf("picture %d of %d: %s", i+1, len(req.Images), e.Message)
			return nil, &e
		case format == api.UltralyticsFormat && ultralytics == nil:
			ultralytics = seen.ultralytics()
		case format == api.UltralyticsFormat:
			ultralytics.Add(seen.ultralytics())
		case format == api.RoboflowFormat:
			roboflow = append(roboflow, seen.roboflow(req.Options.Mask))
		default:
			native.Results = append(native.Results, api.BatchResult{ImageURI: address(item), Response: seen.native(req.Options.Mask)})
		}
	}
	switch format {
	case api.UltralyticsFormat:
		return ultralytics, nil
	case api.RoboflowFormat:
		return roboflow, nil
	}
	return native, nil
}

// sight is one picture and what the model sees in it.
type sight struct {
	image  image.Image
	result *yolo.Result
	rec    *record
}

// look decodes a picture and asks the model.
func look(ctx context.Context, data []byte, options yolo.Options, rec *record) (sight, error) {
	if err := ctx.Err(); err != nil {
		return sight{}, err // decoding would take more of the time that is out
	}
	start := time.Now()
	pic, err := picture.Decode(data)
	if err != nil {
		return sight{}, err
	}
	rec.decode, rec.format = time.Since(start), string(pic.Format)
	rec.result, err = rec.model.Predict(ctx, pic.Image, options)
	if err != nil {
		return sight{}, err
	}
	rec.postprocess = rec.result.Speed.Postprocess
	return sight{pic.Image, rec.result, rec}, nil
}

// written counts the time since start, in which the reply was made, as
// postprocessing.
func (s sight) written(start time.Time) { s.rec.postprocess += time.Since(start) }

func (s sight) native(mask api.MaskForm) *api.Response {
	start := time.Now()
	resp := api.NewResponse(s.rec.model.Model, s.result, mask)
	resp.Model, resp.ColdStart, resp.RequestID = s.rec.model.name, s.rec.coldStart, s.rec.requestID
	speed := *s.rec
	speed.postprocess += time.Since(start)
	resp.Speed = speed.speed()
	return resp
}

func (s sight) ultralytics() *api.Ultralytics {
	return api.NewUltralytics(s.rec.model.Model, s.rec.model.name, s.result)
}

func (s sight) roboflow(mask api.MaskForm) *api.Roboflow {
	return api.NewRoboflow(s.rec.model.Model, s.rec.requestID, s.result, mask)
}

// drawn is the picture with the detections drawn, as JPEG, or as PNG where the
// caller accepts that by name.
func (s sight) drawn(accept string) (drawing, error) {
	format := annotate.JPEG
	if strings.Contains(accept, "image/png") {
		format = annotate.PNG
	}
	data, err := annotate.Encode(annotate.Draw(s.image, s.native(api.Polygon)), format)
	if err != nil {
		return drawing{}, err
	}
	return drawing{contentType: "image/" + string(format), data: data}, nil
}
