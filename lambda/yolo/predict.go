package yolo

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"
)

// Predict looks at one picture, which is upright: an [image.Image] holds no EXIF orientation. The error wraps ErrOption or ErrTooLarge where the caller
// can mend it, and the context's where its deadline ended the run.
func (m *Model) Predict(ctx context.Context, img image.Image, o Options) (*Result, error) {
	picture := Size{H: img.Bounds().Dy(), W: img.Bounds().Dx()}
	if picture.H < 1 || picture.W < 1 {
		return nil, fmt.Errorf("%w: the picture is empty", ErrOption)
	}
	if err := o.check(m); err != nil {
		return nil, err
	}
	if o.Tile > 0 && m.boxes() {
		return m.predictTiles(ctx, img, o)
	}
	lb, err := m.letterbox(picture, o)
	if err != nil {
		return nil, err
	}
	if err := m.checkTensor(lb.Tensor, o.MaxInput); err != nil {
		return nil, err
	}

	start := time.Now()
	mem := m.newMemory(lb.Tensor)
	defer m.keep(mem)
	filter := pillow
	if o.Placement == Center && m.Task != Classify {
		filter = openCV
	}
	fillTensor(mem.input.Data, img, lb, filter)

	ready := time.Now()
	outputs, err := m.runner.Run(ctx, mem.input, mem.outputs)
	if err != nil && ctx.Err() == nil && m.Fixed == (Size{}) && !errors.Is(err, ErrClosed) {
		return nil, fmt.Errorf("%w: it leaves the size of its input open, but does not run on %d x %d pixels (height x width); export it with the size that it takes: %w",
			ErrOutput, lb.Tensor.H, lb.Tensor.W, err)
	}
	if err != nil {
		return nil, fmt.Errorf("run model: %w", err)
	}
	mem.outputs = outputs

	ran := time.Now()
	result := &Result{Picture: picture}
	if err := m.examine(outputs, lb.Tensor); err != nil {
		return nil, err
	}
	switch m.Task {
	case Classify:
		err = m.classify(result, outputs, o)
	case Semantic:
		err = m.classMap(result, outputs, lb, o)
	case Depth:
		err = m.depthMap(result, outputs, lb)
	default:
		err = m.detect(result, mem, lb, o)
	}
	if err != nil {
		return nil, err
	}
	result.Speed.Preprocess, result.Speed.Inference = ready.Sub(start), ran.Sub(ready)
	result.Speed.Postprocess = time.Since(ran)
	return result, nil
}

// checkTensor refuses an input of more pixels than limit or, where that is 0, than any
// function has memory for.
func (m *Model) checkTensor(s Size, limit int) error {
	if limit == 0 {
		limit = maxInput
	}
	limit = max(limit, m.batch*m.ImgSize.H*m.ImgSize.W)
	if n := m.batch * s.H * s.W; n > limit {
		return fmt.Errorf("%w: imgsz makes an input of %d x %d pixels (height x width), %.1f million; the memory here allows %.1f million: ask for a smaller imgsz",
			ErrTooLarge, s.H, s.W, float64(n)/1e6, float64(limit)/1e6)
	}
	return nil
}

// letterbox chooses the geometry for one picture.
func (m *Model) letterbox(picture Size, o Options) (Letterbox, error) {
	size := m.ImgSize
	if o.ImgSize > 0 {
		if o.ImgSize > maxInputSide {
			return Letterbox{}, fmt.Errorf("%w: imgsz %d is above %d", ErrOption, o.ImgSize, maxInputSide)
		}
		if m.Fixed != (Size{}) && o.ImgSize != max(size.H, size.W) {
			return Letterbox{}, fmt.Errorf("%w: imgsz %d: this model takes %d x %d (height x width) only",
				ErrOption, o.ImgSize, size.H, size.W)
		}
		if m.Fixed == (Size{}) {
			side := roundUp(o.ImgSize, m.Stride)
			size = Size{side, side}
		}
	}
	if m.Task == Classify {
		return newCenterCrop(picture, size), nil
	}
	if m.stretches() {
		return newStretch(picture, size, o.Placement), nil
	}
	f := fit{size: size, square: o.Square, placement: o.Placement}
	if m.Fixed == (Size{}) {
		f.multiple = m.Stride
	}
	if m.EndToEnd {
		f.minAnchors = 300 // the k of the TopK in the graph
	}
	return newLetterbox(picture, f), nil
}

// boxes reports whether the model finds boxes.
func (m *Model) boxes() bool {
	return m.Task != Classify && m.Task != Semantic && m.Task != Depth
}

// stretches reports whether the picture fills the tensor, its shape given up, as
// Ultralytics does for RT-DETR and depth, and where the file says so.
func (m *Model) stretches() bool {
	return m.Stretched || m.Task == Depth || m.layout.form == normalised
}
