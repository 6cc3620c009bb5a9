package yolo

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// The loops that may be in vector instructions give what their plain twins give, at
// lengths around and between multiples of the vectors', and write nothing else.

func TestWiden(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for n := 1; n < 100; n++ {
		near, far := randomBytes(random, n), randomBytes(random, n)
		for _, bias := range [][2]uint16{{8, 7}, {4, 8}} {
			got, want := randomBytes(random, 2*n+40), make([]uint8, 2*n+40)
			copy(want, got)
			widen(got[:2*n], near, far, bias[0], bias[1])
			widenPlain(want[:2*n], near, far, bias[0], bias[1])
			if !slices.Equal(got, want) {
				t.Fatalf("%d samples, bias %v: %v\nwant %v", n, bias, got, want)
			}
		}
	}
}

func TestFromYCbCrLengths(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	for n := range 70 {
		luma, cb, cr := randomBytes(random, n), randomBytes(random, n), randomBytes(random, n)
		got, want := make([]uint8, 4*n+40), make([]uint8, 4*n+40)
		fromYCbCr(got[:4*n], luma, cb, cr)
		fromYCbCrPlain(want[:4*n], luma, cb, cr)
		for i := range got {
			if (i%4 != 3 || i >= 4*n) && got[i] != want[i] {
				t.Fatalf("%d pixels: %d at %d, want %d", n, got[i], i, want[i])
			}
		}
	}
}

func TestResizeRow(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	for range 400 {
		n, out := 1+random.IntN(300), 1+random.IntN(60)
		for name, f := range map[string]filter{"pillow": pillow, "openCV": openCV} {
			columns := f.taps(n, out, 0, out).within(n, uint32(f.one()))
			src := randomBytes(random, 4*n)
			got, want := make([]uint16, 4*out+40), make([]uint16, 4*out+40)
			resizeRow(got[:4*out], src, columns, f.rowRound, f.rowShift)
			resizeRowPlain(want[:4*out], src, columns, f.rowRound, f.rowShift)
			if !slices.Equal(got, want) {
				t.Fatalf("%s, %d to %d pixels: %v\nwant %v", name, n, out, got, want)
			}
		}
	}
}

func TestAddRow(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 4))
	for n := range 70 {
		row := make([]uint16, n)
		for i := range row {
			row[i] = uint16(random.IntN(255<<7 + 1))
		}
		for _, shift := range []uint32{0, 16} {
			weight := random.Uint32N(1<<11 + 1)
			got := make([]uint32, n+20)
			for i := range got {
				got[i] = random.Uint32N(1 << 20)
			}
			want := slices.Clone(got)
			addRow(got[:n], row, weight, shift)
			addRowPlain(want[:n], row, weight, shift)
			if !slices.Equal(got, want) {
				t.Fatalf("%d samples: %v\nwant %v", n, got, want)
			}
		}
	}
}

func randomBytes(random *rand.Rand, n int) []uint8 {
	b := make([]uint8, n)
	for i := range b {
		b[i] = uint8(random.IntN(256))
	}
	return b
}
