package picture

import (
	"encoding/binary"
	"image"
	"runtime"
	"sync/atomic"

	"github.com/yolambda/yolambda/lambda/internal/chroma"
	"github.com/yolambda/yolambda/lambda/internal/hugepage"
	"github.com/yolambda/yolambda/lambda/internal/parallel"
	"github.com/yolambda/yolambda/lambda/internal/rgba"
)

// upright undoes an EXIF orientation of 2 to 8. YCbCr comes with its chroma at full
// size: libjpeg's upsampling rounds by direction, so that only planes upsampled as they
// are stored, and turned then, have the pixels of a reader that turns RGB.
func upright(img image.Image, orientation int) image.Image {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	size := image.Pt(w, h)
	if orientation >= 5 {
		size = image.Pt(h, w)
	}
	switch m := img.(type) {
	case *image.Gray:
		up := rgba.NewGray(size.X, size.Y)
		turn(up.Pix, up.Stride, m.Pix, m.Stride, w, h, 1, orientation)
		return up
	case *image.RGBA:
		up := rgba.New(size.X, size.Y)
		turn(up.Pix, up.Stride, m.Pix, m.Stride, w, h, 4, orientation)
		return up
	case *image.YCbCr:
		up := image.NewYCbCr(image.Rectangle{Max: size}, image.YCbCrSubsampleRatio444)
		for _, plane := range [][]byte{up.Y, up.Cb, up.Cr} {
			hugepage.Advise(plane)
		}
		turnYCbCr(up, m, orientation)
		return up
	}
	return img
}

// turnYCbCr writes the upright picture into up, whose chroma is not subsampled, in bands
// of rows on all CPUs.
func turnYCbCr(up, m *image.YCbCr, orientation int) {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	const rows = turnTile // of a band
	var next atomic.Int64
	parallel.Do(min(runtime.GOMAXPROCS(0), (h+rows-1)/rows), func(int) {
		cb, cr := make([]byte, rows*w), make([]byte, rows*w)
		var r chroma.Reader
		r.Open(m)
		for top := int(next.Add(rows)) - rows; top < h; top = int(next.Add(rows)) - rows {
			n := min(rows, h-top)
			for y := range n {
				_, blue, red := r.Row(top + y)
				copy(cb[y*w:][:w], blue)
				copy(cr[y*w:][:w], red)
			}
			at := bandOffset(up.CStride, top, n, h, orientation)
			turn(up.Y[at:], up.YStride, m.Y[top*m.YStride:], m.YStride, w, n, 1, orientation)
			turn(up.Cb[at:], up.CStride, cb, w, w, n, 1, orientation)
			turn(up.Cr[at:], up.CStride, cr, w, w, n, 1, orientation)
		}
	})
}

// bandOffset is where, in the upright plane, the n rows from top on of the h rows of a
// stored plane start: as rows or columns, from the first or from the last on.
func bandOffset(stride, top, n, h, orientation int) int {
	switch orientation {
	case 3, 4, 6, 7:
		top = h - top - n
	}
	if orientation < 5 {
		return top * stride
	}
	return top
}

// turnTile is the side of the tiles in which planes are turned, so that the columns of
// a tile stay in the cache.
const turnTile = 64

// walk is a way through a stored plane: where it starts, and how many bytes further the
// next pixel and the next row of the upright plane are.
type walk struct{ origin, dx, dy int }

// walkOf is the way through a plane of w x h pixels of n bytes each.
func walkOf(stride, w, h, n, orientation int) walk {
	right, bottom := (w-1)*n, (h-1)*stride
	switch orientation {
	case 2:
		return walk{right, -n, stride}
	case 3:
		return walk{right + bottom, -n, -stride}
	case 4:
		return walk{bottom, n, -stride}
	case 5:
		return walk{0, stride, n}
	case 6:
		return walk{bottom, -stride, n}
	case 7:
		return walk{right + bottom, -stride, -n}
	case 8:
		return walk{right, stride, -n}
	}
	return walk{0, n, stride}
}

// turn writes a plane of w x h pixels of n bytes each upright into dst.
func turn(dst []byte, dstStride int, src []byte, stride, w, h, n, orientation int) {
	from := walkOf(stride, w, h, n, orientation)
	uw, uh := w, h
	if orientation >= 5 {
		uw, uh = h, w
	}
	for ty := 0; ty < uh; ty += turnTile {
		for tx := 0; tx < uw; tx += turnTile {
			width, height := min(turnTile, uw-tx), min(turnTile, uh-ty)
			out, at := dst[ty*dstStride+tx*n:], walk{from.origin + ty*from.dy + tx*from.dx, from.dx, from.dy}
			if n == 1 && orientation >= 5 && width == turnTile && height == turnTile {
				transposeTile(out, dstStride, src, at)
			} else {
				turnTilePlain(out, dstStride, src, width, height, n, at)
			}
		}
	}
}

// turnTilePlain writes width x height pixels pixel by pixel.
func turnTilePlain(dst []byte, dstStride int, src []byte, width, height, n int, from walk) {
	for y := range height {
		at := from.origin + y*from.dy
		row := dst[y*dstStride:][:width*n]
		if n == 1 {
			for i := range row {
				row[i] = src[at]
				at += from.dx
			}
			continue
		}
		for ; len(row) > 0; row = row[n:] {
			copy(row[:n], src[at:])
			at += from.dx
		}
	}
}

// transposeTile is turnTilePlain for a whole tile of bytes whose rows are columns in src,
// so that dy is 1 or -1: 8x8 bytes at a time.
func transposeTile(dst []byte, dstStride int, src []byte, from walk) {
	for y := 0; y < turnTile; y += 8 {
		for x := 0; x < turnTile; x += 8 {
			at := from.origin + y*from.dy + x*from.dx
			if from.dy < 0 {
				at -= 7 // the first of 8 bytes in a row of src
			}
			var m [8]uint64
			for i := range m {
				m[i] = binary.LittleEndian.Uint64(src[at+i*from.dx:])
			}
			transpose8(&m)
			for i, v := range m {
				if from.dy < 0 {
					i = 7 - i
				}
				binary.LittleEndian.PutUint64(dst[(y+i)*dstStride+x:], v)
			}
		}
	}
}

// transpose8 exchanges rows and columns of 8x8 bytes, the first of a row the lowest: in
// blocks of 4x4, of 2x2, and of single bytes.
func transpose8(m *[8]uint64) {
	for _, step := range [3]struct {
		rows  int
		shift uint
		mask  uint64 // the first of two blocks in a row
	}{{4, 32, 0x00000000ffffffff}, {2, 16, 0x0000ffff0000ffff}, {1, 8, 0x00ff00ff00ff00ff}} {
		for i := range 8 {
			if i&step.rows != 0 {
				continue
			}
			a, b := m[i], m[i+step.rows]
			m[i] = a&step.mask | b&step.mask<<step.shift
			m[i+step.rows] = a>>step.shift&step.mask | b&^step.mask
		}
	}
}
