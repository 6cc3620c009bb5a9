package tiff

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// layout is the blocks, strips or tiles, that a page is cut into.
type layout struct {
	width, height int      // pixels of a block; the last strip may be lower
	across, down  int      // how many there are; of each plane, if planes are separate
	data          [][]byte // of each, row by row, plane by plane
}

// readLayout finds the blocks. Blocks that together are larger than the file must
// overlap: a few bytes that are to be decoded again and again. A block may stick out of
// the picture, but all together may not be much larger than it.
func (f *File) readLayout(limits Limits) error {
	l := &f.layout
	l.width, l.height = f.Width, f.value(tagRowsPerStrip, f.Height)
	if l.height <= 0 || l.height > f.Height {
		l.height = f.Height
	}
	offsets, counts := f.values(tagStripOffsets), f.values(tagStripByteCounts)
	if tiles := f.values(tagTileOffsets); tiles != nil {
		l.width, l.height = f.value(tagTileWidth, 0), f.value(tagTileHeight, 0)
		offsets, counts = tiles, f.values(tagTileByteCounts)
	}
	if l.width <= 0 || l.height <= 0 || l.width > limits.Side || l.height > limits.Side {
		return fmt.Errorf("its blocks have %dx%d pixels", l.width, l.height)
	}
	l.across, l.down = (f.Width+l.width-1)/l.width, (f.Height+l.height-1)/l.height
	n := l.across * l.down
	// Tiles of up to 2048x2048 pixels may hold a small picture.
	if area := n * l.width * l.height; area > 4*f.Width*f.Height+2048*2048 {
		return fmt.Errorf("its blocks of %dx%d pixels are much larger than the picture", l.width, l.height)
	}
	if f.planar {
		n *= f.samples
	}
	if len(offsets) < n {
		return io.ErrUnexpectedEOF
	}
	return f.readBlocks(offsets[:n], counts)
}

// readBlocks cuts the blocks out of the file. Where their lengths are missing, one ends
// where the next begins, and what is not compressed has a length of its own.
func (f *File) readBlocks(offsets, counts []int) error {
	sorted := slices.Sorted(slices.Values(offsets))
	size, total := len(f.data), 0
	for i, offset := range offsets {
		if offset < 0 || offset >= size {
			return io.ErrUnexpectedEOF
		}
		end := size
		switch {
		case f.compression == uncompressed:
			end = offset + f.blockSize(i)
			if end > size {
				return io.ErrUnexpectedEOF
			}
		case i < len(counts) && counts[i] > 0:
			end = min(offset+min(counts[i], size), size)
		default:
			if next, _ := slices.BinarySearch(sorted, offset+1); next < len(sorted) {
				end = sorted[next]
			}
		}
		if total += end - offset; total > size {
			return errors.New("its blocks overlap")
		}
		f.layout.data = append(f.layout.data, f.data[offset:end])
	}
	if claimed := len(offsets) * f.rowSize() * f.rowsOf(f.layout.height); f.compression != uncompressed && claimed > total*f.bestRatio() {
		return io.ErrUnexpectedEOF // it would cost the memory of what it claims
	}
	return nil
}

// bestRatio is how many bytes a byte of a block can hold at best.
func (f *File) bestRatio() int {
	switch f.compression {
	case packBits:
		return 64
	case deflate, oldDeflate:
		return 1032 // a bit for the length, a bit for the distance, 258 bytes
	case lzwCodes:
		return 2600 // 12 bits for 3839 bytes
	case jpegBlocks:
		return 8 * 64 * f.samples // a block of 8x8 takes a bit
	}
	return 8 * max(f.layout.width, 8) // Group 4: a bit for a row
}

// blockSize is the number of bytes of a block that is not compressed. Strips end with the
// picture, tiles do not.
func (f *File) blockSize(i int) int {
	l := &f.layout
	rows := l.height
	if l.across == 1 {
		if row := i % (l.across * l.down); f.values(tagTileOffsets) == nil {
			rows = min(rows, f.Height-row*l.height)
		}
	}
	return f.rowSize() * f.rowsOf(rows)
}

// rowsOf is how many rows of bytes hold so many rows of pixels.
func (f *File) rowsOf(pixels int) int {
	if f.subsampled() {
		return (pixels + f.subY - 1) / f.subY
	}
	return pixels
}

// rowSize is the number of bytes of a block's row: of one plane, if planes are separate.
func (f *File) rowSize() int {
	if f.subsampled() {
		return (f.layout.width + f.subX - 1) / f.subX * (f.subX*f.subY + 2)
	}
	return (f.layout.width*f.rowSamples()*f.bits + 7) / 8
}

// rowSamples is the number of samples of a pixel that stand together in a block.
func (f *File) rowSamples() int {
	if f.planar {
		return 1
	}
	return f.samples
}

// subsampled reports whether pixels share chroma samples outside of JPEG.
func (f *File) subsampled() bool { return f.subX*f.subY > 1 }
