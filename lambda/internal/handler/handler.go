// Package handler answers the function's invocations: it reads the picture and
// the options out of an event, asks the model, and writes the reply.
package handler

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/internal/picture"
	"github.com/yolambda/yolambda/lambda/internal/refusal"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// Handler answers invocations. It implements lambda.Handler.
type Handler struct {
	models  *Models
	s3      *S3 // nil: no pictures in S3
	log     *slog.Logger
	metrics metrics
	warm    atomic.Bool // after the first invocation
	lifts   chan *lift  // one, whose memory is used again
}

// New makes a Handler and opens its default model.
// On Lambda it writes metrics to stdout, which must be the function's own: only
// lines there become metrics.
func New(models *Models, log *slog.Logger, stdout io.Writer) (*Handler, error) {
	h := &Handler{models: models, log: log, lifts: make(chan *lift, 1)}
	h.metrics = metrics{out: stdout, function: os.Getenv("AWS_LAMBDA_FUNCTION_NAME")}
	model, err := models.get("")
	if err != nil {
		return nil, err
	}
	// On demand a caller may wait already, and would wait longer than this saves.
	if os.Getenv("AWS_LAMBDA_INITIALIZATION_TYPE") != "on-demand" {
		if err := warmUp(model); err != nil {
			return nil, fmt.Errorf("warm up model %s: %w", model.name, err)
		}
	}
	return h, nil
}

// warmUp runs a model once, at its own size, on a grey picture: the first run takes
// longer than others.
func warmUp(model served) error {
	grey := bounded{image.NewUniform(color.Gray{Y: 114}), image.Rect(0, 0, 160, 160)}
	_, err := model.Predict(context.Background(), grey, yolo.Options{Conf: 1})
	return err
}

// UseS3 lets requests name pictures in S3, and lets the handler take the events
// of new ones.
func (h *Handler) UseS3(s *S3) { h.s3 = s }

// bounded is a picture cut to a rectangle.
type bounded struct {
	image.Image
	bounds image.Rectangle
}

func (b bounded) Bounds() image.Rectangle { return b.bounds }

// Invoke answers one invocation: the event of a function URL, a bare request by
// direct Invoke, or the event of a new picture in S3. A failure is a reply like
// any other; an error is returned for an event in S3 only, which has nobody to
// reply to.
func (h *Handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	start := time.Now()
	rec := &record{coldStart: !h.warm.Swap(true), model: served{name: h.models.Default()}}
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		rec.requestID = lc.AwsRequestID
	}
	ev, body, err := h.answer(ctx, payload, rec)
	if ev.newObject() {
		err := h.writeResult(ctx, ev.object(), body, err)
		rec.total = time.Since(start)
		h.record(ctx, rec, err)
		return nil, err
	}
	out, err := ev.reply(body, err)
	rec.total = time.Since(start)
	h.record(ctx, rec, err)
	return out, nil
}

// record leaves what an invocation, or one of its pictures, did in the log and
// the metrics.
func (h *Handler) record(ctx context.Context, rec *record, err error) {
	rec.finish(ctx, h.log, err)
	if rec.pictures == 0 {
		h.metrics.write(rec)
	}
}

// answer does the work of Invoke and turns a panic into an error.
func (h *Handler) answer(ctx context.Context, payload []byte, rec *record) (ev event, body any, err error) {
	defer rescue("handle request", &err)
	start := time.Now()
	l := new(lift)
	select {
	case l = <-h.lifts:
	default:
	}
	ev, req, err := read(payload, l)
	if err != nil {
		return ev, nil, err
	}
	if ev.wantsDocument() {
		body, err = h.document(ev)
		return ev, body, err
	}
	rec.parse = time.Since(start)
	name, err := h.models.find(req.Options.Model)
	if err != nil {
		return ev, nil, err
	}
	rec.model.name, rec.pictures = name, len(req.Images) // also of a request that is left behind

	accept := ev.Headers["accept"]
	body, err = inTime(ctx, rec, func(ctx context.Context, rec *record) (any, error) {
		defer h.keep(l) // here, since this can run on after answer returned
		return h.predict(ctx, req, accept, rec)
	})
	return ev, body, err
}

// keep spares a lift for a request to come.
func (h *Handler) keep(l *lift) {
	select {
	case h.lifts <- l:
	default:
	}
}

// toAPI turns any error into what the caller is told of it.
func toAPI(err error) *api.Error {
	var known *api.Error
	var pic *picture.Error
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &pic):
		return refusal.Of(pic)
	case errors.Is(err, yolo.ErrOption):
		return &api.Error{Code: api.InvalidRequest, Message: err.Error()}
	case errors.Is(err, context.DeadlineExceeded):
		return api.Errorf(api.DeadlineExceeded, "the function's time ran out; send a smaller picture or imgsz, or deploy with a longer timeout")
	}
	return api.Errorf(api.Internal, "the function failed; its log has the details under the request id")
}
