package picture

import (
	"bytes"
	"context"
)

// reader gives a decoder its data until the context is done. It has no ReadByte:
// decoders put a buffer before it, so that it is asked seldom.
type reader struct {
	ctx  context.Context
	data *bytes.Reader
}

func newReader(ctx context.Context, data []byte) reader {
	return reader{ctx, bytes.NewReader(data)}
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.data.Read(p)
}

func (r reader) ReadAt(p []byte, at int64) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.data.ReadAt(p, at)
}
