package jpeg

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// component is one of the planes of a frame.
type component struct {
	id      byte
	h, v    int // sampling factors, 1 to 4
	quantID byte
	quant   *[64]uint16 // in natural order; that of its first scan
	width   int         // samples
	height  int
	across  int // blocks in a row
	down    int // rows of blocks
	stride  int // blocks in a row up to the end of the last MCU
}

// samples is how many samples its blocks have.
func (c *component) samples() int { return 64 * c.across * c.down }

// readFrame reads a frame header (SOF): precision, height, width, components.
func (f *File) readFrame(marker byte, body []byte) error {
	if f.components != nil {
		return errors.New("it has two frame headers")
	}
	switch marker {
	case markerSOF0, markerSOF1, markerSOF2, markerSOF9, markerSOF10:
	default:
		return fmt.Errorf("%w: lossless or hierarchical coding", ErrUnsupported)
	}
	if len(body) < 6 || len(body) != 6+3*int(body[5]) {
		return errors.New("bad frame header")
	}
	if body[0] != 8 {
		return fmt.Errorf("%w: %d bits a sample", ErrUnsupported, body[0])
	}
	n := int(body[5])
	if n < 1 || n > 4 {
		return fmt.Errorf("%w: %d components", ErrUnsupported, n)
	}
	f.progressive, f.arithmetic = marker == markerSOF2 || marker == markerSOF10, marker >= markerSOF9
	f.Height, f.Width = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
	components := make([]component, n)
	for i := range components {
		b := body[6+3*i:]
		c := component{id: b[0], h: int(b[1] >> 4), v: int(b[1] & 15), quantID: b[2]}
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 || c.quantID > 3 {
			return fmt.Errorf("component %d is sampled %dx%d with table %d", i+1, c.h, c.v, c.quantID)
		}
		f.hmax, f.vmax = max(f.hmax, c.h), max(f.vmax, c.v)
		components[i] = c
	}
	for i := range components {
		c := &components[i]
		if f.hmax%c.h != 0 || f.vmax%c.v != 0 {
			return fmt.Errorf("%w: component %d is sampled %d of %d times across, %d of %d down", ErrUnsupported, i+1, c.h, f.hmax, c.v, f.vmax)
		}
		c.width, c.height = ceilDiv(f.Width*c.h, f.hmax), ceilDiv(f.Height*c.v, f.vmax)
		c.across, c.down = ceilDiv(c.width, 8), ceilDiv(c.height, 8)
		c.stride = f.mcusAcross() * c.h
	}
	f.components = components
	return nil
}

// mcusAcross is the number of MCUs in a row of a scan of all components. Such an
// MCU has hmax x vmax blocks of the most finely sampled component.
func (f *File) mcusAcross() int { return ceilDiv(f.Width, 8*f.hmax) }

// mcuRows is the number of rows of such MCUs.
func (f *File) mcuRows() int { return ceilDiv(f.Height, 8*f.vmax) }

func ceilDiv(a, b int) int { return (a + b - 1) / b }
