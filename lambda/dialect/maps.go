package dialect

import (
	"bytes"
	"image"
	"image/png"
	"math"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// newSemantic writes down a class map: the classes' areas and their silhouettes, or the
// map as a picture.
func newSemantic(m *yolo.Model, classes *yolo.ClassMap, form api.MaskForm, length *length) (*api.Semantic, error) {
	out := &api.Semantic{Classes: areas(m, classes)}
	if form == api.PNG {
		grey := &image.Gray{Pix: classes.IDs, Stride: classes.Size.W, Rect: image.Rect(0, 0, classes.Size.W, classes.Size.H)}
		out.ClassMap = encodePNG(grey)
		return out, nil
	}
	for i, a := range out.Classes {
		if mask := classes.Mask(value(m, a.ClsID)); mask != nil {
			out.Classes[i].Mask = newMask(mask, form)
		}
		if err := length.addMask(out.Classes[i].Mask); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// value is what stands for a class in a class map: its id, but 1 for the only class,
// which everything else is told from.
func value(m *yolo.Model, class int) int {
	if m.Classes == 1 {
		return 1
	}
	return class
}

// areas are the classes that some pixel has; none of a model without a class map.
func areas(m *yolo.Model, classes *yolo.ClassMap) []api.Area {
	out := []api.Area{}
	if classes == nil {
		return out
	}
	pixels := classes.Pixels()
	for id := range m.Classes {
		if n := pixels[value(m, id)]; n > 0 {
			out = append(out, api.Area{Cls: m.Name(id), ClsID: id, Pixels: n, Share: float64(n) / float64(len(classes.IDs))})
		}
	}
	return out
}

// newDepth writes down distances.
func newDepth(d *yolo.DepthMap, form api.MaskForm) *api.Depth {
	out := &api.Depth{}
	out.Min, out.Max, out.Mean = d.Range()
	if form != api.PNG {
		return out
	}
	least, most := float64(d.Metres[0]), float64(d.Metres[0])
	for _, v := range d.Metres {
		least, most = min(least, float64(v)), max(most, float64(v))
	}
	scale := (most - least) / math.MaxUint16
	grey := image.NewGray16(image.Rect(0, 0, d.Size.W, d.Size.H))
	for i, v := range d.Metres {
		n := uint16(0)
		if scale > 0 {
			n = uint16(math.Round((float64(v) - least) / scale))
		}
		grey.Pix[2*i], grey.Pix[2*i+1] = byte(n>>8), byte(n)
	}
	out.Map = &api.DepthMap{PNG: encodePNG(grey), Offset: least, Scale: scale}
	return out
}

func encodePNG(img image.Image) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, img) // to memory, and of a size that PNG knows: this can't fail
	return b.Bytes()
}
