package vp8

import (
	"context"
	"image"

	"github.com/yolambda/yolambda/lambda/internal/parallel"
)

// Decode decodes the frame to opaque pixels. It stops soon after the context is done, with its error.
func (f *Frame) Decode(ctx context.Context) (*image.RGBA, error) {
	var c *converter
	p, err := f.samples(ctx, func(p *planes, rows int) {
		if c == nil {
			c = newConverter(p.image(f.Width, f.Height))
		}
		c.convert(rows)
	})
	if err != nil {
		return nil, err
	}
	p.release()
	return c.out, nil
}

// samples makes the frame's planes. It tells of more and more rows of pixels that they need not change any more.
func (f *Frame) samples(ctx context.Context, made func(p *planes, rows int)) (*planes, error) {
	if f.Width == 0 || f.Height == 0 {
		return nil, errEmpty
	}
	h, err := parseHeader(f)
	if err != nil {
		return nil, err
	}
	// Some rows of macroblocks go round between reading and reconstruction.
	const rows = 3
	ready, free := make(chan *row, rows), make(chan *row, rows)
	for range rows {
		free <- newRow(h)
	}
	var r *reconstructor
	parallel.Do(2, func(i int) {
		if i == 0 {
			defer close(ready)
			err = h.readRows(ctx, free, ready)
			return
		}
		defer close(free)
		for row := range ready {
			if r == nil { // not for a file that has nothing
				r = newReconstructor(h)
			}
			r.row(row)
			free <- row
			made(r.planes, r.final())
		}
	})
	if err != nil {
		if r != nil {
			r.release()
		}
		return nil, err
	}
	return r.planes, nil
}

// readRows reads all rows. Free rows end early if nobody waits for ready ones any more.
func (h *header) readRows(ctx context.Context, free <-chan *row, ready chan<- *row) error {
	r := newReader(h)
	for range h.down {
		row, ok := <-free
		if !ok {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.read(row); err != nil {
			return err
		}
		ready <- row
	}
	return nil
}
