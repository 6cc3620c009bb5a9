package yolo

// RLE is a mask as COCO's run-length encoding, as pycocotools reads it.
type RLE struct {
	// Size is the picture's.
	Size Size
	// Counts are the lengths of runs of zeros and ones in turn, zeros first,
	// down the columns, in COCO's own text form.
	Counts string
}

// RLE encodes the mask.
func (m *Mask) RLE() RLE {
	var counts []int
	run, bit := 0, false
	add := func(n int, b bool) {
		if b != bit {
			counts = append(counts, run)
			run, bit = 0, b
		}
		run += n
	}
	add(m.Left*m.Size.H, false)
	for x := range m.W {
		add(m.Top, false)
		for y := range m.H {
			add(1, m.Bits[y*m.W+x])
		}
		add(m.Size.H-m.Top-m.H, false)
	}
	add((m.Size.W-m.Left-m.W)*m.Size.H, false)
	return RLE{m.Size, encodeCounts(append(counts, run))}
}

// encodeCounts writes each count, from the fourth on as the difference to the
// one two before, in groups of five bits, the lowest first, with a sixth for
// "more follows", as characters from '0' on. (rleToString of the COCO API.)
func encodeCounts(counts []int) string {
	var text []byte
	for i, n := range counts {
		if i > 2 {
			n -= counts[i-2]
		}
		for {
			group := byte(n & 0x1f)
			n >>= 5
			// Done when the rest is but the sign of the group's top bit.
			more := n != 0
			if group&0x10 != 0 {
				more = n != -1
			}
			if more {
				group |= 0x20
			}
			text = append(text, group+'0')
			if !more {
				break
			}
		}
	}
	return string(text)
}
