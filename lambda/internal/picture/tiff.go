package picture

import (
	"context"
	"errors"
	"image"
	"image/draw"

	"golang.org/x/image/tiff"
)

// Values of the compression tag.
const (
	tiffNone    = 1
	tiffFax3    = 3
	tiffFax4    = 4
	tiffOldJPEG = 6
	tiffJPEG    = 7
)

// decodeTIFF decodes the first page.
func decodeTIFF(ctx context.Context, data []byte) (stored, error) {
	d := readIFD(data)
	width, height := d.value(tagWidth, 0), d.value(tagHeight, 0)
	if err := checkSize(TIFF, width, height); err != nil {
		return stored{}, err
	}
	if d.value(tagPlanar, 1) != 1 {
		return stored{}, unsupportedf(TIFF, "separate colour planes")
	}
	blocks, err := d.blocks(width, height)
	if err != nil {
		return stored{}, err
	}
	var img image.Image
	switch compression := d.value(tagCompression, tiffNone); compression {
	case tiffJPEG:
		img, err = decodeTIFFJPEG(ctx, d, blocks, width, height)
	case tiffOldJPEG:
		err = unsupportedf(TIFF, "JPEG in the style before 1995")
	case tiffFax3, tiffFax4:
		img, err = decodePlainTIFF(ctx, data)
		// A white run means zeros: black, where black is zero. x/image/tiff
		// leaves it white, libtiff does not.
		if m, ok := img.(*image.Gray); ok && d.value(tagPhotometric, 0) == 1 {
			for i := range m.Pix {
				m.Pix[i] ^= 255
			}
		}
	default:
		bits := d.value(tagBitsPerSample, 1) * d.value(tagSamplesPerPixel, 1)
		ratio := 2600 // LZW: 12 bits for 3839 bytes
		if compression == tiffNone {
			ratio = 1
		}
		if err := checkFill(TIFF, data, height*((width*min(bits, 64)+7)/8), ratio); err != nil {
			return stored{}, err
		}
		img, err = decodePlainTIFF(ctx, data)
	}
	return stored{img: img, orientation: d.orientation()}, err
}

func decodePlainTIFF(ctx context.Context, data []byte) (image.Image, error) {
	img, err := tiff.Decode(newReader(ctx, data))
	if e := tiff.UnsupportedError(""); errors.As(err, &e) {
		return nil, unsupported(TIFF, err)
	}
	if err != nil {
		return nil, broken(TIFF, err)
	}
	return img, nil
}

// tiffBlocks are the strips or tiles that a TIFF is cut into, row by row.
type tiffBlocks struct {
	width, height int      // pixels of a block; the last strip may be lower
	data          [][]byte // of each
}

// blocks reads where the pixels are. Blocks that together are larger than the
// file must overlap: a few bytes that are to be decoded again and again.
func (d ifd) blocks(width, height int) (tiffBlocks, error) {
	b := tiffBlocks{width: width, height: min(d.value(tagRowsPerStrip, height), height)}
	offsets, counts := d.values(tagStripOffsets), d.values(tagStripByteCounts)
	if tiles := d.values(tagTileOffsets); tiles != nil {
		b.width, b.height = d.value(tagTileWidth, 0), d.value(tagTileHeight, 0)
		offsets, counts = tiles, d.values(tagTileByteCounts)
	}
	if b.width <= 0 || b.height <= 0 || b.width > MaxSide || b.height > MaxSide {
		return b, brokenf(TIFF, "its blocks have %dx%d pixels", b.width, b.height)
	}
	n := ((width + b.width - 1) / b.width) * ((height + b.height - 1) / b.height)
	if len(offsets) < n || len(counts) < n {
		return b, truncated(TIFF)
	}
	total := 0
	for i := range n {
		end := offsets[i] + counts[i]
		if end > len(d.data) {
			return b, truncated(TIFF)
		}
		b.data = append(b.data, d.data[offsets[i]:end])
		if total += counts[i]; total > len(d.data) {
			return b, brokenf(TIFF, "its blocks overlap")
		}
	}
	return b, nil
}

// decodeTIFFJPEG decodes blocks of JPEG, which x/image/tiff does not read. Each
// is a JPEG of its own, without the tables that all of them share. TIFF
// Technical Note 2.
func decodeTIFFJPEG(ctx context.Context, d ifd, blocks tiffBlocks, width, height int) (image.Image, error) {
	start := []byte("\xff\xd8") // SOI
	switch d.value(tagPhotometric, 6) {
	case 1, 6: // grey, YCbCr
	case 2: // RGB, which the JPEG does not know
		start = append(start, "\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"...)
	default:
		return nil, unsupportedf(TIFF, "JPEG of this colour space")
	}
	if tables, _ := d.raw(tagJPEGTables); len(tables) > 4 {
		start = append(start, tables[2:len(tables)-2]...) // without SOI and EOI
	}
	dst := image.NewRGBA(image.Rect(0, 0, width, height))
	at := image.Point{}
	for _, block := range blocks.data {
		if len(block) < 2 {
			return nil, truncated(TIFF)
		}
		stream := append(start[:len(start):len(start)], block[2:]...)
		f, err := parseJPEG(stream)
		if err != nil {
			return nil, err
		}
		if f.Width > blocks.width || f.Height > blocks.height {
			return nil, brokenf(TIFF, "a JPEG of %dx%d pixels in a block of %dx%d", f.Width, f.Height, blocks.width, blocks.height)
		}
		img, samples, err := jpegImage(ctx, f)
		if err != nil {
			return nil, err
		}
		draw.Draw(dst, img.Bounds().Add(at), img, image.Point{}, draw.Src)
		if samples != nil {
			samples.Release()
		}
		if at.X += blocks.width; at.X >= width {
			at = image.Pt(0, at.Y+blocks.height)
		}
	}
	return dst, nil
}
