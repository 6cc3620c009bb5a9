package yolo

import (
	"fmt"
	"math"
)

// Mask is a detection's silhouette.
type Mask struct {
	// Size is the picture's.
	Size Size
	// Left and Top are the picture's pixel that Bits starts at.
	Left, Top int
	// W and H are the size of Bits, which is row-major. Outside it the mask is
	// empty.
	W, H int
	Bits []bool
}

// At reports whether the picture's pixel belongs to the mask.
func (m *Mask) At(x, y int) bool {
	x, y = x-m.Left, y-m.Top
	return x >= 0 && x < m.W && y >= 0 && y < m.H && m.Bits[y*m.W+x]
}

// pixels is how many pixels a mask, which may be nil, takes.
func (m *Mask) pixels() int {
	if m == nil {
		return 0
	}
	return len(m.Bits)
}

// Area is the number of the mask's pixels.
func (m *Mask) Area() int {
	n := 0
	for _, bit := range m.Bits {
		if bit {
			n++
		}
	}
	return n
}

// maxMaskPixels bounds the masks of one picture together, a byte a pixel: a few
// hundred masks of a large picture would take all memory.
const maxMaskPixels = 1 << 28

// checkMaskPixels refuses the masks of n detections that cover the pixels.
func checkMaskPixels(n, pixels int) error {
	if pixels > maxMaskPixels {
		return fmt.Errorf("%w: the masks of %d detections cover %.0f million pixels, %d are allowed; ask for a higher confidence, fewer detections or a smaller picture",
			ErrOption, n, float64(pixels)/1e6, maxMaskPixels/1_000_000)
	}
	return nil
}

// checkPrototypes checks the second output's shape, [batch, coefficients, h, w].
func checkPrototypes(outputs []Tensor, coefficients int) error {
	if len(outputs) < 2 {
		return fmt.Errorf("%w: read prototypes: there are none", ErrOutput)
	}
	protos := outputs[1]
	if s := protos.Shape; len(s) != 4 || s[1] != coefficients || s[2] < 1 || s[3] < 1 || len(protos.Data) < s[1]*s[2]*s[3] {
		return fmt.Errorf("%w: read prototypes of shape %v: want [batch, %d, height, width]", ErrOutput, s, coefficients)
	}
	return nil
}

// newMask is the mask, without its bits yet, of a box in the picture. A pixel of the
// tensor belongs to the box where its index lies within, so that the last one sticks out
// of it; a mask that is decided at the tensor's pixels has that one whole.
func newMask(box Box, lb Letterbox) *Mask {
	right, bottom := float64(box.X2), float64(box.Y2)
	if lb.placement == Center {
		gainX, gainY := lb.gains()
		right, bottom = right+1/gainX, bottom+1/gainY
	}
	m := &Mask{Size: lb.Picture, Left: int(box.X1), Top: int(box.Y1)}
	m.W = min(int(math.Ceil(right)), lb.Picture.W) - m.Left
	m.H = min(int(math.Ceil(bottom)), lb.Picture.H) - m.Top
	return m
}

// finishMask makes the mask from the prototypes, [batch, coefficients, h, w]: a
// pixel of the box is inside where their sum, weighted by the detection's
// coefficients and sampled bilinearly, is above zero. A detection with an empty
// mask is dropped, as Ultralytics does.
func finishMask(d *Detection, c candidate, h head, outputs []Tensor, lb Letterbox) bool {
	protos := outputs[1]
	ph, pw := protos.Shape[2], protos.Shape[3]
	// From the tensor's pixels to the prototypes'.
	sx, sy := float64(pw)/float64(lb.Tensor.W), float64(ph)/float64(lb.Tensor.H)

	// The prototypes that a sample within the box can touch.
	box := c.box.Clip(lb.Tensor)
	x0, x1 := reach(box.X1, box.X2, sx, pw)
	y0, y1 := reach(box.Y1, box.Y2, sy, ph)
	w := x1 - x0
	if w <= 0 || y1 <= y0 {
		return false
	}
	logits := make([]float32, w*(y1-y0))
	for k := range h.extra {
		weight := h.at(h.extraColumn()+k, c.anchor)
		for y := y0; y < y1; y++ {
			from := (k*ph+y)*pw + x0
			row := logits[(y-y0)*w : (y-y0+1)*w]
			for x, v := range protos.Data[from : from+w] {
				row[x] += weight * v
			}
		}
	}

	m := newMask(d.Box, lb)
	m.Bits = make([]bool, m.W*m.H)
	empty := true
	gainX, gainY := lb.gains()
	for y := range m.H {
		// The centre of the picture's pixel, as an index into the tensor's rows.
		ty := (float64(m.Top+y)+0.5)*gainY + float64(lb.Top) - 0.5
		if lb.placement == Center {
			ty = math.Round(ty)
		}
		if ty < float64(c.box.Y1) || ty >= float64(c.box.Y2) {
			continue
		}
		v0, v1, fy := between((ty+0.5)*sy-0.5, y0, y1)
		for x := range m.W {
			tx := (float64(m.Left+x)+0.5)*gainX + float64(lb.Left) - 0.5
			if lb.placement == Center {
				tx = math.Round(tx)
			}
			if tx < float64(c.box.X1) || tx >= float64(c.box.X2) {
				continue
			}
			u0, u1, fx := between((tx+0.5)*sx-0.5, x0, x1)
			upper := logits[v0*w+u0]*(1-fx) + logits[v0*w+u1]*fx
			lower := logits[v1*w+u0]*(1-fx) + logits[v1*w+u1]*fx
			if upper*(1-fy)+lower*fy > 0 {
				m.Bits[y*m.W+x] = true
				empty = false
			}
		}
	}
	d.Mask = m
	return !empty
}

// reach is the range of prototypes around the box's side from lo to hi.
func reach(lo, hi float32, scale float64, n int) (from, to int) {
	return max(int(float64(lo)*scale)-2, 0), min(int(float64(hi)*scale)+3, n)
}

// between finds the two samples of from…to-1 around a place on an axis, counted
// from the first, and the weight of the second. The edge continues outside.
func between(at float64, from, to int) (int, int, float32) {
	at = min(max(at-float64(from), 0), float64(to-from-1))
	first := int(at)
	return first, min(first+1, to-from-1), float32(at - float64(first))
}
