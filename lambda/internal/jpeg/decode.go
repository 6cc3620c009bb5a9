// Package jpeg decodes JPEG pictures to the samples that libjpeg decodes them
// to: baseline, extended sequential and progressive, Huffman-coded, 8 bits a
// sample, of 1, 3 or 4 components in any whole ratio of sampling.
//
// Scans, and the transform after them, work at the same time on all CPUs, each a
// row or more behind the one whose coefficients it needs.
//
// Damaged data are decoded as well as they can be, much as in libjpeg, but restart
// markers are taken in order, whatever their numbers. A file that ends too early
// is refused.
package jpeg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
)

// Plane is the samples of one component.
type Plane struct {
	Pix           []uint8
	Stride        int // bytes from row to row
	Width, Height int
	// SubX and SubY are how many pixels share a sample along each axis.
	SubX, SubY int
}

// Decode decodes the picture's components, in the order of the file. It stops
// soon after the context is done, with its error. A file that ends too early
// gives io.ErrUnexpectedEOF.
func (f *File) Decode(ctx context.Context) ([]Plane, error) {
	if f.Scans > len(f.scans) {
		return nil, fmt.Errorf("the picture has %d scans, %d of them were kept", f.Scans, len(f.scans))
	}
	if !f.ended && (f.progressive || len(f.scans) > 1) {
		return nil, io.ErrUnexpectedEOF // a scan may be missing
	}
	d := decoder{File: f, ctx: ctx, planes: make([]Plane, len(f.components))}
	seen := make([]bool, len(f.components))
	for _, s := range f.scans {
		for _, c := range s.components {
			seen[c] = true
		}
	}
	total := 0
	for i, c := range f.components {
		if !seen[i] {
			return nil, io.ErrUnexpectedEOF
		}
		total += c.samples()
	}
	samples := memory(total)
	for i, c := range f.components {
		d.planes[i] = Plane{
			Pix: samples[:c.samples()], Stride: c.across * 8, // the first has the capacity of all, for Reuse
			Width: c.width, Height: c.height, SubX: f.hmax / c.h, SubY: f.vmax / c.v,
		}
		samples = samples[c.samples():]
	}
	n := f.mcuRows()
	if len(f.scans) == 1 {
		n = min(n, 2*runtime.GOMAXPROCS(0)+1)
	}
	store := coefficients.Get().(*storage)
	strips := store.strips(f, n)
	if len(f.scans) == 1 {
		d.oneScan(strips)
	} else {
		d.manyScans(strips)
	}
	if d.err != nil {
		return nil, d.err
	}
	store.release() // all zero again
	return d.planes, nil
}

// decoder is the state of one Decode.
type decoder struct {
	*File
	ctx    context.Context
	planes []Plane
	mu     sync.Mutex
	err    error // the first one
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
// the transform.
func (d *decoder) oneScan(strips []strip) {
	ready, free := make(chan readyStrip, len(strips)), make(chan *strip, len(strips))
	for i := range strips {
		free <- &strips[i]
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(ready)
		d.scan(&d.scans[0], func(row int) *strip { return <-free }, func(row int, s *strip) { ready <- readyStrip{row, s} })
	})
	d.transform(ready, free)
	wg.Wait()
}

// manyScans decodes a frame of which each component may have several scans. Each
// scan follows, a row of MCUs behind, the one before it of the same components,
// and the transform follows the last ones.
func (d *decoder) manyScans(strips []strip) {
	ready, free := make(chan readyStrip, len(strips)), make(chan *strip, len(strips))
	latest := make([]*progress, len(d.components))
	for i := range latest {
		latest[i] = newProgress(len(strips)) // nothing to wait for
	}
	var wg sync.WaitGroup
	for i := range d.scans {
		h := &d.scans[i]
		own := newProgress(0)
		var before []*progress
		for _, c := range h.components {
			before = append(before, latest[c])
			latest[c] = own
		}
		wg.Go(func() {
			defer own.reach(len(strips))
			d.scan(h, func(row int) *strip {
				for _, p := range before {
					p.wait(row + 1)
				}
				return &strips[row]
			}, func(row int, _ *strip) { own.reach(row + 1) })
		})
	}
	wg.Go(func() {
		defer close(ready)
		for row := range strips {
			for _, p := range latest {
				p.wait(row + 1)
			}
			ready <- readyStrip{row, &strips[row]}
		}
	})
	d.transform(ready, free)
	wg.Wait()
}

// scan decodes one scan row by row.
func (d *decoder) scan(h *scanHeader, begin func(row int) *strip, end func(row int, s *strip)) {
	defer d.rescue()
	s := newScan(d.File, h)
	for row := range d.mcuRows() {
		strip := begin(row)
		if err := d.ctx.Err(); err != nil {
			d.fail(err)
			return
		}
		s.row(row, strip)
		end(row, strip)
	}
	if s.ranDry && !d.ended {
		d.fail(io.ErrUnexpectedEOF)
	}
	s.release()
}

// transform turns ready strips into samples, on all CPUs, and gives them back
// with all coefficients zero.
func (d *decoder) transform(ready <-chan readyStrip, free chan<- *strip) {
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for s := range ready {
				d.transformStrip(s)
				free <- s.strip
			}
		})
	}
	wg.Wait()
}

func (d *decoder) transformStrip(s readyStrip) {
	defer d.rescue()
	if err := d.ctx.Err(); err != nil {
		d.fail(err)
		return
	}
	for i, c := range d.components {
		plane := &d.planes[i]
		for v := range min(c.v, c.down-s.row*c.v) {
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
