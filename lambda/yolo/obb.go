package yolo

// finishOriented brings the turned box to the picture. One ratio scales both
// sides, so the angle stays.
func finishOriented(d *Detection, c candidate, _ head, _ []Tensor, lb Letterbox) bool {
	o := c.oriented()
	o.CX, o.CY = lb.ToPicture(o.CX, o.CY)
	gx, gy := lb.gains()
	o.W, o.H = float32(float64(o.W)/gx), float32(float64(o.H)/gy)
	around := o.Bounds()
	if !around.finite() {
		return false
	}
	d.Oriented = &o
	d.Box = around.Clip(lb.Picture)
	return true
}
