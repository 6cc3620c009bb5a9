package yolo

import (
	"fmt"
	"slices"
)

// ClassMap is a class for every pixel of the picture.
type ClassMap struct {
	// Size is the picture's.
	Size Size
	// IDs are the classes' ids, row-major. NoClass where the class was not asked for.
	IDs []uint8
}

// NoClass marks pixels of classes that the request leaves out.
const NoClass = 255

// Pixels counts the pixels of each class.
func (m *ClassMap) Pixels() (n [256]int) {
	for _, id := range m.IDs {
		n[id]++
	}
	return n
}

// Mask is the silhouette of one class, nil where no pixel has it.
func (m *ClassMap) Mask(class int) *Mask {
	x0, y0, x1, y1 := m.Size.W, m.Size.H, 0, 0
	for y := range m.Size.H {
		row := m.IDs[y*m.Size.W:][:m.Size.W]
		if first := slices.Index(row, uint8(class)); first >= 0 {
			last := len(row) - 1
			for row[last] != uint8(class) {
				last--
			}
			x0, y0, x1, y1 = min(x0, first), min(y0, y), max(x1, last+1), y+1
		}
	}
	if y1 == 0 {
		return nil
	}
	mask := &Mask{Size: m.Size, Left: x0, Top: y0, W: x1 - x0, H: y1 - y0, Bits: make([]bool, (x1-x0)*(y1-y0))}
	for y := range mask.H {
		for x, id := range m.IDs[(y0+y)*m.Size.W+x0:][:mask.W] {
			mask.Bits[y*mask.W+x] = id == uint8(class)
		}
	}
	return mask
}

// readClassMap reads the output's shape: [batch, height, width] of ids, or the logits
// [batch, classes, height, width] of exports from before May 2026.
func (m *Model) readClassMap(out []int) error {
	m.Classes = len(m.Names)
	if len(out) == 4 && out[1] > 0 {
		m.Classes = out[1]
	}
	if len(out) != 3 && len(out) != 4 {
		return fmt.Errorf("its output has the shape %v, want [batch, height, width] class ids or [batch, classes, height, width] logits; "+tryIt, out)
	}
	if m.Classes < 1 || m.Classes >= NoClass {
		return fmt.Errorf("it tells %d classes apart, want 1 to %d", m.Classes, NoClass-1)
	}
	return m.checkNames()
}

// classMap brings the output to the picture's size as Ultralytics does: ids from the
// nearest pixel, logits bilinearly before the greatest counts.
func (m *Model) classMap(r *Result, outputs []Tensor, lb Letterbox, o Options) error {
	if len(outputs) == 0 {
		return fmt.Errorf("%w: read class map: there is none", ErrOutput)
	}
	out := outputs[0]
	channels := 1
	if len(out.Shape) == 4 {
		channels = out.Shape[1]
	}
	n := len(out.Shape)
	if n != 3 && n != 4 || out.Shape[n-2] != lb.Tensor.H || out.Shape[n-1] != lb.Tensor.W ||
		len(out.Data) < channels*lb.Tensor.H*lb.Tensor.W || n == 4 && channels != m.Classes {
		return fmt.Errorf("%w: read class map of shape %v: want that of the input, %d x %d", ErrOutput, out.Shape, lb.Tensor.H, lb.Tensor.W)
	}
	cm := &ClassMap{Size: lb.Picture, IDs: make([]uint8, lb.Picture.H*lb.Picture.W)}
	if n == 3 {
		for _, id := range out.Data[:lb.Tensor.H*lb.Tensor.W] {
			if !(id >= 0 && id < float32(max(m.Classes, 2))) {
				return fmt.Errorf("%w: a pixel has the class %v, there are %d", ErrOutput, id, m.Classes)
			}
		}
		nearest(cm, out.Data, lb)
	} else {
		// NaN is above nothing, and would leave the first class.
		if err := checkFinite("logit", out.Data[:channels*lb.Tensor.H*lb.Tensor.W]); err != nil {
			return err
		}
		greatest(cm, out.Data, channels, lb)
	}
	if o.Classes != nil && m.Classes > 1 {
		keep := wanted(o.Classes)
		for i, id := range cm.IDs {
			if !keep(int(id)) {
				cm.IDs[i] = NoClass
			}
		}
	}
	r.Classes = cm
	return nil
}

// nearest samples ids. The float32 is PyTorch's.
func nearest(cm *ClassMap, ids []float32, lb Letterbox) {
	source := func(to, from, length int) int {
		return min(int(float32(to)*(float32(from)/float32(length))), from-1)
	}
	for y := range cm.Size.H {
		row := ids[(lb.Top+source(y, lb.Resized.H, cm.Size.H))*lb.Tensor.W+lb.Left:]
		for x := range cm.Size.W {
			cm.IDs[y*cm.Size.W+x] = uint8(row[source(x, lb.Resized.W, cm.Size.W)])
		}
	}
}

// greatest samples the logits of every class, and takes the greatest; of one class
// alone, whether it is above zero.
func greatest(cm *ClassMap, logits []float32, channels int, lb Letterbox) {
	columns := make([]sample, cm.Size.W)
	for x := range columns {
		columns[x] = halfPixel(x, lb.Resized.W, cm.Size.W)
	}
	plane := lb.Tensor.H * lb.Tensor.W
	for y := range cm.Size.H {
		s := halfPixel(y, lb.Resized.H, cm.Size.H)
		upper, lower := (lb.Top+s.first)*lb.Tensor.W+lb.Left, (lb.Top+s.second)*lb.Tensor.W+lb.Left
		for x, c := range columns {
			best, id := float32(0), 0
			for k := range channels {
				p := logits[k*plane:]
				v := s.mix(c.mix(p[upper+c.first], p[upper+c.second]), c.mix(p[lower+c.first], p[lower+c.second]))
				switch {
				case channels == 1 && v > 0:
					id = 1
				case channels > 1 && (k == 0 || v > best):
					best, id = v, k
				}
			}
			cm.IDs[y*cm.Size.W+x] = uint8(id)
		}
	}
}

// sample is where a bilinear filter looks on one axis.
type sample struct {
	first, second int
	weight        float32 // of the second
}

func (s sample) mix(a, b float32) float32 { return a*(1-s.weight) + b*s.weight }

// halfPixel maps the centres of pixels, of an axis of length to one of from.
func halfPixel(to, from, length int) sample {
	centre := float32((float32(to) + 0.5) * (float32(from) / float32(length))) // rounded, on every CPU
	return sampleAt(max(centre-0.5, 0), from)
}

// corners maps the first pixel to the first and the last to the last.
func corners(to, from, length int) sample {
	if length < 2 {
		return sample{}
	}
	at := float32(float32(to) * (float32(from-1) / float32(length-1))) // rounded, on every CPU
	return sampleAt(at, from)
}

// sampleAt is between two neighbours of an axis of length from; beyond its end is its last.
func sampleAt(at float32, from int) sample {
	first := min(int(at), from-1)
	return sample{first, min(first+1, from-1), at - float32(first)}
}
