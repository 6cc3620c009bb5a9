package yolo

// Keypoint is one point of a pose, in the picture's pixels.
type Keypoint struct {
	Point
	// Visibility is in [0, 1]; 1 where the model does not tell.
	Visibility float32
}

// finishKeypoints reads K times x, y and perhaps visibility.
func (m *Model) finishKeypoints(d *Detection, c candidate, h head, _ []Tensor, lb Letterbox) bool {
	count, dims := m.KeypointShape[0], m.KeypointShape[1]
	d.Keypoints = make([]Keypoint, count)
	for k := range d.Keypoints {
		column := h.extraColumn() + k*dims
		x, y := lb.ToPicture(h.at(column, c.anchor), h.at(column+1, c.anchor))
		p := Keypoint{Point: Point{clipTo(x, lb.Picture.W), clipTo(y, lb.Picture.H)}, Visibility: 1}
		if dims == 3 {
			p.Visibility = h.at(column+2, c.anchor)
		}
		d.Keypoints[k] = p
	}
	return true
}
