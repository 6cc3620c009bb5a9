package jpeg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
)

// Decode decodes the picture's components. It stops soon after the context is done,
// with its error. A file that ends too early gives io.ErrUnexpectedEOF.
func (f *File) Decode(ctx context.Context) (*Samples, error) {
	if err := f.complete(); err != nil {
		return nil, err
	}
	return f.decode(ctx, f.plan(runtime.GOMAXPROCS(0)))
}

// decode decodes a complete file.
func (f *File) decode(ctx context.Context, p plan) (*Samples, error) {
	d := decoder{File: f, ctx: ctx, samples: newSamples(f), smooth: f.smoothings()}
	memory := takeCoefficients()
	switch {
	case p.pieces != nil:
		d.byPieces(p.pieces, memory)
	case p.groups != nil:
		d.byGroups(p.groups, memory)
	default:
		d.byRows(p.cpus, memory)
	}
	if d.err != nil {
		return nil, d.err
	}
	memory.release() // all zero again
	return d.samples, nil
}

// complete checks that no scan is missing. A component may have none: libjpeg shows it as
// grey, and so do its coefficients, which are zero, times a table of zeros.
func (f *File) complete() error {
	if f.NumScans > len(f.scans) {
		return fmt.Errorf("the picture has %d scans, %d of them were kept", f.NumScans, len(f.scans))
	}
	if !f.ended && f.severalScans {
		return io.ErrUnexpectedEOF
	}
	for i := range f.components {
		if c := &f.components[i]; c.quant == nil {
			c.quant = new([64]uint16)
		}
	}
	return nil
}

// decoder is the state of one Decode.
type decoder struct {
	*File
	ctx     context.Context
	samples *Samples
	smooth  []smoothing // by component, or nil
	// lastGood is the last row of MCUs for which the last scan had data.
	lastGood int
	unlucky  atomic.Int32 // guesses that were wrong, less those that were right
	mu       sync.Mutex
	err      error // the first one
}

// stopped reports whether there is an error, or the context is done.
func (d *decoder) stopped() bool {
	if err := d.ctx.Err(); err != nil {
		d.fail(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err != nil
}

func (d *decoder) fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err == nil {
		d.err = err
	}
}

// errPanicked says that this package has a bug.
var errPanicked = errors.New("decoder panicked")

// rescue keeps a panic on a goroutine of ours from ending the process.
func (d *decoder) rescue() {
	if r := recover(); r != nil {
		d.fail(fmt.Errorf("%w: %v", errPanicked, r))
	}
}
