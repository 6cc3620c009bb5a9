package jpeg

import (
	"bytes"
	"io"
)

// Where a scan has restart markers, nothing is carried over them, and so each CPU takes the
// next group of their intervals, if the markers are as they should be: each has the number
// that is due. Then a decoder that comes from the start goes behind each of them as soon as
// it has the MCUs of one more interval, whatever became of these (resync). With any other
// marker among them, one decoder has to find its way.

// group is some intervals of a scan that one CPU decodes.
type group struct {
	at      int  // in the scan's data
	mcu     int  // the first one
	restart byte // number of the marker behind its first interval
}

// groups divides the intervals of the scan into n groups or some more. It is nil where one
// CPU has to decode all.
func (f *File) groups(n int) []group {
	h := &f.scans[0]
	if f.progressive || len(h.components) < len(f.components) || h.interval == 0 {
		return nil
	}
	total := f.mcus().total
	each := max(total/n/h.interval, 1)
	groups := []group{{}}
	at := 0
	for i := 1; i*h.interval < total; i++ {
		if at = behindRestart(h.data, at, byte(i-1)&7); at < 0 {
			return nil
		}
		if i%each == 0 {
			groups = append(groups, group{at, i * h.interval, byte(i) & 7})
		}
	}
	return groups
}

// behindRestart is the place behind the next marker, or -1 if it is not the restart marker
// of the number due.
func behindRestart(data []byte, at int, due byte) int {
	for {
		i := bytes.IndexByte(data[at:], 0xff)
		if i < 0 || at+i+1 == len(data) {
			return -1
		}
		at += i + 1
		switch data[at] {
		case 0, 0xff: // stuffing, or a fill byte
		case markerRST0 + due:
			return at + 1
		default:
			return -1
		}
	}
}

// byGroups decodes the only scan of a frame.
func (d *decoder) byGroups(groups []group, memory *coefficients) {
	total := d.mcus().total
	d.share(len(groups), memory, func(p *partDecoder, k int) {
		end := total
		if k+1 < len(groups) {
			end = groups[k+1].mcu
		}
		d.group(p, &groups[k], end)
	})
}

// group decodes and transforms a group, up to MCU end of the scan.
func (d *decoder) group(p *partDecoder, g *group, end int) {
	if err := d.ctx.Err(); err != nil {
		d.fail(err)
		return
	}
	p.rest, p.ended, p.restart = p.header.data[g.at:], p.header.ended, g.restart
	p.nextInterval()
	for m := g.mcu; m < end; {
		p.decodeIntervals(end - m)
		d.place(p, m, p.decoded, [4]int32{})
		m += p.decoded
		p.clear()
	}
	if end < p.layout.total {
		return
	}
	if p.ranDry {
		d.fail(io.ErrUnexpectedEOF)
	} else if err := p.finish(); err != nil {
		d.fail(err)
	}
}

// decodeIntervals decodes n MCUs, or as many as there is room for.
func (p *partDecoder) decodeIntervals(n int) {
	done := 0 // as in decode
	for at := 0; done < n && at < len(p.blocks); done++ {
		if !p.nextMCU() {
			at += len(p.layout.blocks)
			continue
		}
		for _, b := range p.layout.blocks {
			p.scanDecoder.decode(p.scanDecoder, &p.blocks[at], &p.last[at], b.component)
			at++
		}
		p.checkDry()
	}
	p.decoded = done
}
