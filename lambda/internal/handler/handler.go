// Package handler answers the function's invocations: it has the event read
// (package payload), asks the model (yolo), and has the reply written (dialect).
//
//	event → payload → picture → model → reply → response
package handler

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/yolambda/yolambda/lambda/internal/payload"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// Config is what a Handler works with.
type Config struct {
	Models *Models
	// S3 is where pictures may be read by their address; nil: nowhere.
	S3  *S3
	Log *slog.Logger
	// Metrics is where metrics are written: the function's own stdout, since only lines
	// there become metrics.
	Metrics io.Writer
	// Function is the function's name, for the metrics; empty off Lambda, where nobody
	// reads them.
	Function string
	// Memory is the function's, in MB; 0 where it is not known, so that it bounds nothing.
	Memory int
	// WarmUp runs the default model once before the first request. That saves the first
	// caller some time, unless the caller waits already.
	WarmUp bool
}

// Handler answers invocations. It implements lambda.Handler.
type Handler struct {
	models  *Models
	s3      *S3
	memory  int // MB
	events  payload.Reader
	journal journal
	warm    atomic.Bool // after the first invocation
}

// New makes a Handler and opens its default model.
func New(c Config) (*Handler, error) {
	model, err := c.Models.get("")
	if err != nil {
		return nil, err
	}
	if c.WarmUp {
		if err := warmUp(model); err != nil {
			return nil, fmt.Errorf("warm up model %s: %w", model.name, err)
		}
	}
	return &Handler{
		models: c.Models, s3: c.S3, memory: c.Memory,
		journal: journal{log: c.Log, metrics: metrics{out: c.Metrics, function: c.Function}},
	}, nil
}

// warmUp runs a model once, at its own size, on a grey picture: the first run takes
// longer than others.
func warmUp(model served) error {
	grey := bounded{image.NewUniform(color.Gray{Y: 114}), image.Rect(0, 0, 160, 160)}
	_, err := model.Predict(context.Background(), grey, yolo.Options{Conf: 1})
	return err
}

// bounded is a picture cut to a rectangle.
type bounded struct {
	image.Image
	bounds image.Rectangle
}

func (b bounded) Bounds() image.Rectangle { return b.bounds }

// call is what is known of an invocation before its work is done.
type call struct {
	id        string // Lambda's request id
	coldStart bool   // the first of its process
	begun     time.Time
	parse     time.Duration // what reading the event took
}

// Invoke answers one invocation: the event of a function URL, a bare request by
// direct Invoke, or the event of a new picture in S3. A failure is a reply like
// any other; an error is returned for an event in S3 only, which has nobody to
// reply to.
func (h *Handler) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	c := call{begun: time.Now(), coldStart: !h.warm.Swap(true)}
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		c.id = lc.AwsRequestID
	}
	req, r, m, err := h.answer(ctx, event, c)
	if req.Sender == payload.NewObject {
		err := h.keepResult(ctx, req.Image.URI, r, err)
		h.journal.write(ctx, c, m, err)
		return nil, err
	}
	out, err := respond(req.Sender, r, err)
	h.journal.write(ctx, c, m, err)
	return out, nil
}

// answer reads the event and does what it asks. The request is never nil. A panic
// becomes an error.
func (h *Handler) answer(ctx context.Context, event []byte, c call) (req *payload.Request, r reply, m measures, err error) {
	req = &payload.Request{}
	m = measures{model: served{name: h.models.Default()}}
	defer rescue("handle request", &err)
	if req, err = h.events.Read(event); err != nil {
		return req, nil, m, err
	}
	if req.Document != "" {
		defer req.Release()
		r, err = h.document(req)
		return req, r, m, err
	}
	c.parse = time.Since(c.begun)
	// What is left behind is recorded under its model too.
	if m.model.name, err = h.models.find(req.Options.Model); err != nil {
		req.Release()
		return req, nil, m, err
	}
	m.pictures = len(req.Images)
	r, done, err := inTime(ctx, func(ctx context.Context) (reply, *measures, error) {
		defer req.Release() // here, since this can run on after answer returned
		return h.work(ctx, c, req)
	})
	if done != nil {
		m = *done
	}
	return req, r, m, err
}
