package tiff

import (
	"encoding/binary"
	"math"
)

// Directory is the first image file directory of a TIFF file, or of the TIFF structure
// that EXIF is. Every read is bounds-checked; what cannot be read is taken as absent.
// TIFF 6.0, section 2.
type Directory struct {
	data    []byte // all of the TIFF structure, in which offsets count
	order   binary.ByteOrder
	big     bool   // BigTIFF: offsets and counts of 64 bits
	entries []byte // 12 bytes each, or 20: tag, type, count, value or offset
}

// Tags of a directory that this package reads.
const (
	tagWidth           = 256
	tagHeight          = 257
	tagBitsPerSample   = 258
	tagCompression     = 259
	tagPhotometric     = 262
	tagFillOrder       = 266
	tagStripOffsets    = 273
	tagOrientation     = 274
	tagSamplesPerPixel = 277
	tagRowsPerStrip    = 278
	tagStripByteCounts = 279
	tagPlanar          = 284
	tagT4Options       = 292
	tagPredictor       = 317
	tagColorMap        = 320
	tagTileWidth       = 322
	tagTileHeight      = 323
	tagTileOffsets     = 324
	tagTileByteCounts  = 325
	tagInkSet          = 332
	tagExtraSamples    = 338
	tagSampleFormat    = 339
	tagJPEGTables      = 347
	tagYCbCrFactors    = 529
	tagYCbCrSampling   = 530
	tagReferenceLevels = 532
)

// ReadDirectory reads the directory that the header of data points to. A directory that
// is cut off is read as far as it goes; without one, it is empty.
func ReadDirectory(data []byte) Directory {
	d := Directory{data: data, order: binary.LittleEndian}
	if len(data) < 8 {
		return d
	}
	switch string(data[:4]) {
	case "II*\x00", "II+\x00":
	case "MM\x00*", "MM\x00+":
		d.order = binary.BigEndian
	default:
		return d
	}
	d.big = d.order.Uint16(data[2:]) == 43 && len(data) >= 16
	at, countSize := uint64(d.order.Uint32(data[4:])), uint64(2)
	if d.big {
		at, countSize = d.order.Uint64(data[8:]), 8
	}
	size := uint64(len(data))
	if at > size || size-at < countSize {
		return d
	}
	n := uint64(d.order.Uint16(data[at:]))
	if d.big {
		n = d.order.Uint64(data[at:])
	}
	d.entries = data[at+countSize:]
	d.entries = d.entries[:min(n, uint64(len(d.entries)/d.entrySize()))*uint64(d.entrySize())]
	return d
}

// entrySize is the number of bytes of an entry.
func (d Directory) entrySize() int {
	if d.big {
		return 20
	}
	return 12
}

// Types of an entry's values, and the bytes that each takes.
const (
	typeRational = 5
	typeFloat    = 11
	typeDouble   = 12
)

var typeSizes = map[uint16]uint64{
	1: 1, 7: 1, // BYTE, UNDEFINED
	3: 2,              // SHORT
	4: 4, 9: 4, 13: 4, // LONG, SLONG, IFD
	16: 8, 18: 8, // LONG8, IFD8
	typeRational: 8, typeFloat: 4, typeDouble: 8,
}

// raw returns the bytes of a tag's values, their type and the size of one. It is nil
// where the tag is absent, or of a type that no tag of ours has.
func (d Directory) raw(tag uint16) (b []byte, kind uint16, size int) {
	for e := d.entries; len(e) > 0; e = e[d.entrySize():] {
		if d.order.Uint16(e) != tag {
			continue
		}
		kind = d.order.Uint16(e[2:])
		size := typeSizes[kind]
		count, value := uint64(d.order.Uint32(e[4:])), e[8:12]
		if d.big {
			count, value = d.order.Uint64(e[4:]), e[12:20]
		}
		if size == 0 || count > uint64(len(d.data)) {
			return nil, 0, 0
		}
		n := count * size
		if n <= uint64(len(value)) {
			return value[:n], kind, int(size)
		}
		at := uint64(d.order.Uint32(value))
		if d.big {
			at = d.order.Uint64(value)
		}
		if at > uint64(len(d.data)) || n > uint64(len(d.data))-at {
			return nil, 0, 0
		}
		return d.data[at : at+n], kind, int(size)
	}
	return nil, 0, 0
}

// values returns all whole numbers of a tag, which take no more memory than eight times
// the file.
func (d Directory) values(tag uint16) []int {
	b, kind, size := d.raw(tag)
	if size == 0 || kind == typeRational || kind == typeFloat || kind == typeDouble {
		return nil
	}
	all := make([]int, len(b)/size)
	for i := range all {
		switch v := b[i*size:]; size {
		case 1:
			all[i] = int(v[0])
		case 2:
			all[i] = int(d.order.Uint16(v))
		case 4:
			all[i] = int(d.order.Uint32(v))
		case 8:
			all[i] = int(min(d.order.Uint64(v), math.MaxInt64))
		}
	}
	return all
}

// value returns the first value of a tag, or otherwise if there is none.
func (d Directory) value(tag uint16, otherwise int) int {
	if all := d.values(tag); len(all) > 0 {
		return all[0]
	}
	return otherwise
}

// fractions returns the numbers of a tag, whole or not.
func (d Directory) fractions(tag uint16) []float64 {
	b, kind, size := d.raw(tag)
	var all []float64
	switch kind {
	case typeRational:
		for ; len(b) >= size; b = b[size:] {
			all = append(all, float64(d.order.Uint32(b))/float64(max(d.order.Uint32(b[4:]), 1)))
		}
	case typeFloat:
		for ; len(b) >= size; b = b[size:] {
			all = append(all, float64(math.Float32frombits(d.order.Uint32(b))))
		}
	default:
		for _, v := range d.values(tag) {
			all = append(all, float64(v))
		}
	}
	return all
}

// Orientation returns the tag of that name, 1 (upright) to 8. EXIF 2.3, 4.6.4. As in
// Pillow, bytes are no number.
func (d Directory) Orientation() int {
	if _, _, size := d.raw(tagOrientation); size < 2 {
		return 1
	}
	if o := d.value(tagOrientation, 1); 1 <= o && o <= 8 {
		return o
	}
	return 1
}
