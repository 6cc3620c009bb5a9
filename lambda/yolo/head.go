package yolo

import (
	"fmt"
	"math"
	"slices"
)

// head reads the first output of one picture. Two strides hide which axis the
// columns lie on, so that nothing is transposed.
type head struct {
	layout
	data           []float32
	anchors        int
	column, anchor int     // strides
	width, height  float32 // of the tensor in pixels, for boxes that are fractions of it
}

// newHead checks the output's shape against the layout.
func newHead(l layout, out Tensor) (head, error) {
	n, axis := l.columns()
	if len(out.Shape) != 3 || out.Shape[axis] != n || len(out.Data) < out.Shape[1]*out.Shape[2] {
		err := fmt.Errorf("%w: read output of shape %v: want %d columns on axis %d", ErrOutput, out.Shape, n, axis)
		if len(out.Shape) == 3 && out.Shape[3-axis] == n {
			err = fmt.Errorf("%w; it is transposed: "+adaptIt, err)
		}
		return head{}, err
	}
	if axis == 1 {
		return head{layout: l, data: out.Data, anchors: out.Shape[2], column: out.Shape[2], anchor: 1}, nil
	}
	return head{layout: l, data: out.Data, anchors: out.Shape[1], column: 1, anchor: out.Shape[2]}, nil
}

func (h head) at(column, anchor int) float32 {
	return h.data[column*h.column+anchor*h.anchor]
}

// candidate is a possible detection, in the tensor's pixels.
type candidate struct {
	box    Box
	angle  float32 // of oriented boxes, whose box is the one before the turn
	conf   float32
	class  int
	anchor int // where its extra columns are
}

func (c candidate) oriented() OrientedBox {
	return OrientedBox{(c.box.X1 + c.box.X2) / 2, (c.box.Y1 + c.box.Y2) / 2, c.box.X2 - c.box.X1, c.box.Y2 - c.box.Y1, c.angle}
}

// candidates are the anchors whose best class scores above conf. Scores that are NaN or
// infinite, classes that there are not and sides of negative length are not detections; boxes
// that are not finite are. [head.checkFound] refuses all but sides.
func (h head) candidates(task Task, conf float32, wanted func(class int) bool, b *best) []candidate {
	b.find(h, conf)
	var cs []candidate
	for i, class := range b.classes {
		if class < 0 || !wanted(int(class)) {
			continue
		}
		c := candidate{conf: b.scores[i], class: int(class), anchor: i}
		if h.form == normalised {
			c.box = boxAround(h.at(0, i)*h.width, h.at(1, i)*h.height, h.at(2, i)*h.width, h.at(3, i)*h.height)
		} else if h.form == rows && task != OBB {
			c.box = Box{h.at(0, i), h.at(1, i), h.at(2, i), h.at(3, i)}
		} else {
			c.box = boxAround(h.at(0, i), h.at(1, i), h.at(2, i), h.at(3, i))
		}
		if task == OBB {
			c.angle = h.at(h.extraColumn()+h.extra-1, i)
		}
		if !(c.box.X1 > c.box.X2 || c.box.Y1 > c.box.Y2) {
			cs = append(cs, c)
		}
	}
	return cs
}

// best is each anchor's highest score and its class, -1 where none is above the
// threshold. The first of equal classes counts.
type best struct {
	scores   []float32
	classes  []int32
	noNumber bool // that a score was NaN or infinite, and passed over
	noClass  bool // that a row above the threshold was of a class that there is not
}

// find reads a head. The memory of the one before is used again.
func (b *best) find(h head, conf float32) {
	b.scores = slices.Grow(b.scores[:0], h.anchors)[:h.anchors]
	b.classes = slices.Grow(b.classes[:0], h.anchors)[:h.anchors]
	scores, classes := b.scores, b.classes
	b.noNumber, b.noClass = false, false
	for i := range classes {
		scores[i], classes[i] = conf, -1
	}
	if h.form == rows || h.form == normalised {
		for i := range classes {
			score, class := h.at(4, i), h.at(5, i)
			b.noNumber = b.noNumber || !(score <= math.MaxFloat32)
			switch {
			case !(score > conf) || !finite(score):
			case class >= 0 && class < float32(h.classLimit()):
				scores[i], classes[i] = score, int32(class)
			default:
				b.noClass = true
			}
		}
		return
	}
	if h.form == classic {
		for i := range classes {
			at := 5 + i*h.anchor
			for c, score := range h.data[at : at+h.classes] {
				score *= h.at(4, i)
				switch {
				case score > scores[i] && score <= math.MaxFloat32:
					scores[i], classes[i] = score, int32(c)
				case !(score <= math.MaxFloat32):
					b.noNumber = true
				}
			}
		}
		return
	}
	// In a raw head the scores of a class lie side by side. Few of them are above
	// conf, so four are looked at at once: with hundreds of classes this decides
	// how long the head takes.
	for c := range h.classes {
		row := h.data[(4+c)*h.column:][:h.anchors]
		i := 0
		for ; i+4 <= len(row); i += 4 {
			if four := row[i : i+4]; !(four[0] <= conf && four[1] <= conf && four[2] <= conf && four[3] <= conf) {
				b.raise(i, four, int32(c))
			}
		}
		b.raise(i, row[i:], int32(c))
	}
}

// classLimit is what the ids of classes are below.
func (h head) classLimit() int {
	if h.classes == 0 {
		return maxClasses
	}
	return h.classes
}

// raise enters the scores of a class, from the anchor first on, where they are higher than those before.
func (b *best) raise(first int, row []float32, class int32) {
	scores, classes := b.scores[first:], b.classes[first:]
	for i, score := range row {
		switch {
		case score > scores[i] && score <= math.MaxFloat32:
			scores[i], classes[i] = score, class
		case !(score <= math.MaxFloat32):
			b.noNumber = true
		}
	}
}
