package yolo

import (
	"fmt"
	"time"
)

// detect reads the outputs of the four tasks that find boxes.
func (m *Model) detect(r *Result, mem *memory, lb Letterbox, o Options) error {
	outputs := mem.outputs
	if len(outputs) == 0 {
		return fmt.Errorf("%w: read output: there is none", ErrOutput)
	}
	start := time.Now()
	h, err := newHead(m.layout, outputs[0])
	if err != nil {
		return err
	}
	h.width, h.height = float32(lb.Tensor.W), float32(lb.Tensor.H)
	maxDet := o.maxDet()
	cs := byConfidence(h.candidates(m.Task, o.Conf, wanted(o.Classes), &mem.best), maxCandidates)
	if err := h.checkFound(cs, &mem.best); err != nil {
		return err
	}
	found := time.Now()
	switch {
	case (m.layout.form == rows || m.layout.form == normalised) && !o.Suppress:
		cs = cs[:min(len(cs), maxDet)]
	case m.Task == OBB:
		cs = rotatedNMS(cs, o.IoU, o.AgnosticNMS, maxDet)
	default:
		cs = nms(cs, o.IoU, o.AgnosticNMS, maxDet)
	}
	r.Speed.Head, r.Speed.NMS = found.Sub(start), time.Since(found)
	if m.Task == Segment {
		if err := checkPrototypes(outputs, h.extra); err != nil {
			return err
		}
		pixels := 0
		for _, c := range cs {
			m := newMask(toPicture(c.box, lb).Clip(lb.Picture), lb)
			pixels += m.W * m.H
		}
		if err := checkMaskPixels(len(cs), pixels); err != nil {
			return err
		}
	}
	r.Detections = make([]Detection, 0, len(cs))
	for _, c := range cs {
		d := Detection{Conf: c.conf, Class: c.class, Box: toPicture(c.box, lb)}
		if h.form != normalised { // Ultralytics leaves RT-DETR's as they are
			d.Box = d.Box.Clip(lb.Picture)
		}
		if m.finish(&d, c, h, outputs, lb) {
			r.Detections = append(r.Detections, d)
		}
	}
	return nil
}

func toPicture(b Box, lb Letterbox) Box {
	b.X1, b.Y1 = lb.ToPicture(b.X1, b.Y1)
	b.X2, b.Y2 = lb.ToPicture(b.X2, b.Y2)
	return b
}

// Each box task completes a detection from the extra columns of its candidate,
// and reports whether to keep it.

// finishBox has nothing to add: the detect task has no extra columns.
func finishBox(*Detection, candidate, head, []Tensor, Letterbox) bool { return true }
