//go:build unix

// Package fence gives tests memory next to pages that must not be touched: what reads or
// writes outside of it dies.
package fence

import (
	"math/rand/v2"
	"os"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Side is where memory lies: right before such a page, or right after one.
type Side bool

const (
	Before Side = true
	After  Side = false
)

// Sides runs a test with its memory on either side, with the same random numbers.
func Sides(t *testing.T, test func(t *testing.T, random *rand.Rand, side Side)) {
	for name, side := range map[string]Side{"before": Before, "after": After} {
		t.Run(name, func(t *testing.T) { test(t, rand.New(rand.NewPCG(1, 2)), side) })
	}
}

// Of is zero memory for n values.
func Of[T any](t *testing.T, n int, side Side) []T {
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
	if side == Before {
		start = end - size
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&m[start])), n)
}

// Copy is a copy of src.
func Copy[T any](t *testing.T, src []T, side Side) []T {
	dst := Of[T](t, len(src), side)
	copy(dst, src)
	return dst
}

// Bytes are n bytes: any, and now and then the greatest alone.
func Bytes(t *testing.T, random *rand.Rand, n int, side Side) []uint8 {
	b := Of[uint8](t, n, side)
	greatest := random.IntN(8) == 0
	for i := range b {
		if b[i] = uint8(random.IntN(256)); greatest {
			b[i] = 255
		}
	}
	return b
}
