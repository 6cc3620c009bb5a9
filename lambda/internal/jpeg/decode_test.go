package jpeg

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/yolambda/yolambda/lambda/internal/shared"
)

// TestLibjpeg compares with the samples that libjpeg-turbo decodes, to the last
// bit: files of testdata/make.py and those of the package picture.
func TestLibjpeg(t *testing.T) {
	checkGolden(t, "golden.json", func(t *testing.T, name string) []byte { return readFile(t, filepath.Join("..", name)) })
}

// TestLibjpegShared is TestLibjpeg for the photographs of the shared folder.
func TestLibjpegShared(t *testing.T) {
	checkGolden(t, "shared.json", func(t *testing.T, name string) []byte { return shared.Read(t, "images", name) })
}

func checkGolden(t *testing.T, golden string, read func(t *testing.T, name string) []byte) {
	want := map[string]string{}
	if err := json.Unmarshal(readFile(t, filepath.Join("testdata", golden)), &want); err != nil || len(want) < 20 {
		t.Fatalf("%d pictures: %v", len(want), err)
	}
	for name, digest := range want {
		t.Run(name, func(t *testing.T) {
			f, planes := decode(t, read(t, filepath.FromSlash(name)))
			sum := sha256.Sum256(interleaved(f, planes))
			if hex.EncodeToString(sum[:]) != digest {
				t.Error("the samples differ from libjpeg's")
			}
		})
	}
}

// interleaved brings the planes to full size and together. CMYK is inverted, as
// Pillow has it.
func interleaved(f *File, planes []Plane) []byte {
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

func decode(t testing.TB, data []byte) (*File, []Plane) {
	t.Helper()
	f, err := Parse(data, 100)
	if err != nil {
		t.Fatal(err)
	}
	planes, err := f.Decode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return f, planes
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestTruncated cuts files off anywhere: unless no more than the end marker and
// the padding bits are missing, they are refused.
func TestTruncated(t *testing.T) {
	for _, name := range []string{"baseline420", "progressive420", "restart1", "grey"} {
		data := readFile(t, filepath.Join("testdata", name+".jpg"))
		_, whole := decode(t, data)
		for n := 2; n < len(data)-2; n++ {
			f, err := Parse(data[:n], 100)
			var planes []Plane
			if err == nil {
				planes, err = f.Decode(t.Context())
			}
			switch {
			case err == nil && bytes.Equal(interleaved(f, planes), interleaved(f, whole)):
			case err == nil:
				t.Fatalf("%s: %d of %d bytes were taken for the whole", name, n, len(data))
			case !errors.Is(err, io.ErrUnexpectedEOF):
				t.Fatalf("%s: %d of %d bytes: %v", name, n, len(data), err)
			}
		}
	}
}

// TestDamaged decodes what stands between damage and the next restart marker as
// libjpeg does: with the file's end marker there, it is a picture.
func TestDamaged(t *testing.T) {
	data := readFile(t, filepath.Join("testdata", "restart1.jpg"))
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

// TestCancel holds that decoding ends with its context, and that the memory which
// is used again is in order afterwards.
func TestCancel(t *testing.T) {
	for _, name := range []string{"baseline420", "progressive420"} {
		data := readFile(t, filepath.Join("testdata", name+".jpg"))
		_, want := decode(t, data)
		f, err := Parse(data, 100)
		if err != nil {
			t.Fatal(err)
		}
		for rows := range 3 {
			if _, err := f.Decode(&countdown{t.Context(), make(chan struct{}, rows)}); !errors.Is(err, context.Canceled) {
				t.Fatalf("%s: after %d looks at the context: %v", name, rows, err)
			}
			if _, got := decode(t, data); !bytes.Equal(got[0].Pix, want[0].Pix) {
				t.Fatalf("%s: another picture after one that was left", name)
			}
		}
	}
}

// countdown is done when it was looked at cap(looks)+1 times.
type countdown struct {
	context.Context
	looks chan struct{}
}

func (c *countdown) Err() error {
	select {
	case c.looks <- struct{}{}:
		return nil
	default:
		return context.Canceled
	}
}
