package yolo

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mask draws a Mask at (2, 1) of a picture of 10 x 8.
func mask(lines ...string) *Mask {
	m := &Mask{Size: Size{H: 8, W: 10}, Left: 2, Top: 1, W: len(lines[0]), H: len(lines)}
	for _, c := range strings.Join(lines, "") {
		m.Bits = append(m.Bits, c == '#')
	}
	return m
}

// The wanted polygons are OpenCV's findContours(RETR_EXTERNAL,
// CHAIN_APPROX_SIMPLE), turned to start at the top left pixel; the wanted counts
// are pycocotools' encode().
func TestMask(t *testing.T) {
	for _, tt := range []struct {
		name     string
		mask     *Mask
		polygons [][]Point
		counts   string
	}{
		{"empty", mask("...", "..."), nil, "`2"},
		{"one pixel", mask("...", ".#.", "..."), [][]Point{{{3, 2}}}, "j01e1"},
		{"square", mask("##", "##"), [][]Point{{{2, 1}, {3, 1}, {3, 2}, {2, 2}}}, "a0260_1"},
		{"line", mask("###"), [][]Point{{{2, 1}, {4, 1}}}, "a017000W1"},
		{"two parts, the larger first", mask("#..", "...", ".##"), [][]Point{{{3, 3}, {4, 3}}, {{2, 1}}}, "a0190N0U1"},
		{"a hole is filled", mask("###", "#.#", "###"), [][]Point{{{2, 1}, {4, 1}, {4, 3}, {2, 3}}}, "a035NL042W1"},
		{"a spike is walked twice", mask("###.", "#...", "##.."), [][]Point{{{2, 1}, {4, 1}, {3, 1}, {2, 2}, {3, 3}, {2, 3}}}, "a035NL040Y1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.polygons, tt.mask.Polygons()); d != "" {
				t.Errorf("polygons (-want +got):\n%s", d)
			}
			if got := tt.mask.RLE(); got.Counts != tt.counts {
				t.Errorf("counts %q, want %q", got.Counts, tt.counts)
			}
		})
	}
}

// TestMaskOfBlobs draws random silhouettes: the polygons, filled, are the mask
// without its holes, and the run lengths are the mask itself.
func TestMaskOfBlobs(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 400 {
		m := blob(random)
		checkMask(t, m)
		if got, want := fill(m), withoutHoles(m); !slices.Equal(got, want) {
			t.Fatalf("silhouette %d of %d x %d at (%d, %d): the filled polygons differ\n%s\nmask\n%s", i, m.W, m.H, m.Left, m.Top, sketch(got, m.W), sketch(m.Bits, m.W))
		}
	}
}

// blob is a mask of random size and place, from sparse dots to all but full.
func blob(random *rand.Rand) *Mask {
	m := &Mask{W: 1 + random.IntN(14), H: 1 + random.IntN(14), Left: random.IntN(3), Top: random.IntN(3)}
	m.Size = Size{H: m.Top + m.H + random.IntN(3), W: m.Left + m.W + random.IntN(3)}
	m.Bits = make([]bool, m.W*m.H)
	density := random.Float64()
	for i := range m.Bits {
		m.Bits[i] = random.Float64() < density
	}
	return m
}

// checkMask checks that the run lengths decode to the mask, that its area is
// right, and that the polygons run over its pixels.
func checkMask(t *testing.T, m *Mask) {
	t.Helper()
	rle := m.RLE()
	bits := decodeRLE(rle)
	if len(bits) != m.Size.H*m.Size.W {
		t.Fatalf("%d run lengths for a picture of %v", len(bits), m.Size)
	}
	area := 0
	for i, bit := range bits {
		x, y := i/m.Size.H, i%m.Size.H // down the columns
		if bit != m.At(x, y) {
			t.Fatalf("pixel (%d, %d) is %v in the run lengths %q", x, y, bit, rle.Counts)
		}
		if bit {
			area++
		}
	}
	if m.Area() != area {
		t.Errorf("area %d, want %d", m.Area(), area)
	}
	for _, polygon := range m.Polygons() {
		for _, p := range polygon {
			if !m.At(int(p.X), int(p.Y)) {
				t.Errorf("the polygon's point %v is outside the mask", p)
			}
		}
	}
}

// decodeRLE is rleFrString of the COCO API, and the decoding of its counts.
func decodeRLE(r RLE) []bool {
	var counts []int
	for text := r.Counts; text != ""; {
		n, shift := 0, 0
		for more := true; more; {
			c := int(text[0]) - '0'
			text = text[1:]
			n |= (c & 0x1f) << shift
			shift += 5
			more = c&0x20 != 0
			if !more && c&0x10 != 0 {
				n |= -1 << shift
			}
		}
		if len(counts) > 2 {
			n += counts[len(counts)-2]
		}
		counts = append(counts, n)
	}
	var bits []bool
	for i, n := range counts {
		bits = append(bits, slices.Repeat([]bool{i%2 == 1}, n)...)
	}
	return bits
}

// fill tells which of the mask's pixels have their centre within or on one of
// its polygons.
func fill(m *Mask) []bool {
	bits := make([]bool, len(m.Bits))
	for _, polygon := range m.Polygons() {
		for i := range bits {
			if within(polygon, float32(m.Left+i%m.W), float32(m.Top+i/m.W)) {
				bits[i] = true
			}
		}
	}
	return bits
}

// within casts a ray to the right; a point on an edge is within.
func within(polygon []Point, x, y float32) bool {
	inside := false
	for i, b := range polygon {
		a := polygon[(i+len(polygon)-1)%len(polygon)]
		cross := (b.X-a.X)*(y-a.Y) - (b.Y-a.Y)*(x-a.X)
		if cross == 0 && x >= min(a.X, b.X) && x <= max(a.X, b.X) && y >= min(a.Y, b.Y) && y <= max(a.Y, b.Y) {
			return true
		}
		if (a.Y > y) != (b.Y > y) && x < a.X+(y-a.Y)*(b.X-a.X)/(b.Y-a.Y) {
			inside = !inside
		}
	}
	return inside
}

// withoutHoles fills what can't be reached from outside by steps to the four
// neighbours.
func withoutHoles(m *Mask) []bool {
	w, h := m.W+2, m.H+2 // a free border around
	outside := make([]bool, w*h)
	stack := []int{0}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		x, y := i%w, i/w
		if outside[i] || m.inside(x-1, y-1) {
			continue
		}
		outside[i] = true
		for _, d := range [4][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
			if nx, ny := x+d[0], y+d[1]; nx >= 0 && nx < w && ny >= 0 && ny < h {
				stack = append(stack, ny*w+nx)
			}
		}
	}
	bits := make([]bool, len(m.Bits))
	for i := range bits {
		bits[i] = !outside[(i/m.W+1)*w+i%m.W+1]
	}
	return bits
}

func sketch(bits []bool, w int) string {
	var b strings.Builder
	for i, bit := range bits {
		if bit {
			b.WriteByte('#')
		} else {
			b.WriteByte('.')
		}
		if i%w == w-1 {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
