package jpeg

// A progressive picture whose last scans are missing knows the average of each block and
// not all of its details. Where the first nine AC coefficients are not exact, libjpeg-turbo
// estimates those that are zero from the DC coefficients of the 5x5 blocks around (T.81,
// K.8, and decompress_smooth_data in jdcoefct.c), and so do we.

// estimated is how many coefficients, in zigzag order, are estimated: DC and nine of AC.
const estimated = 10

// precision is how exact the first coefficients of a component are: how many of their
// lowest bits are missing, -1 for all.
type precision [estimated]int

// smoothing is what estimates need of one component.
type smoothing struct {
	dc   []int16 // of each block, as in the strips of all rows one after the other
	now  precision
	past precision // before the component's last scan, for what that scan lost
}

// smoothings are those of a picture, or nil where all is exact or too little is known.
func (f *File) smoothings() []smoothing {
	if !f.progressive {
		return nil
	}
	all := make([]smoothing, len(f.components))
	for i := range all {
		for k := range all[i].now {
			all[i].now[k] = -1
		}
	}
	for i, h := range f.scans {
		for _, c := range h.components {
			s := &all[c]
			if s.past = (precision{}); i > 0 {
				s.past = s.now
			}
			for k := h.start; k <= min(h.end, estimated-1); k++ {
				s.now[k] = int(h.low)
			}
		}
	}
	useful := false
	for i := range all {
		if all[i].now[0] < 0 {
			return nil
		}
		for k, low := range all[i].now {
			if f.components[i].quant[natural[k]] == 0 {
				return nil
			}
			useful = useful || k > 0 && low != 0
		}
	}
	if !useful {
		return nil
	}
	return all
}

// keepDC copies the DC coefficients of all strips, which are cleared one by one.
func (d *decoder) keepDC(strips []strip) {
	for c := range d.smooth {
		var dc []int16
		for i := range strips {
			for _, b := range strips[i].blocks[c] {
				dc = append(dc, b[0])
			}
		}
		d.smooth[c].dc = dc
	}
}

// weights are those of the DC coefficients around a block, row by row, in an estimate.
type weights [25]int

// detail are the weights of each coefficient where some AC is known, and blur where none
// is, DC included. Both are in 1/256 of the coefficient's own quantizer.
var detail = [6]weights{
	1: {10: -7, 11: 50, 13: -50, 14: 7},
	2: {2: -7, 7: 50, 17: -50, 22: 7},
	3: {2: -1, 7: 13, 12: -24, 17: 13, 22: -1},
	4: {1: -1, 3: 1, 5: -1, 6: 10, 8: -10, 9: 1, 15: 1, 16: -10, 18: 10, 19: -1, 21: 1, 23: -1},
	5: {10: -1, 11: 13, 12: -24, 13: 13, 14: -1},
}

var blur = [estimated]weights{
	{-2, -6, -8, -6, -2, -6, 6, 42, 6, -6, -8, 42, 152, 42, -8, -6, 6, 42, 6, -6, -2, -6, -8, -6, -2},
	{-1, -1, 0, 1, 1, -3, 13, 0, -13, 3, -3, 38, 0, -38, 3, -3, 13, 0, -13, 3, -1, -1, 0, 1, 1},
	{-1, -3, -3, -3, -1, -1, 13, 38, 13, -1, 0, 0, 0, 0, 0, 1, -13, -38, -13, 1, 1, 3, 3, 3, 1},
	{2: 1, 6: 2, 7: 7, 8: 2, 11: -5, 12: -14, 13: -5, 16: 2, 17: 7, 18: 2, 22: 1},
	{0: -1, 4: 1, 6: 9, 8: -9, 16: -9, 18: 9, 20: 1, 24: -1},
	{6: 2, 7: -5, 8: 2, 10: 1, 11: 7, 12: -14, 13: 7, 14: 1, 16: 2, 17: -5, 18: 2},
	{6: 1, 8: -1, 11: 2, 13: -2, 16: 1, 18: -1},
	{6: 1, 7: -3, 8: 1, 16: -1, 17: 3, 18: -1},
	{6: 1, 8: -1, 11: -3, 13: 3, 16: 1, 18: -1},
	{6: 1, 7: 2, 8: 1, 16: -1, 17: -2, 18: -1},
}

// smoothRow estimates the coefficients of row v of component c in the strip of a row of MCUs.
func (d *decoder) smoothRow(row int, s *strip, c, v int) {
	comp, m := &d.components[c], &d.smooth[c]
	bits := &m.now
	if row > d.lastGood {
		bits = &m.past
	}
	rows := d.rowsAround(row, v, comp)
	quant := comp.quant
	blocks := s.blocks[c][v*comp.stride:]
	last := s.last[c][v*comp.stride:]
	for x := range comp.across {
		var around [25]int
		for i, row := range rows {
			for k := range 5 {
				around[5*i+k] = int(m.dc[row*comp.stride+min(max(x+k-2, 0), comp.across-1)])
			}
		}
		estimate(&blocks[x], &around, bits, quant)
		last[x] = max(last[x], estimated)
	}
}

// rowsAround are the rows of blocks around row v of a strip, with two above and two
// below; the edge goes on outside, where libjpeg has it.
func (d *decoder) rowsAround(strip, v int, comp *component) [5]int {
	total, height := d.mcuRows(), comp.v
	if strip == total-1 {
		height = (comp.down-1)%comp.v + 1
	}
	row, at, end := strip*comp.v+v, strip*height+v, total*height
	rows := [5]int{row, row, row, row, row}
	if at > 0 {
		rows[0], rows[1] = row-1, row-1
	}
	if at > 1 {
		rows[0] = row - 2
	}
	if at < end-1 {
		rows[3], rows[4] = row+1, row+1
	}
	if at < end-2 {
		rows[4] = row + 2
	}
	return rows
}

// estimate fills in the coefficients that are zero and not exact.
func estimate(b *block, around *[25]int, bits *precision, quant *[64]uint16) {
	table := detail[:]
	if *bits == (precision{bits[0], -1, -1, -1, -1, -1, -1, -1, -1, -1}) {
		table = blur[:]
	}
	for k := 1; k < len(table); k++ {
		c := &b[natural[k]]
		if bits[k] == 0 || *c != 0 {
			continue
		}
		*c = int16(rounded(&table[k], around, int(quant[0]), int(quant[natural[k]]), bits[k]))
	}
	if len(table) == estimated {
		b[0] = int16(rounded(&table[0], around, int(quant[0]), int(quant[0]), 0))
	}
}

// rounded is the weighted sum of DC coefficients, which have the quantizer from, in units
// of 256 times the quantizer to. It has no more bits than are missing.
func rounded(w *weights, around *[25]int, from, to, missing int) int {
	sum := 0
	for i, weight := range w {
		sum += weight * around[i]
	}
	sum *= from
	size := (to<<7 + max(sum, -sum)) / (to << 8)
	if missing > 0 {
		size = min(size, 1<<missing-1)
	}
	if sum < 0 {
		return -size
	}
	return size
}
