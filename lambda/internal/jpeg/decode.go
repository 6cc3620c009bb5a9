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
	case len(f.scans) == 1 && d.smooth == nil:
		d.oneScan(memory.strips(f, min(f.mcuRows(), 2*runtime.GOMAXPROCS(0)+1)))
	default:
		d.manyScans(memory.strips(f, f.mcuRows()))
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

// readyStrip is a row of MCUs of which all coefficients are known.
type readyStrip struct {
	row int
	*strip
}

// oneScan decodes a frame of a single scan. A few strips go round between it and
// the inverse DCT.
func (d *decoder) oneScan(strips []strip) {
	ready, free := make(chan readyStrip, len(strips)), make(chan *strip, len(strips))
	for i := range strips {
		free <- &strips[i]
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(ready)
		d.decodeScan(&d.scans[0], func(row int) *strip { return <-free }, func(row int, s *strip) { ready <- readyStrip{row, s} })
	})
	d.reconstruct(ready, free)
	wg.Wait()
}

// manyScans decodes a frame of which each component may have several scans. Each
// scan follows, a row of MCUs behind, the one before it of the same components,
// and the inverse DCT follows the last ones.
func (d *decoder) manyScans(strips []strip) {
	ready, free := make(chan readyStrip, len(strips)), make(chan *strip, len(strips))
	latest := make([]*rowsDone, len(d.components))
	for i := range latest {
		latest[i] = newRowsDone(len(strips)) // nothing to wait for
	}
	var wg sync.WaitGroup
	for i := range d.scans {
		h := &d.scans[i]
		own := newRowsDone(0)
		var before []*rowsDone
		for _, c := range h.components {
			before = append(before, latest[c])
			latest[c] = own
		}
		wg.Go(func() {
			// One that ends early must not let others at rows that those before it still decode.
			defer own.reach(len(strips))
			defer waitAll(before, len(strips))
			d.decodeScan(h, func(row int) *strip {
				waitAll(before, row+1)
				return &strips[row]
			}, func(row int, _ *strip) { own.reach(row + 1) })
		})
	}
	wg.Go(func() {
		defer close(ready)
		defer d.rescue()
		if d.smooth != nil { // blocks need others around them
			waitAll(latest, len(strips))
			d.keepDC(strips)
		}
		for row := range strips {
			waitAll(latest, row+1)
			ready <- readyStrip{row, &strips[row]}
		}
	})
	d.reconstruct(ready, free)
	wg.Wait()
}

// decodeScan decodes one scan row by row.
func (d *decoder) decodeScan(h *scanHeader, begin func(row int) *strip, end func(row int, s *strip)) {
	defer d.rescue()
	s := newScanDecoder(d.File, h)
	s.nextInterval()
	for row := range d.mcuRows() {
		strip := begin(row)
		if err := d.ctx.Err(); err != nil {
			d.fail(err)
			return
		}
		s.row(row, strip)
		if h == &d.scans[len(d.scans)-1] {
			d.lastGood = s.good // before the last row is said to be done, as estimates need both
		}
		end(row, strip)
	}
	if s.ranDry {
		d.fail(io.ErrUnexpectedEOF)
	} else if err := s.finish(); err != nil {
		d.fail(err)
	}
	s.release()
}

// reconstruct turns ready strips into samples, on all CPUs, and gives them back
// with all coefficients zero.
func (d *decoder) reconstruct(ready <-chan readyStrip, free chan<- *strip) {
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for s := range ready {
				d.reconstructStrip(s)
				free <- s.strip
			}
		})
	}
	wg.Wait()
}

func (d *decoder) reconstructStrip(s readyStrip) {
	defer d.rescue()
	if err := d.ctx.Err(); err != nil {
		d.fail(err)
		return
	}
	for i, c := range d.components {
		plane := &d.samples.Planes[i]
		for v := range min(c.v, c.down-s.row*c.v) {
			if d.smooth != nil {
				d.smoothRow(s, i, v)
			}
			pix := plane.Pix[(s.row*c.v+v)*8*plane.Stride:]
			blocks, last := s.blocks[i][v*c.stride:], s.last[i][v*c.stride:]
			for x := range c.across {
				inverse(pix[8*x:], plane.Stride, &blocks[x], c.quant, last[x])
			}
		}
		clear(s.blocks[i])
		clear(s.last[i])
	}
}
