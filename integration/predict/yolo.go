package predict

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"

	"github.com/yolambda/yolambda/lambda/api"
)

// visible is the least confidence at which a key point counts as seen.
const visible = 0.5

// yoloLabel writes a line a detection, as Ultralytics trains with: the class's id, then the
// box's centre and size, the outline of its mask, the box and the key points, or the
// corners of the oriented box, all as fractions of the picture's sides.
func yoloLabel(r *api.Response) ([]byte, error) {
	var b bytes.Buffer
	w, h := float64(r.Image.Width), float64(r.Image.Height)
	number := func(v float64) { fmt.Fprintf(&b, " %.6g", v) }
	at := func(x, y float64) { number(x / w); number(y / h) }
	for _, d := range r.Detections {
		fmt.Fprint(&b, d.ClsID)
		switch {
		case d.Mask != nil || d.OBB != nil:
			parts := outlines(d)
			if len(parts) == 0 {
				x1, y1, x2, y2 := float64(d.Box[0]), float64(d.Box[1]), float64(d.Box[2]), float64(d.Box[3])
				parts = [][][2]float64{{{x1, y1}, {x2, y1}, {x2, y2}, {x1, y2}}}
			}
			for _, p := range joined(parts) {
				at(p[0], p[1])
			}
		default:
			x1, y1, x2, y2 := float64(d.Box[0]), float64(d.Box[1]), float64(d.Box[2]), float64(d.Box[3])
			at((x1+x2)/2, (y1+y2)/2)
			at(x2-x1, y2-y1)
			for _, k := range d.Keypoints {
				at(float64(k.X), float64(k.Y))
				number(float64(visibility(k)))
			}
		}
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}

// visibility is a key point's in COCO's numbers: 2 seen, 1 hidden.
func visibility(k api.Keypoint) int {
	if k.Conf != nil && *k.Conf < visible {
		return 1
	}
	return 2
}

// newClassList writes classes.txt among the labels: the model's class names in the order of
// their ids, without which the ids say nothing.
func (j *Job) newClassList(ctx context.Context) (Writer, error) {
	model, err := j.describe(ctx)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for i, id := range model.ids() {
		if i != id {
			return nil, fmt.Errorf("write the list of classes: the model's ids have a gap before %d", id)
		}
		fmt.Fprintln(&b, model.Names[id])
	}
	if b.Len() > 0 { // an old function does not tell
		err = j.files.write(filepath.Join(j.Output.Labels, "classes.txt"), "the list of classes", b.Bytes())
	}
	return nowhere{}, err
}
