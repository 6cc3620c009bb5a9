package annotate

import (
	"fmt"
	"image"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"github.com/yolambda/yolambda/lambda/api"
)

// typeface is the font of the labels, Go Medium: it has Latin, Greek and
// Cyrillic letters; others show as an empty box.
var typeface = sync.OnceValue(func() *opentype.Font {
	f, err := opentype.Parse(gomedium.TTF)
	if err != nil {
		panic("annotate: the embedded font is broken: " + err.Error())
	}
	return f
})

// newFace returns the typeface at a size in pixels. A face is for one
// goroutine at a time.
func newFace(size float64) font.Face {
	face, err := opentype.NewFace(typeface(), &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		panic("annotate: the embedded font is broken: " + err.Error())
	}
	return face
}

// label is a text with its place on the picture.
type label struct {
	text  string
	class int
	rect  image.Rectangle
}

// lettering measures and writes labels at one size.
type lettering struct {
	face font.Face
	pad  int // pixels left and right of the text
}

func newLettering(s style) lettering {
	return lettering{face: newFace(s.font), pad: int(s.font/3 + 0.5)}
}

// size is the size of a label, in pixels.
func (l lettering) size(text string) image.Point {
	m := l.face.Metrics()
	return image.Pt(font.MeasureString(l.face, text).Ceil()+2*l.pad, (m.Ascent+m.Descent).Ceil()+l.pad/2)
}

// write draws a label.
func (l lettering) write(canvas *image.RGBA, what label) {
	ground := colourOf(what.class)
	fill(canvas, what.rect, ground)
	pen := font.Drawer{Dst: canvas, Src: image.NewUniform(textOn(ground)), Face: l.face}
	pen.Dot = fixed.P(what.rect.Min.X+l.pad, what.rect.Min.Y+l.pad/4+l.face.Metrics().Ascent.Ceil())
	pen.DrawString(what.text)
}

// drawLabels writes the detections' labels over everything else. The
// detections are ordered by rising confidence: the surest choose their place
// first and are drawn last.
func drawLabels(canvas *image.RGBA, detections []api.Detection, s style) {
	letters := newLettering(s)
	labels := make([]label, len(detections))
	taken := make([]image.Rectangle, 0, len(detections))
	for i := len(detections) - 1; i >= 0; i-- {
		d := detections[i]
		text := fmt.Sprintf("%s %.2f", d.Cls, d.Conf)
		rect := place(letters.size(text), boxOf(d), canvas.Bounds(), taken)
		labels[i] = label{text: text, class: d.ClsID, rect: rect}
		taken = append(taken, rect)
	}
	for _, l := range labels {
		letters.write(canvas, l)
	}
}

// drawClassification writes the classes one below the other into the
// picture's corner, the most probable first.
func drawClassification(canvas *image.RGBA, classes []api.Class, s style) {
	letters := newLettering(s)
	corner := image.Pt(s.line, s.line)
	for _, c := range classes {
		text := fmt.Sprintf("%s %.2f", c.Cls, c.Conf)
		size := letters.size(text)
		letters.write(canvas, label{text: text, class: c.ClsID, rect: image.Rectangle{Min: corner, Max: corner.Add(size)}})
		corner.Y += size.Y + s.halo
	}
}

// place finds room for a label near its box, inside the picture and apart from
// the labels that have their place already: the first of a few spots that is
// free, or else the one with the least of it taken.
func place(size image.Point, box, picture image.Rectangle, taken []image.Rectangle) image.Rectangle {
	left, right := box.Min.X, box.Max.X-size.X
	above, top := box.Min.Y-size.Y, box.Min.Y
	below, bottom := box.Max.Y, box.Max.Y-size.Y

	var best image.Rectangle
	least := -1
	for _, spot := range []image.Point{
		{left, above}, {left, top}, {right, above}, {right, top},
		{left, below}, {left, bottom}, {right, bottom},
	} {
		r := moveInside(image.Rectangle{Min: spot, Max: spot.Add(size)}, picture)
		if spot.Y == above && r.Min.Y != above {
			continue // no room above; inside at the top comes next
		}
		overlap := 0
		for _, t := range taken {
			o := r.Intersect(t)
			overlap += o.Dx() * o.Dy()
		}
		if least < 0 || overlap < least {
			best, least = r, overlap
		}
		if overlap == 0 {
			break
		}
	}
	return best
}

// moveInside shifts a rectangle into the picture; one that is too large for it
// sticks out to the right or at the bottom.
func moveInside(r, picture image.Rectangle) image.Rectangle {
	shift := func(from, to, least, most int) int {
		return max(least, min(from, most-(to-from))) - from
	}
	return r.Add(image.Pt(
		shift(r.Min.X, r.Max.X, picture.Min.X, picture.Max.X),
		shift(r.Min.Y, r.Max.Y, picture.Min.Y, picture.Max.Y),
	))
}
