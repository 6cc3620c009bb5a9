package picture

import "encoding/binary"

// An ifd is the first image file directory of a TIFF file, or of the TIFF
// structure that EXIF is. Every read is bounds-checked; what cannot be read is
// taken as absent. See TIFF 6.0, section 2.
type ifd struct {
	data    []byte // all of the TIFF structure, in which offsets count
	order   binary.ByteOrder
	entries []byte // 12 bytes each: tag, type, count, value or offset
}

// Tags of an ifd that this package reads.
const (
	tagWidth           = 256
	tagHeight          = 257
	tagBitsPerSample   = 258
	tagCompression     = 259
	tagPhotometric     = 262
	tagStripOffsets    = 273
	tagOrientation     = 274
	tagSamplesPerPixel = 277
	tagRowsPerStrip    = 278
	tagStripByteCounts = 279
	tagPlanar          = 284
	tagTileWidth       = 322
	tagTileHeight      = 323
	tagTileOffsets     = 324
	tagTileByteCounts  = 325
	tagJPEGTables      = 347
)

// readIFD reads the directory that the 8-byte header of data points to. A
// directory that is cut off is read as far as it goes; without one, it is empty.
func readIFD(data []byte) ifd {
	d := ifd{data: data, order: binary.LittleEndian}
	if len(data) < 8 {
		return d
	}
	if data[0] == 'M' {
		d.order = binary.BigEndian
	}
	at := int64(d.order.Uint32(data[4:]))
	if at+2 > int64(len(data)) {
		return d
	}
	n := int(d.order.Uint16(data[at:]))
	d.entries = data[at+2:]
	d.entries = d.entries[:min(12*n, len(d.entries)/12*12)]
	return d
}

// raw returns the bytes of a tag's value and the size of an element, or nil.
func (d ifd) raw(tag uint16) (b []byte, size int) {
	for e := d.entries; len(e) > 0; e = e[12:] {
		if d.order.Uint16(e) != tag {
			continue
		}
		switch d.order.Uint16(e[2:]) {
		case 1, 7: // BYTE, UNDEFINED
			size = 1
		case 3: // SHORT
			size = 2
		case 4: // LONG
			size = 4
		default:
			return nil, 0
		}
		n := int64(d.order.Uint32(e[4:])) * int64(size)
		if n <= 4 {
			return e[8 : 8+n], size
		}
		at := int64(d.order.Uint32(e[8:]))
		if at+n > int64(len(d.data)) {
			return nil, 0
		}
		return d.data[at : at+n], size
	}
	return nil, 0
}

// values returns all values of a tag, which take no more memory than twice the file.
func (d ifd) values(tag uint16) []int {
	b, size := d.raw(tag)
	if size == 0 {
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
		}
	}
	return all
}

// value returns the first value of a tag, or otherwise if there is none.
func (d ifd) value(tag uint16, otherwise int) int {
	if all := d.values(tag); len(all) > 0 {
		return all[0]
	}
	return otherwise
}

// orientation returns the tag of that name, 1 (upright) to 8. EXIF 2.3, 4.6.4.
func (d ifd) orientation() int {
	if o := d.value(tagOrientation, 1); 1 <= o && o <= 8 {
		return o
	}
	return 1
}
