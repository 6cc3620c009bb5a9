package yolo

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"slices"

	"github.com/yolambda/yolambda/lambda/internal/inorder"
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
		return nil, fmt.Errorf("%w: tile: a %T has no SubImage; draw it into an image.RGBA", ErrOption, img)
	}
	whole := o
	whole.Tile = 0
	result, err := m.Predict(ctx, img, whole)
	if err != nil {
		return nil, err
	}
	var entire, pieces []tiled
	maskPixels := 0
	for _, d := range result.Detections {
		entire = append(entire, tiled{d, 0})
		maskPixels += d.Mask.pixels()
	}
	single, atOnce, err := m.Abreast(whole)
	if err != nil {
		return nil, err
	}
	type look struct {
		*Result
		err error
	}
	err = inorder.Do(ctx, len(rects), atOnce, func(ctx context.Context, i int) look {
		part, err := single.Predict(ctx, cut.SubImage(rects[i]), whole)
		return look{part, err}
	}, func(i int, part look) error {
		if part.err != nil {
			return part.err
		}
		r := rects[i]
		for _, d := range part.Detections {
			found := tiled{d.shift(r.Min.Sub(b.Min), result.Picture), i + 1}
			if cutOff(found.Box, r.Sub(b.Min), result.Picture) {
				pieces = append(pieces, found)
			} else {
				entire = append(entire, found)
			}
			maskPixels += d.Mask.pixels()
		}
		result.Speed.add(part.Speed)
		return checkMaskPixels(len(entire)+len(pieces), maskPixels)
	})
	if err != nil {
		return nil, err
	}
	result.Detections = merge(entire, pieces, o)
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

// cutOff reports whether a box in a tile ends so close to the tile's edge that the
// thing may go on behind it.
func cutOff(box Box, tile image.Rectangle, picture Size) bool {
	near := float32(max(tile.Dx(), tile.Dy()))/100 + 1
	return tile.Min.X > 0 && box.X1 < float32(tile.Min.X)+near ||
		tile.Min.Y > 0 && box.Y1 < float32(tile.Min.Y)+near ||
		tile.Max.X < picture.W && box.X2 > float32(tile.Max.X)-near ||
		tile.Max.Y < picture.H && box.Y2 > float32(tile.Max.Y)-near
}

// merge keeps one of several looks at the same thing, an entire one before
// pieces that a tile's edge cut off, and the strongest of each. What was seen
// in one look has been told apart by its own NMS.
func merge(entire, pieces []tiled, o Options) []Detection {
	strongest := func(a, b tiled) int { return cmp.Compare(b.Conf, a.Conf) }
	slices.SortStableFunc(entire, strongest)
	slices.SortStableFunc(pieces, strongest)
	// Two looks at a thing agree less than two anchors of one.
	limit := min(o.IoU, 0.5)
	var kept []tiled
next:
	for i, c := range slices.Concat(entire, pieces) {
		if len(kept) == o.maxDet() || i == maxCandidates {
			break
		}
		for _, k := range kept {
			if k.tile == c.tile || !o.AgnosticNMS && k.Class != c.Class {
				continue
			}
			if i < len(entire) && k.overlap(c.Detection) > limit ||
				i >= len(entire) && k.Box.overSmaller(c.Box) > limit {
				continue next
			}
		}
		kept = append(kept, c)
	}
	slices.SortStableFunc(kept, strongest)
	detections := make([]Detection, len(kept))
	for i, k := range kept {
		detections[i] = k.Detection
	}
	return detections
}

// overlap is the IoU of two detections, of oriented boxes ProbIoU.
func (d Detection) overlap(e Detection) float32 {
	iou := d.Box.IoU(e.Box)
	if iou > 0 && d.Oriented != nil && e.Oriented != nil {
		return d.Oriented.ProbIoU(*e.Oriented)
	}
	return iou
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
