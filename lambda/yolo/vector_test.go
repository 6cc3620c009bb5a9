//go:build unix && (amd64 || arm64) && !purego

package yolo

import (
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The loops in vector instructions give what their plain twins give, at lengths around
// and between multiples of the vectors', and touch nothing else.

// fenced is zero memory for n values, right before (or right after) a page that must
// not be touched.
func fenced[T any](t *testing.T, n int, before bool) []T {
	var value T
	page, size := os.Getpagesize(), n*int(unsafe.Sizeof(value))
	start, end := page, page+(size+page-1)/page*page
	m, err := unix.Mmap(-1, 0, end+page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Munmap(m) })
	for _, fence := range [][]byte{m[:start], m[end:]} {
		if err := unix.Mprotect(fence, unix.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	if before {
		start = end - size
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&m[start])), n)
}

func fencedCopy[T any](t *testing.T, src []T, before bool) []T {
	dst := fenced[T](t, len(src), before)
	copy(dst, src)
	return dst
}

// fences runs a test with its memory on either side of the pages.
func fences(t *testing.T, test func(t *testing.T, random *rand.Rand, before bool)) {
	if !hasVectors {
		t.Skip("this CPU lacks the vector instructions")
	}
	for name, before := range map[string]bool{"before": true, "after": false} {
		t.Run(name, func(t *testing.T) { test(t, rand.New(rand.NewPCG(1, 2)), before) })
	}
}

func TestWiden(t *testing.T) {
	fences(t, func(t *testing.T, random *rand.Rand, before bool) {
		for n := 1; n < 100; n++ {
			near, far := fencedCopy(t, randomBytes(random, n), before), fencedCopy(t, randomBytes(random, n), before)
			for _, bias := range [][2]uint16{{8, 7}, {4, 8}} {
				got, want := fenced[uint8](t, 2*n, before), make([]uint8, 2*n)
				widenVector(got, near, far, bias[0], bias[1])
				widenPlain(want, near, far, bias[0], bias[1])
				if !slices.Equal(got, want) {
					t.Fatalf("%d samples, bias %v: %v\nwant %v", n, bias, got, want)
				}
			}
		}
	})
}

// TestFromYCbCrLengths: all colours are in TestYCbCr.
func TestFromYCbCrLengths(t *testing.T) {
	fences(t, func(t *testing.T, random *rand.Rand, before bool) {
		for n := 1; n < 70; n++ {
			luma, cb, cr := fencedCopy(t, randomBytes(random, n), before), fencedCopy(t, randomBytes(random, n), before), fencedCopy(t, randomBytes(random, n), before)
			got, want := fenced[uint8](t, 4*n, before), make([]uint8, 4*n)
			fromYCbCrVector(got, luma, cb, cr)
			fromYCbCrPlain(want, luma, cb, cr)
			for i := range got {
				if i%4 != 3 && got[i] != want[i] {
					t.Fatalf("%d pixels: %d at %d, want %d", n, got[i], i, want[i])
				}
			}
		}
	})
}

func TestResizeRow(t *testing.T) {
	fences(t, func(t *testing.T, random *rand.Rand, before bool) {
		for range 300 {
			n, out := 1+random.IntN(300), 1+random.IntN(60)
			for name, f := range map[string]filter{"pillow": pillow, "openCV": openCV} {
				columns := f.taps(n, out, 0, out).within(n, uint32(f.one()))
				columns.first, columns.weights = fencedCopy(t, columns.first, before), fencedCopy(t, columns.weights, before)
				src := fencedCopy(t, randomBytes(random, 4*n), before)
				got, want := fenced[uint16](t, 4*out, before), make([]uint16, 4*out)
				resizeRowVector(got, src, columns, f.rowRound, f.rowShift)
				resizeRowPlain(want, src, columns, f.rowRound, f.rowShift)
				if !slices.Equal(got, want) {
					t.Fatalf("%s, %d to %d pixels: %v\nwant %v", name, n, out, got, want)
				}
			}
		}
	})
}

func TestAddRow(t *testing.T) {
	fences(t, func(t *testing.T, random *rand.Rand, before bool) {
		for n := 1; n < 70; n++ {
			row := fenced[uint16](t, n, before)
			for i := range row {
				row[i] = uint16(random.Uint32())
			}
			for shift := range uint32(32) {
				weight := random.Uint32() // products and sums wrap, alike in both
				got := fenced[uint32](t, n, before)
				for i := range got {
					got[i] = random.Uint32()
				}
				want := slices.Clone(got)
				addRowVector(got, row, weight, shift)
				addRowPlain(want, row, weight, shift)
				if !slices.Equal(got, want) {
					t.Fatalf("%d samples: %v\nwant %v", n, got, want)
				}
			}
		}
	})
}

// randomBytes are any, and now and then the greatest alone.
func randomBytes(random *rand.Rand, n int) []uint8 {
	b := make([]uint8, n)
	greatest := random.IntN(8) == 0
	for i := range b {
		if b[i] = uint8(random.IntN(256)); greatest {
			b[i] = 255
		}
	}
	return b
}
