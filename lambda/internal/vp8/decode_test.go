package vp8

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"io"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"golang.org/x/image/vp8"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// reference decodes a frame with golang.org/x/image/vp8.
func reference(data []byte) (*image.YCbCr, error) {
	d := vp8.NewDecoder()
	d.Init(bytes.NewReader(data), len(data))
	h, err := d.DecodeFrameHeader()
	if err != nil {
		return nil, err
	}
	if !h.KeyFrame {
		return nil, errNotKeyFrame
	}
	return d.DecodeFrame()
}

func decode(t *testing.T, data []byte) (*image.YCbCr, error) {
	f, err := Parse(data)
	if err != nil {
		return nil, err
	}
	p, err := f.samples(t.Context(), func(*planes, int) {})
	if err != nil {
		return nil, err
	}
	return p.image(f.Width, f.Height), nil
}

// check holds that a frame comes out as from the reference, or is refused as there, and tells whether it is decoded.
func check(t *testing.T, data []byte) bool {
	t.Helper()
	want, refused := reference(data)
	got, err := decode(t, data)
	if (err == nil) != (refused == nil) || errors.Is(err, io.ErrUnexpectedEOF) != errors.Is(refused, io.ErrUnexpectedEOF) {
		t.Fatalf("error %v, want %v", err, refused)
	}
	if err != nil {
		return false
	}
	if difference := compare(got, want); difference != "" {
		t.Fatal(difference)
	}
	f, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	pixels, err := f.Decode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := newConverter(want)
	if c.convert(f.Height); !bytes.Equal(pixels.Pix, c.out.Pix) {
		t.Fatal("pixels that were made row by row differ")
	}
	return true
}

// compare tells of the first sample that differs.
func compare(got, want *image.YCbCr) string {
	if got.Rect != want.Rect || got.SubsampleRatio != want.SubsampleRatio {
		return fmt.Sprintf("%v %v, want %v %v", got.Rect, got.SubsampleRatio, want.Rect, want.SubsampleRatio)
	}
	w, h := got.Rect.Dx(), got.Rect.Dy()
	for _, p := range []struct {
		name                        string
		got, want                   []uint8
		gotStride, wantStride, w, h int
	}{
		{"luma", got.Y, want.Y, got.YStride, want.YStride, w, h},
		{"Cb", got.Cb, want.Cb, got.CStride, want.CStride, (w + 1) / 2, (h + 1) / 2},
		{"Cr", got.Cr, want.Cr, got.CStride, want.CStride, (w + 1) / 2, (h + 1) / 2},
	} {
		for y := range p.h {
			for x := range p.w {
				if g, w := p.got[y*p.gotStride+x], p.want[y*p.wantStride+x]; g != w {
					return fmt.Sprintf("%s at %d, %d is %d, want %d", p.name, x, y, g, w)
				}
			}
		}
	}
	return ""
}

// unclear tells whether decoders differ about a frame that no encoder writes: a partition begins beyond the interval
// that it divides, of which others make something when their numbers overflow; or a filter's level is
// beyond eight bits before it is clamped, which the reference does not foresee.
func unclear(f *Frame) bool {
	h, err := parseHeader(f)
	if err != nil {
		return errors.Is(err, errInterval)
	}
	for _, level := range append(h.segments.filterLevel[:], 0) {
		for _, general := range []int{0, h.filter.level} { // a segment's level stands alone, or is added to that of all
			sum := level
			for _, more := range []int{general, h.filter.keyFrame, h.filter.subblocks} {
				if sum += more; sum != int(int8(sum)) {
					return true
				}
			}
		}
	}
	return false
}

// chunk is the frame in a file of testdata.
func chunk(t testing.TB, file string) []byte {
	data := yolotest.Read(t, file)
	if string(data[12:16]) != "VP8 " {
		t.Fatalf("%s begins with %q", file, data[:16])
	}
	return data[20:][:binary.LittleEndian.Uint32(data[16:])]
}

// TestFixtures holds that libwebp's pictures come out as from libwebp, and from the reference.
func TestFixtures(t *testing.T) {
	golden := readGolden(t)
	for name, want := range golden {
		t.Run(name, func(t *testing.T) {
			data := chunk(t, filepath.Join("testdata", name+".webp"))
			m, err := decode(t, data)
			if err != nil {
				t.Fatal(err)
			}
			if digest(m) != want {
				t.Error("the samples differ from libwebp's")
			}
			check(t, data)
		})
	}
}

func readGolden(t testing.TB) (golden map[string]string) {
	yolotest.ReadJSON(t, filepath.Join("testdata", "golden.json"), &golden)
	if len(golden) < 40 {
		t.Fatalf("%d files", len(golden))
	}
	return golden
}

// digest is of the samples within the picture, as in golden.json.
func digest(m *image.YCbCr) string {
	h := sha256.New()
	write := func(pix []uint8, stride, w, rows int) {
		for y := range rows {
			h.Write(pix[y*stride:][:w])
		}
	}
	w, rows := m.Rect.Dx(), m.Rect.Dy()
	write(m.Y, m.YStride, w, rows)
	write(m.Cb, m.CStride, (w+1)/2, (rows+1)/2)
	write(m.Cr, m.CStride, (w+1)/2, (rows+1)/2)
	return hex.EncodeToString(h.Sum(nil))
}

// TestMade decodes frames with headers and macroblocks of any kind, of all small sizes.
func TestMade(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	decoded, frames := 0, 300
	for range frames {
		if check(t, made(random, 1+random.IntN(70), 1+random.IntN(70))) {
			decoded++
		}
	}
	if decoded < frames*9/10 {
		t.Errorf("%d of %d are decoded", decoded, frames)
	}
}

// TestUsedMemory holds that what a frame before left in memory does not matter, and that little memory is kept.
func TestUsedMemory(t *testing.T) {
	for name, want := range readGolden(t) {
		used := bytes.Repeat([]byte{0xaa}, 1<<16)
		for spare.Take() != nil {
		}
		(&planes{pix: used}).release()
		f, err := Parse(chunk(t, filepath.Join("testdata", name+".webp")))
		if err != nil {
			t.Fatal(err)
		}
		p, err := f.samples(t.Context(), func(*planes, int) {})
		if err != nil {
			t.Fatal(err)
		}
		if &p.pix[0] != &used[0] {
			t.Errorf("%s: %d bytes are not in those that were kept", name, len(p.pix))
		}
		if digest(p.image(f.Width, f.Height)) != want {
			t.Errorf("%s: the samples differ from libwebp's", name)
		}
	}
	(&planes{pix: make([]uint8, mostSpare+1)}).release()
	if spare.Take() != nil {
		t.Error("more than the limit was kept")
	}
}

// TestTruncated cuts frames off at every byte.
func TestTruncated(t *testing.T) {
	for _, name := range []string{"size17x15", "segments3", "partitions3", "simple_filter20"} {
		data := chunk(t, filepath.Join("testdata", name+".webp"))
		refused := 0
		for n := range data {
			if !check(t, data[:n]) {
				refused++
			}
		}
		if refused < len(data)/2 {
			t.Errorf("%s: %d of %d are refused", name, refused, len(data))
		}
	}
}

// TestRefused holds what Parse says of what is no frame.
func TestRefused(t *testing.T) {
	data := chunk(t, "testdata/size1x1.webp")
	for name, c := range map[string]struct {
		at   int
		bits byte
		want error
	}{
		"another frame": {0, 1, errNotKeyFrame},
		"no start code": {4, 1, errStartCode},
	} {
		broken := bytes.Clone(data)
		broken[c.at] ^= c.bits
		if _, err := Parse(broken); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	for _, at := range []int{6, 8} { // width and height of 1
		empty := bytes.Clone(data)
		empty[at] = 0
		if _, err := decode(t, empty); !errors.Is(err, errEmpty) {
			t.Errorf("a side of 0: %v", err)
		}
	}
	f, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{0, f.first} { // the modes' partition and the coefficients'
		beyond := bytes.Clone(data)
		beyond[len(data)-len(f.data)+at] = 255
		if _, err := decode(t, beyond); !errors.Is(err, errInterval) {
			t.Errorf("a partition of 0xff: %v", err)
		}
	}
}

// TestCancel ends at any row when the context does.
func TestCancel(t *testing.T) {
	f, err := Parse(chunk(t, "testdata/partitions1.webp"))
	if err != nil {
		t.Fatal(err)
	}
	rows := (f.Height + 15) / 16
	for row := range rows {
		if _, err := f.Decode(yolotest.NewLooks(t.Context(), row)); !errors.Is(err, context.Canceled) {
			t.Errorf("row %d: %v", row, err)
		}
	}
	if _, err := f.Decode(yolotest.NewLooks(t.Context(), rows)); err != nil {
		t.Errorf("there are more looks than rows: %v", err)
	}
}

// FuzzDecode holds that any bytes are decoded or refused as by the reference.
func FuzzDecode(f *testing.F) {
	for name := range readGolden(f) {
		f.Add(chunk(f, filepath.Join("testdata", name+".webp")))
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		f.Add(made(random, 1+random.IntN(40), 1+random.IntN(40)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := Parse(data)
		if err != nil || frame.Width*frame.Height > 1<<16 {
			return // the caller's limits
		}
		if frame.Width*frame.Height == 0 || unclear(frame) {
			decode(t, data) // without a panic
			return
		}
		check(t, data)
	})
}
