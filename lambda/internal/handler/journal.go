package handler

import (
	"context"
	"log/slog"
	"time"

	"github.com/yolambda/yolambda/lambda/api"
)

// journal is where invocations, and the pictures of those for several, leave what they
// did: one line in the log, and metrics.
type journal struct {
	log     *slog.Logger
	metrics metrics
}

// write puts down what was done. The logger takes the request id from the context.
func (j journal) write(ctx context.Context, c call, m measures, err error) {
	j.writeLog(ctx, c, m, err)
	if m.pictures == 0 { // several have their own
		j.metrics.write(c, m, err)
	}
}

func (j journal) writeLog(ctx context.Context, c call, m measures, err error) {
	log := j.log.With("model", m.model.name, "coldStart", c.coldStart, "totalMs", api.Milliseconds(time.Since(c.begun)))
	switch {
	case err != nil:
		e := toAPI(err)
		level := slog.LevelWarn
		if e.Code.Status() >= 500 {
			level = slog.LevelError
		}
		log.Log(ctx, level, "request failed", "code", e.Code, "error", err.Error())
	case m.pictures > 0:
		log.InfoContext(ctx, "pictures answered", "pictures", m.pictures)
	case m.result == nil:
		log.InfoContext(ctx, "document sent")
	default:
		s := m.speed
		log.InfoContext(ctx, "picture answered", "format", m.format, "width", m.result.Picture.W, "height", m.result.Picture.H,
			"detections", len(m.result.Detections), "parseMs", s.Parse, "decodeMs", s.Decode,
			"preprocessMs", s.Preprocess, "inferenceMs", s.Inference, "postprocessMs", s.Postprocess)
	}
}
