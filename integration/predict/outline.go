package predict

import (
	"fmt"
	"slices"

	"github.com/yolambda/yolambda/lambda/api"
)

// outlines are those of a detection, in pixels of the upright picture: of its mask's parts that
// enclose something, as readers take two points for a box, or of its oriented box. One that has
// neither has none.
func outlines(d api.Detection) (all [][][2]float64) {
	switch {
	case d.Mask != nil:
		for _, polygon := range d.Mask.Polygons {
			if len(polygon) < 3 {
				continue
			}
			var outline [][2]float64
			for _, p := range polygon {
				outline = append(outline, [2]float64{float64(p[0]), float64(p[1])})
			}
			all = append(all, outline)
		}
	case d.OBB != nil:
		var outline [][2]float64
		for _, c := range d.OBB.Corners {
			outline = append(outline, [2]float64{float64(c[0]), float64(c[1])})
		}
		all = append(all, outline)
	}
	return all
}

// joined makes one outline of several: a way leads from where one comes nearest to the next,
// round that, and back.
func joined(parts [][][2]float64) [][2]float64 {
	outline := parts[0]
	for _, part := range parts[1:] {
		from, to := nearest(outline, part)
		var detour [][2]float64
		for i := range len(part) + 1 {
			detour = append(detour, part[(to+i)%len(part)])
		}
		outline = slices.Insert(outline, from+1, append(detour, outline[from])...)
	}
	return outline
}

// nearest are the points of two outlines that are closest to each other.
func nearest(a, b [][2]float64) (atA, atB int) {
	least := -1.
	for i, p := range a {
		for k, q := range b {
			dx, dy := p[0]-q[0], p[1]-q[1]
			if d := dx*dx + dy*dy; least < 0 || d < least {
				least, atA, atB = d, i, k
			}
		}
	}
	return atA, atB
}

// keypointName is what the function calls a key point, or its place among those of its detection.
func keypointName(k api.Keypoint, i int) string {
	if k.Name == "" {
		return fmt.Sprint(i)
	}
	return k.Name
}
