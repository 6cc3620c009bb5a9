package client

import (
	"context"
	"io"
)

// uploadKey finds the func(int) of WatchUpload in a context.
type uploadKey struct{}

// WatchUpload returns a context in which each request tells, from another
// goroutine, how many bytes of its body were sent so far. A request that is
// tried again starts from zero.
func WatchUpload(ctx context.Context, sent func(bytes int)) context.Context {
	return context.WithValue(ctx, uploadKey{}, sent)
}

// watched is the body, counted if the context asks for it.
func watched(ctx context.Context, body io.ReadCloser) io.ReadCloser {
	sent, ok := ctx.Value(uploadKey{}).(func(int))
	if !ok || body == nil {
		return body
	}
	return &countedBody{ReadCloser: body, sent: sent}
}

// countedBody tells after each read how many bytes were read in all.
type countedBody struct {
	io.ReadCloser
	n    int
	sent func(int)
}

// Read implements io.Reader.
func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.n += n
	b.sent(b.n)
	return n, err
}
