package yolo

// Polygons are the outlines of the mask's parts, the largest part first, each a
// closed polygon through the centres of the part's outermost pixels, as OpenCV's
// findContours gives with RETR_EXTERNAL and CHAIN_APPROX_SIMPLE: filling it
// (fillPoly) brings the part back. Holes are not told. The points are the
// picture's pixels.
func (m *Mask) Polygons() [][]Point {
	var polygons [][]Point
	largest := 0
	seen := make([]bool, len(m.Bits))
	for i, bit := range m.Bits {
		if !bit || seen[i] {
			continue
		}
		// The first pixel of a part in reading order lies on its outline.
		area := m.flood(i, seen)
		polygon := m.trace(i)
		if area > largest {
			largest = area
			polygons = append([][]Point{polygon}, polygons...)
		} else {
			polygons = append(polygons, polygon)
		}
	}
	return polygons
}

// neighbours are the eight steps around a pixel, clockwise from the right.
var neighbours = [8]struct{ x, y int }{{1, 0}, {1, 1}, {0, 1}, {-1, 1}, {-1, 0}, {-1, -1}, {0, -1}, {1, -1}}

func (m *Mask) inside(x, y int) bool {
	return x >= 0 && x < m.W && y >= 0 && y < m.H && m.Bits[y*m.W+x]
}

// flood marks the part that holds pixel i, and counts its pixels.
func (m *Mask) flood(i int, seen []bool) int {
	seen[i] = true
	stack, area := []int{i}, 0
	for len(stack) > 0 {
		i = stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		area++
		for _, d := range neighbours {
			x, y := i%m.W+d.x, i/m.W+d.y
			if k := y*m.W + x; m.inside(x, y) && !seen[k] {
				seen[k] = true
				stack = append(stack, k)
			}
		}
	}
	return area
}

// trace follows the outline from pixel start clockwise (Moore neighbours) and
// keeps the points where it turns.
func (m *Mask) trace(start int) []Point {
	x0, y0 := start%m.W, start/m.W
	// The pixel to the left of the first is outside, so the search starts there.
	first, ok := m.next(x0, y0, 4)
	point := func(x, y int) Point { return Point{float32(m.Left + x), float32(m.Top + y)} }
	if !ok {
		return []Point{point(x0, y0)} // a single pixel
	}
	var polygon []Point
	x, y, direction, last := x0, y0, first, -1
	for {
		if direction != last {
			polygon = append(polygon, point(x, y))
		}
		x, y, last = x+neighbours[direction].x, y+neighbours[direction].y, direction
		// Look on from the pixel that was seen to be outside before this step.
		direction, _ = m.next(x, y, (direction+5)%8)
		if x == x0 && y == y0 && direction == first {
			break
		}
	}
	return polygon
}

// next finds the direction of the first pixel inside, clockwise around (x, y)
// from the direction given.
func (m *Mask) next(x, y, from int) (direction int, ok bool) {
	for i := range 8 {
		d := (from + i) % 8
		if m.inside(x+neighbours[d].x, y+neighbours[d].y) {
			return d, true
		}
	}
	return 0, false
}
