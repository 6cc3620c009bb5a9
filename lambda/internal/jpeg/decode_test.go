package jpeg

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"testing"

	"github.com/yolambda/yolambda/lambda/internal/chroma"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestLibjpeg compares with the samples that libjpeg-turbo decodes, to the last
// bit: files of testdata/make.py and those of the package picture.
func TestLibjpeg(t *testing.T) {
	checkGolden(t, "golden.json", func(t *testing.T, name string) []byte { return yolotest.Read(t, filepath.Join("..", name)) })
}

// TestLibjpegShared is TestLibjpeg for the photographs of the shared folder.
func TestLibjpegShared(t *testing.T) {
	checkGolden(t, "shared.json", func(t *testing.T, name string) []byte { return yolotest.Read(t, yolotest.Shared(t, "images", name)) })
}

func checkGolden(t *testing.T, golden string, read func(t *testing.T, name string) []byte) {
	for name, want := range readGolden(t, golden) {
		t.Run(name, func(t *testing.T) {
			if digest(decode(t, read(t, filepath.FromSlash(name)))) != want {
				t.Error("the samples differ from libjpeg's")
			}
		})
	}
}

// readGolden reads the digests of libjpeg's samples by file.
func readGolden(t *testing.T, name string) map[string]string {
	t.Helper()
	golden := map[string]string{}
	if err := json.Unmarshal(yolotest.Read(t, filepath.Join("testdata", name)), &golden); err != nil || len(golden) < 20 {
		t.Fatalf("%d pictures: %v", len(golden), err)
	}
	return golden
}

func digest(f *File, planes []chroma.Plane) string {
	sum := sha256.Sum256(interleaved(f, planes))
	return hex.EncodeToString(sum[:])
}

// interleaved brings the planes to full size and together. CMYK is inverted, as
// Pillow has it.
func interleaved(f *File, planes []chroma.Plane) []byte {
	out := make([]byte, f.Width*f.Height*len(planes))
	for c, p := range planes {
		p = p.Upsample(f.Width, f.Height)
		for y := range f.Height {
			for x := range f.Width {
				v := p.Pix[y*p.Stride+x]
				if f.Colour() == CMYK {
					v = 255 - v
				}
				out[(y*f.Width+x)*len(planes)+c] = v
			}
		}
	}
	return out
}

func decode(t testing.TB, data []byte) (*File, []chroma.Plane) {
	t.Helper()
	f, err := Parse(data, 100)
	if err != nil {
		t.Fatal(err)
	}
	samples, err := f.Decode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return f, samples.Planes
}

// TestTruncated cuts files off anywhere: unless no more than the end marker and
// the padding bits are missing, they are refused.
func TestTruncated(t *testing.T) {
	for _, name := range []string{"baseline420", "progressive420", "restart1", "grey"} {
		data := yolotest.Read(t, filepath.Join("testdata", name+".jpg"))
		_, whole := decode(t, data)
		for n := 2; n < len(data)-2; n++ {
			f, err := Parse(data[:n], 100)
			var samples *Samples
			if err == nil {
				samples, err = f.Decode(t.Context())
			}
			switch {
			case err == nil && bytes.Equal(interleaved(f, samples.Planes), interleaved(f, whole)):
			case err == nil:
				t.Fatalf("%s: %d of %d bytes were taken for the whole", name, n, len(data))
			case !errors.Is(err, io.ErrUnexpectedEOF):
				t.Fatalf("%s: %d of %d bytes: %v", name, n, len(data), err)
			}
		}
	}
}

// TestTooManyScans refuses a file of which Parse left scans out.
func TestTooManyScans(t *testing.T) {
	f, err := Parse(yolotest.Read(t, filepath.Join("testdata", "progressive420.jpg")), 5)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Decode(t.Context()); err == nil || f.NumScans <= 5 {
		t.Errorf("5 of %d scans were decoded", f.NumScans)
	}
}

// TestDamaged decodes what stands between damage and the next restart marker as
// libjpeg does: with the file's end marker there, it is a picture.
func TestDamaged(t *testing.T) {
	data := yolotest.Read(t, filepath.Join("testdata", "restart1.jpg"))
	_, whole := decode(t, data)
	marker := bytes.Index(data, []byte{0xff, markerRST0 + 3})
	next := bytes.Index(data, []byte{0xff, markerRST0 + 4})
	_, planes := decode(t, append(bytes.Clone(data[:marker+2]), data[next:]...)) // MCU 4 lost its data
	// At 4:2:2 an MCU is 16x8 pixels, and this picture is 4 of them wide.
	for y := range whole[0].Height {
		for x := range whole[0].Width {
			same := planes[0].Pix[y*planes[0].Stride+x] == whole[0].Pix[y*whole[0].Stride+x]
			if lost := y/8 == 1 && x/16 == 0; !lost && !same {
				t.Fatalf("the pixel (%d, %d) differs", x, y)
			}
		}
	}
}

// TestCancel leaves a picture at every look at its context. Each time Decode says
// so, and the memory which is used again is in order for another picture.
func TestCancel(t *testing.T) {
	want := readGolden(t, "golden.json")
	for _, c := range []struct {
		left, other string
		pieces      int
	}{
		{"jpeg/testdata/baseline420.jpg", "jpeg/testdata/grey.jpg", 0},
		{"jpeg/testdata/progressive420.jpg", "jpeg/testdata/quality1.jpg", 0},
		{"jpeg/testdata/baseline420.jpg", "jpeg/testdata/grey.jpg", 9},
		{"picture/testdata/kinds/first_5_scans.jpg", "jpeg/testdata/grey.jpg", 0},
	} {
		left, other := c.left, c.other
		data, otherData := yolotest.Read(t, filepath.Join("..", left)), yolotest.Read(t, filepath.Join("..", other))
		whole := digest(decode(t, data))
		f, err := Parse(data, 100)
		if err != nil {
			t.Fatal(err)
		}
		p := plan{cpus: 3}
		if c.pieces > 0 {
			p.pieces = cut(f.scans[0].data, c.pieces)
		}
		if err := f.complete(); err != nil {
			t.Fatal(err)
		}
		looks := 0
		for ; ; looks++ {
			ctx := yolotest.NewLooks(t.Context(), looks)
			samples, err := f.decode(ctx, p)
			if ctx.N() <= looks { // it came to its end
				if err != nil || digest(f, samples.Planes) != whole {
					t.Errorf("%s, with enough looks: %v", left, err)
				}
				break
			}
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s, canceled at look %d: %v", left, looks, err)
			}
			if digest(decode(t, otherData)) != want[other] {
				t.Fatalf("%s, canceled at look %d: %s is another picture afterwards", left, looks, other)
			}
		}
		if looks < 5 {
			t.Errorf("%s: only %d looks", left, looks)
		}
	}
}
