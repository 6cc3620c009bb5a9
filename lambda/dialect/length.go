package dialect

import (
	"fmt"

	"github.com/yolambda/yolambda/lambda/api"
)

// TooLong says that a reply would have more bytes than it may, as was found while it was
// made: so many at least.
type TooLong struct{ Bytes int }

func (e *TooLong) Error() string {
	return fmt.Sprintf("the reply would have at least %d bytes", e.Bytes)
}

// length counts what the masks of a reply take as JSON at least. All else is bounded by the
// number of detections.
type length struct{ bytes, most int }

// What a point of an outline takes at least.
const (
	nativePoint      = len(`[1,2],`)
	roboflowPoint    = len(`{"x":1,"y":2},`)
	ultralyticsPoint = len(`1,2,`)
)

func (l *length) add(bytes int) error {
	if l.bytes += bytes; l.most > 0 && l.bytes > l.most {
		return &TooLong{l.bytes}
	}
	return nil
}

func (l *length) addMask(m *api.Mask) error {
	if m == nil {
		return nil
	}
	bytes := 0
	for _, polygon := range m.Polygons {
		bytes += len(polygon) * nativePoint
	}
	if m.RLE != nil {
		bytes += len(m.RLE.Counts)
	}
	return l.add(bytes)
}
