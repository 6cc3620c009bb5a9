package yolo

import (
	"errors"
	"fmt"
)

// Options are what may differ from request to request. Start from [Defaults]: the zero value
// keeps whatever has a confidence above 0.
type Options struct {
	// ImgSize is the length in pixels of the tensor's longer side, 0 for the
	// model's own size. A static graph takes only its own.
	ImgSize int
	// Conf is the confidence that a detection must exceed, and a class of classify reach.
	Conf float32
	// IoU is the overlap that NMS tolerates.
	IoU float32
	// MaxDet is the greatest number of detections, 300 if below 1.
	MaxDet int
	// Classes are the ids to keep, nil for all; an empty slice keeps none.
	Classes []int
	// AgnosticNMS lets boxes of different classes suppress each other.
	AgnosticNMS bool
	// Suppress asks for NMS where the head or the graph needs none.
	Suppress  bool
	Placement Placement
	// Square pads the input of a dynamic graph to a square (rect=False).
	Square bool
	// Tile is the side in the picture's pixels of tiles to look at besides the
	// whole picture, 0 for none, and TileOverlap the fraction of it that
	// neighbours share.
	Tile        int
	TileOverlap float64
	// MaxInput is how many pixels the network's input may have, 0 for as many as it
	// likes. The model's own size is always allowed.
	MaxInput int
}

// Defaults are the options with which the function answers whoever asks none.
func Defaults() Options { return Options{Conf: 0.3, IoU: 0.3, MaxDet: 300, TileOverlap: 0.2} }

// check refuses what would be answered with nothing, or with everything, without a word.
func (o Options) check(m *Model) error {
	within := func(v, most float64) bool { return v >= 0 && v <= most } // NaN is not
	switch {
	case !within(float64(o.Conf), 1):
		return fmt.Errorf("%w: Conf is %v, and a confidence is from 0 to 1", ErrOption, o.Conf)
	case !within(float64(o.IoU), 1):
		return fmt.Errorf("%w: IoU is %v, and an overlap is from 0 to 1", ErrOption, o.IoU)
	case o.ImgSize < 0 || o.Tile < 0:
		return fmt.Errorf("%w: ImgSize is %d and Tile %d, and neither can be below 0", ErrOption, o.ImgSize, o.Tile)
	case o.Tile > 0 && !within(o.TileOverlap, 0.9):
		return fmt.Errorf("%w: TileOverlap is %v, and a tile's neighbour shares from 0 to 0.9 of it", ErrOption, o.TileOverlap)
	}
	for _, c := range o.Classes {
		if !m.HasClass(c) {
			return fmt.Errorf("%w: Classes has %d, which is no class of the model", ErrOption, c)
		}
	}
	return nil
}

func (o Options) maxDet() int {
	if o.MaxDet < 1 {
		return Defaults().MaxDet
	}
	return o.MaxDet
}

// ErrOption says that an option does not fit the model.
var ErrOption = errors.New("option does not fit the model")

// ErrTooLarge says that an option asks for more than there is memory for.
var ErrTooLarge = errors.New("input too large")

// wanted reports whether a class is to be kept.
func wanted(classes []int) func(int) bool {
	if classes == nil {
		return func(int) bool { return true }
	}
	set := make(map[int]bool, len(classes))
	for _, c := range classes {
		set[c] = true
	}
	return func(class int) bool { return set[class] }
}
