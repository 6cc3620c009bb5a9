package jpeg

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// plan is how the CPUs share a picture: its only scan by pieces or by groups of intervals, or
// the rows of all scans.
type plan struct {
	pieces []int
	groups []group
	cpus   int // for rows
}

const (
	// partBlocks is how many blocks a part of a scan has on average, at most: so many that what
	// is decoded ahead of a piece hardly counts, so few that their coefficients stay in the
	// cache.
	partBlocks = 3072
	// partsEach is how many parts there are at least for each CPU, so that all of them end
	// at about the same time.
	partsEach = 3
	// leastBlocks is how many blocks a picture has that is worth it: 0.26 megapixels at 4:2:0.
	leastBlocks = 6000
	// mostDecoders is how many CPUs are worth their memory.
	mostDecoders = 8
)

// plan is for so many CPUs.
func (f *File) plan(cpus int) plan {
	m := f.mcus()
	blocks := m.total * len(m.blocks)
	byRows := plan{cpus: min(cpus, mostDecoders)}
	if cpus < 2 || blocks < leastBlocks {
		return byRows
	}
	n := max(ceilDiv(blocks, partBlocks), partsEach*cpus)
	if f.cuttable() {
		return plan{pieces: cut(f.scans[0].data, n)}
	}
	groups := f.groups(n)
	if len(groups) < 2*cpus { // intervals are long
		return byRows
	}
	return plan{groups: groups}
}

// share has the CPUs work on n parts of the scan, each on the next one when it is free.
func (d *decoder) share(n int, memory *coefficients, work func(p *partDecoder, k int)) {
	decoders := newPartDecoders(d.File, n, min(runtime.GOMAXPROCS(0), mostDecoders, n), memory)
	var next atomic.Int32
	var wg sync.WaitGroup
	for i := range decoders {
		wg.Go(func() {
			defer d.rescue()
			p := &decoders[i]
			p.prepare(d.File)
			for k := int(next.Add(1)) - 1; k < n; k = int(next.Add(1)) - 1 {
				work(p, k)
			}
			p.release()
		})
	}
	wg.Wait()
}
