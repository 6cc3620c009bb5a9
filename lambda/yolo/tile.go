package yolo

import (
	"context"
	"fmt"
	"image"
)

// maxTiles bounds the runs of the network that one picture may cost.
const maxTiles = 100

// predictTiles looks at the picture as a whole and at overlapping tiles of it,
// so that things which are small in a large picture keep enough pixels. What is
// found more than once is merged by NMS. (Akyon and others, "Slicing Aided Hyper
// Inference", 2022.)
func (m *Model) predictTiles(ctx context.Context, img image.Image, o Options) (*Result, error) {
	b := img.Bounds()
	rects := tiles(b, o.Tile, o.TileOverlap)
	if len(rects) > maxTiles {
		return nil, fmt.Errorf("%w: tile %d would cut the picture into %d tiles, %d are allowed; ask for larger tiles", ErrOption, o.Tile, len(rects), maxTiles)
	}
	cut, ok := img.(interface {
		SubImage(image.Rectangle) image.Image
	})
	if !ok {
		return nil, fmt.Errorf("cut tiles: a %T has no sub-images", img)
	}
	whole := o
	whole.Tile = 0
	result, err := m.Predict(ctx, img, whole)
	if err != nil {
		return nil, err
	}
	var found []tiled
	for _, d := range result.Detections {
		found = append(found, tiled{d, 0})
	}
	for i, r := range rects {
		part, err := m.Predict(ctx, cut.SubImage(r), whole)
		if err != nil {
			return nil, err
		}
		for _, d := range part.Detections {
			found = append(found, tiled{d.shift(r.Min.Sub(b.Min), result.Picture), i + 1})
		}
		result.Speed.Preprocess += part.Speed.Preprocess
		result.Speed.Inference += part.Speed.Inference
		result.Speed.Postprocess += part.Speed.Postprocess
	}
	result.Detections = merge(found, o)
	return result, nil
}

// tiles lays squares of the given side, in pixels, over the bounds, each sharing
// the fraction overlap of its side with the next. The last of a row or column
// reaches the edge. There are none where one would hold the whole picture.
func tiles(bounds image.Rectangle, side int, overlap float64) []image.Rectangle {
	if bounds.Dx() <= side && bounds.Dy() <= side {
		return nil
	}
	var rects []image.Rectangle
	for _, y := range cuts(bounds.Dy(), side, overlap) {
		for _, x := range cuts(bounds.Dx(), side, overlap) {
			rects = append(rects, image.Rect(x[0], y[0], x[1], y[1]).Add(bounds.Min))
		}
	}
	return rects
}

// cuts divides an axis. Tiles start at multiples of 8 pixels, so that the
// samples of subsampled chroma stay with their pixels.
func cuts(length, side int, overlap float64) [][2]int {
	const grid = 8
	step := max(int(float64(side)*(1-overlap))/grid*grid, grid)
	var spans [][2]int
	for start := 0; ; start += step {
		if start+side >= length {
			start = max((length-side)/grid*grid, 0)
			return append(spans, [2]int{start, length})
		}
		spans = append(spans, [2]int{start, start + side})
	}
}

// tiled is a detection and the tile that it was found in, 0 for the picture.
type tiled struct {
	Detection
	tile int
}

// merge keeps the strongest of what overlaps. Between tiles the overlap is
// measured against the smaller box, for a tile's edge may have cut it.
func merge(found []tiled, o Options) []Detection {
	cs := make([]candidate, len(found))
	for i, d := range found {
		cs[i] = candidate{box: d.Box, conf: d.Conf, class: d.Class, anchor: i}
	}
	var kept []Detection
	var boxes []candidate
	cs = byConfidence(cs, len(cs))
next:
	for _, c := range cs {
		if len(kept) == o.maxDet() {
			break
		}
		for _, k := range boxes {
			if !o.AgnosticNMS && k.class != c.class {
				continue
			}
			overlap := k.box.IoU(c.box)
			if found[k.anchor].tile != found[c.anchor].tile {
				overlap = k.box.overSmaller(c.box)
			}
			if overlap > o.IoU {
				continue next
			}
		}
		boxes = append(boxes, c)
		kept = append(kept, found[c.anchor].Detection)
	}
	return kept
}

// shift moves a detection from a tile to the picture.
func (d Detection) shift(by image.Point, picture Size) Detection {
	dx, dy := float32(by.X), float32(by.Y)
	d.Box = Box{d.Box.X1 + dx, d.Box.Y1 + dy, d.Box.X2 + dx, d.Box.Y2 + dy}
	if d.Mask != nil {
		mask := *d.Mask
		mask.Size, mask.Left, mask.Top = picture, mask.Left+by.X, mask.Top+by.Y
		d.Mask = &mask
	}
	for i := range d.Keypoints {
		d.Keypoints[i].X += dx
		d.Keypoints[i].Y += dy
	}
	if d.Oriented != nil {
		oriented := *d.Oriented
		oriented.CX, oriented.CY = oriented.CX+dx, oriented.CY+dy
		d.Oriented = &oriented
	}
	return d
}
