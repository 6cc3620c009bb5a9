package picture

import (
	"bytes"
	"context"
)

// reader gives a decoder its data until the context is done.
type reader struct {
	ctx context.Context
	*bytes.Reader
}

func newReader(ctx context.Context, data []byte) reader {
	return reader{ctx, bytes.NewReader(data)}
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

func (r reader) ReadAt(p []byte, at int64) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.ReadAt(p, at)
}
