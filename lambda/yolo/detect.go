package yolo

// Each box task completes a detection from the extra columns of its candidate,
// and tells whether to keep it.

// finishBox has nothing to add: the detect task has no extra columns.
func finishBox(*Detection, candidate, head, []Tensor, Letterbox) bool { return true }
