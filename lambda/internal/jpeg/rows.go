package jpeg

import (
	"io"
	"sync/atomic"

	"github.com/yolambda/yolambda/lambda/internal/parallel"
)

// byRows decodes any frame, on so many CPUs. Each takes the next row of MCUs, decodes it of
// all scans in their order, of each as soon as the row before is decoded, and transforms it.
// So a row's coefficients stay in one CPU's cache from the first scan to the samples, and
// there have to be as many rows of them as CPUs. What one scan takes is what no number of
// CPUs can share.
func (d *decoder) byRows(cpus int, memory *coefficients) {
	rows := d.mcuRows()
	cpus = min(cpus, rows)
	held := cpus
	if d.smooth != nil { // blocks need others around them
		held = rows
	}
	strips := memory.strips(d.File, held)
	scans := make([]scan, len(d.scans))
	for i := range scans {
		scans[i].header = &d.scans[i]
		scans[i].done.init()
	}
	d.shareRows(cpus, func(cpu, row int) {
		s := &strips[cpu]
		if d.smooth != nil {
			s = &strips[row]
		}
		for i := range scans {
			d.scanRow(&scans[i], row, s)
		}
		if d.smooth == nil {
			d.reconstruct(row, s)
		}
	})
	if d.smooth != nil && !d.stopped() {
		d.lastGood = scans[len(scans)-1].good
		d.keepDC(strips)
		d.shareRows(cpus, func(_, row int) { d.reconstruct(row, &strips[row]) })
	}
}

// shareRows has each CPU work on the next row of MCUs when it is free.
func (d *decoder) shareRows(cpus int, work func(cpu, row int)) {
	rows := d.mcuRows()
	var next atomic.Int32
	parallel.Do(cpus, func(cpu int) {
		for row := int(next.Add(1)) - 1; row < rows; row = int(next.Add(1)) - 1 {
			work(cpu, row)
		}
	})
}

// scan is a scan on its way through the rows.
type scan struct {
	header  *scanHeader
	decoder *scanDecoder // from the first row to the last
	done    rowsDone
	good    int // the last row that had data
}

// scanRow decodes a row of a scan when its turn has come.
func (d *decoder) scanRow(s *scan, row int, into *strip) {
	s.done.wait(row)
	defer s.done.reach(row + 1)
	defer d.rescue()
	if d.stopped() {
		return
	}
	if row == 0 {
		s.decoder = newScanDecoder(d.File, s.header)
		s.decoder.nextInterval()
	}
	s.decoder.row(row, into)
	if row < d.mcuRows()-1 {
		return
	}
	if s.decoder.ranDry {
		d.fail(io.ErrUnexpectedEOF)
	} else if err := s.decoder.finish(); err != nil {
		d.fail(err)
	}
	s.good = s.decoder.good
	s.decoder.release()
}

// reconstruct turns a row of MCUs, of which all coefficients are known, into samples, and
// leaves all of them zero.
func (d *decoder) reconstruct(row int, s *strip) {
	defer d.rescue()
	if d.stopped() {
		return
	}
	for i, c := range d.components {
		plane := &d.samples.Planes[i]
		for v := range min(c.v, c.down-row*c.v) {
			if d.smooth != nil {
				d.smoothRow(row, s, i, v)
			}
			pix := plane.Pix[(row*c.v+v)*8*plane.Stride:]
			blocks, last := s.blocks[i][v*c.stride:], s.last[i][v*c.stride:]
			for x := range c.across {
				inverse(pix[8*x:], plane.Stride, &blocks[x], c.quant, last[x])
			}
		}
		clear(s.blocks[i])
		clear(s.last[i])
	}
}
