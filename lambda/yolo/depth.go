package yolo

import "fmt"

// DepthMap is the distance of every pixel of the picture.
type DepthMap struct {
	// Size is the picture's.
	Size Size
	// Metres are row-major. Zero and less is unknown.
	Metres []float32
}

// Range is the least, the greatest and the mean distance in metres, of the pixels whose
// distance is known; zeros where none is.
func (d *DepthMap) Range() (least, most, mean float32) {
	sum, n := 0.0, 0
	for _, v := range d.Metres {
		if v <= 0 {
			continue
		}
		if n == 0 {
			least = v
		}
		least, most = min(least, v), max(most, v)
		sum, n = sum+float64(v), n+1
	}
	if n > 0 {
		mean = float32(sum / float64(n))
	}
	return least, most, mean
}

// readDepthMap reads the output's shape, [batch, 1, height, width].
func readDepthMap(out []int) error {
	if len(out) != 4 || out[1] != 1 {
		return fmt.Errorf("its output has the shape %v, want [batch, 1, height, width] metres; "+tryIt, out)
	}
	return nil
}

// depthMap brings the output to the picture's size, bilinearly between the centres of
// the corner pixels, as Ultralytics does (align_corners).
func (m *Model) depthMap(r *Result, outputs []Tensor, lb Letterbox) error {
	if len(outputs) == 0 {
		return fmt.Errorf("%w: read depth: there is none", ErrOutput)
	}
	out := outputs[0]
	if len(out.Shape) != 4 || out.Shape[1] != 1 || out.Shape[2] < 1 || out.Shape[3] < 1 || len(out.Data) < out.Shape[2]*out.Shape[3] {
		return fmt.Errorf("%w: read depth of shape %v: want [batch, 1, height, width]", ErrOutput, out.Shape)
	}
	h, w := out.Shape[2], out.Shape[3]
	if err := checkFinite("distance", out.Data[:h*w]); err != nil {
		return err
	}
	d := &DepthMap{Size: lb.Picture, Metres: make([]float32, lb.Picture.H*lb.Picture.W)}
	columns := make([]sample, d.Size.W)
	for x := range columns {
		columns[x] = corners(x, w, d.Size.W)
	}
	for y := range d.Size.H {
		s := corners(y, h, d.Size.H)
		upper, lower := out.Data[s.first*w:][:w], out.Data[s.second*w:][:w]
		for x, c := range columns {
			d.Metres[y*d.Size.W+x] = s.mix(c.mix(upper[c.first], upper[c.second]), c.mix(lower[c.first], lower[c.second]))
		}
	}
	r.Depth = d
	return nil
}
