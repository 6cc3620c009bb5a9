package vp8l

import "encoding/binary"

const black = 0xff000000

// addPredictions adds to each pixel what was predicted of it from those on the left and above (3.5.1).
func (t *transform) addPredictions(pix []byte) {
	stride := 4 * t.width
	left := addPixels(binary.LittleEndian.Uint32(pix), black)
	binary.LittleEndian.PutUint32(pix, left)
	addLeft(pix[4:stride], left)
	across := blocks(t.width, t.bits)
	for y := 1; y < t.height; y++ {
		// A row's first pixel is predicted from that above. Behind its last one comes the next row's first.
		at := y * stride
		top := pix[at-stride : at+4]
		row := pix[at:][:stride]
		left := addPixels(binary.LittleEndian.Uint32(row), binary.LittleEndian.Uint32(top))
		binary.LittleEndian.PutUint32(row, left)
		modes := t.pix[4*(y>>t.bits)*across:]
		for x := 1; x < t.width; {
			end := min((x>>t.bits+1)<<t.bits, t.width)
			mode := modes[4*(x>>t.bits)+1] & 15
			left = addPredicted(mode, row[4*x:4*end], pix[at-stride+4*x-4:][:4*(end-x)+8], left)
			x = end
		}
	}
}

// addLeft adds to each pixel the one before, and gives the last one.
func addLeft(row []byte, left uint32) uint32 {
	for ; len(row) >= 4; row = row[4:] {
		left = addPixels(binary.LittleEndian.Uint32(row), left)
		binary.LittleEndian.PutUint32(row, left)
	}
	return left
}

// predictions are by mode, of the pixels left, above, above left and above right.
var predictions = [16]func(l, t, tl, tr uint32) uint32{
	0:  func(l, t, tl, tr uint32) uint32 { return black },
	1:  func(l, t, tl, tr uint32) uint32 { return l },
	2:  func(l, t, tl, tr uint32) uint32 { return t },
	3:  func(l, t, tl, tr uint32) uint32 { return tr },
	4:  func(l, t, tl, tr uint32) uint32 { return tl },
	5:  func(l, t, tl, tr uint32) uint32 { return mean(mean(l, tr), t) },
	6:  func(l, t, tl, tr uint32) uint32 { return mean(l, tl) },
	7:  func(l, t, tl, tr uint32) uint32 { return mean(l, t) },
	8:  func(l, t, tl, tr uint32) uint32 { return mean(tl, t) },
	9:  func(l, t, tl, tr uint32) uint32 { return mean(t, tr) },
	10: func(l, t, tl, tr uint32) uint32 { return mean(mean(l, tl), mean(t, tr)) },
	11: nearer,
	12: func(l, t, tl, tr uint32) uint32 { return gradient(l, t, tl) },
	13: func(l, t, tl, tr uint32) uint32 { return halfGradient(mean(l, t), tl) },
	14: func(l, t, tl, tr uint32) uint32 { return 0 },
	15: func(l, t, tl, tr uint32) uint32 { return 0 },
}

// addPredicted adds predictions of a mode to pixels of a row. above are those above, from the one before the first to
// the one behind the last.
func addPredicted(mode byte, row, above []byte, left uint32) uint32 {
	if mode == 1 {
		return addLeft(row, left)
	}
	predict := predictions[mode]
	tl, t := binary.LittleEndian.Uint32(above), binary.LittleEndian.Uint32(above[4:])
	above = above[8:]
	if mode == 11 { // libwebp's for all pixels if it is to be fast
		for ; len(row) >= 4 && len(above) >= 4; row, above = row[4:], above[4:] {
			predicted := t
			if distance(tl, t) < distance(tl, left) {
				predicted = left
			}
			left = addPixels(binary.LittleEndian.Uint32(row), predicted)
			binary.LittleEndian.PutUint32(row, left)
			tl, t = t, binary.LittleEndian.Uint32(above)
		}
		return left
	}
	for ; len(row) >= 4 && len(above) >= 4; row, above = row[4:], above[4:] {
		tr := binary.LittleEndian.Uint32(above)
		left = addPixels(binary.LittleEndian.Uint32(row), predict(left, t, tl, tr))
		binary.LittleEndian.PutUint32(row, left)
		tl, t = t, tr
	}
	return left
}

// addPixels adds byte by byte.
func addPixels(a, b uint32) uint32 {
	return (a&redBlue+b&redBlue)&redBlue | (a&^redBlue+b&^redBlue)&^redBlue
}

// mean is (a + b) / 2 of each byte.
func mean(a, b uint32) uint32 { return a&b + (a^b)&0xfefefefe>>1 }

// nearer is the left or the upper pixel, whichever differs less from what the three make of a plane (3.5.1, Select).
func nearer(l, t, tl, _ uint32) uint32 {
	if distance(tl, t) < distance(tl, l) {
		return l
	}
	return t
}

func distance(a, b uint32) int32 {
	return difference(a&0xff, b&0xff) + difference(a>>8&0xff, b>>8&0xff) + difference(a>>16&0xff, b>>16&0xff) + difference(a>>24, b>>24)
}

func difference(a, b uint32) int32 {
	d := int32(a) - int32(b)
	return max(d, -d)
}

// gradient is l + t - tl of each byte, within its range.
func gradient(l, t, tl uint32) (v uint32) {
	for i := 0; i < 32; i += 8 {
		v |= clamp(int32(l>>i&0xff)+int32(t>>i&0xff)-int32(tl>>i&0xff)) << i
	}
	return v
}

// halfGradient is a + (a - b) / 2 of each byte, rounded to zero, within its range.
func halfGradient(a, b uint32) (v uint32) {
	for i := 0; i < 32; i += 8 {
		m := int32(a >> i & 0xff)
		v |= clamp(m+(m-int32(b>>i&0xff))/2) << i
	}
	return v
}

func clamp(v int32) uint32 { return uint32(min(max(v, 0), 255)) }
