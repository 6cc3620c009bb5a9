package handler

import (
	"context"
	"log/slog"
	"time"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// record is what one invocation leaves in the log: measures, never the
// picture's content.
type record struct {
	requestID          string
	coldStart          bool
	model              served // nil Model before it is known
	pictures           int    // of a request for several, each of which has a record of its own
	format             string
	parse, decode      time.Duration
	postprocess, total time.Duration
	result             *yolo.Result // nil when it failed
}

// speed is the time of each stage, for the reply.
func (r *record) speed() *api.Speed {
	s := r.result.Speed
	return &api.Speed{
		Parse: api.Milliseconds(r.parse), Decode: api.Milliseconds(r.decode),
		Preprocess: api.Milliseconds(s.Preprocess), Inference: api.Milliseconds(s.Inference), Postprocess: api.Milliseconds(r.postprocess),
		Head: api.Milliseconds(s.Head), NMS: api.Milliseconds(s.NMS),
	}
}

// finish logs the invocation in one line. The logger takes the request id from
// the context.
func (r *record) finish(ctx context.Context, log *slog.Logger, err error) {
	log = log.With("model", r.model.name, "coldStart", r.coldStart, "totalMs", api.Milliseconds(r.total))
	if err != nil {
		e := toAPI(err)
		level := slog.LevelWarn
		if e.Code.Status() >= 500 {
			level = slog.LevelError
		}
		log.Log(ctx, level, "request failed", "code", e.Code, "error", err.Error())
		return
	}
	if r.pictures > 0 {
		log.InfoContext(ctx, "pictures answered", "pictures", r.pictures)
		return
	}
	if r.result == nil {
		log.InfoContext(ctx, "document sent")
		return
	}
	s := r.speed()
	log.InfoContext(ctx, "picture answered", "format", r.format, "width", r.result.Picture.W, "height", r.result.Picture.H,
		"detections", len(r.result.Detections), "parseMs", s.Parse, "decodeMs", s.Decode,
		"preprocessMs", s.Preprocess, "inferenceMs", s.Inference, "postprocessMs", s.Postprocess)
}
