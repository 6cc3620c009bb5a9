package vp8l

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"image"
	"io"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"golang.org/x/image/vp8l"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// reference decodes with golang.org/x/image/vp8l.
func reference(data []byte) ([]byte, error) {
	m, err := vp8l.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	pix := m.(*image.NRGBA).Pix
	opaque(pix)
	return pix, nil
}

// decode parses and decodes.
func decode(t *testing.T, data []byte) (*image.RGBA, error) {
	f, err := Parse(data)
	if err != nil {
		return nil, err
	}
	return f.Decode(t.Context())
}

// check holds that a picture comes out as from the reference, or is refused as there, and tells whether it is decoded.
// Codes with bits that mean nothing are refused here, as by libwebp, and not there.
func check(t *testing.T, data []byte) bool {
	t.Helper()
	want, refused := reference(data)
	got, err := decode(t, data)
	if errors.Is(err, errCodes) {
		return false
	}
	if (err == nil) != (refused == nil) {
		t.Fatalf("error %v, want %v", err, refused)
	}
	if err != nil {
		return false
	}
	if !bytes.Equal(got.Pix, want) {
		for i, v := range want {
			if got.Pix[i] != v {
				t.Fatalf("byte %d of %d is %d, want %d", i, len(want), got.Pix[i], v)
			}
		}
		t.Fatalf("%d bytes, want %d", len(got.Pix), len(want))
	}
	return true
}

// chunk is the bitstream in a file.
func chunk(t testing.TB, file string) []byte {
	data := yolotest.Read(t, file)
	i := bytes.Index(data, []byte("VP8L"))
	if i < 0 {
		t.Fatalf("%s is not lossless", file)
	}
	return data[i+8:][:binary.LittleEndian.Uint32(data[i+4:])]
}

func readGolden(t testing.TB) (golden map[string]string) {
	yolotest.ReadJSON(t, filepath.Join("testdata", "golden.json"), &golden)
	if len(golden) < 25 {
		t.Fatalf("%d files", len(golden))
	}
	return golden
}

// TestFixtures holds that libwebp's pictures come out as in Pillow, and as from the reference.
func TestFixtures(t *testing.T) {
	for name, want := range readGolden(t) {
		t.Run(name, func(t *testing.T) {
			data := chunk(t, filepath.Join("testdata", name+".webp"))
			m, err := decode(t, data)
			if err != nil {
				t.Fatal(err)
			}
			h := sha256.New()
			for i := 0; i < len(m.Pix); i += 4 {
				h.Write(m.Pix[i : i+3])
			}
			if hex.EncodeToString(h.Sum(nil)) != want {
				t.Error("the pixels differ from Pillow's")
			}
			check(t, data)
		})
	}
}

// TestMade decodes pictures with transforms of any kind, of all small sizes.
func TestMade(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		if !check(t, made(random, 1+random.IntN(40), 1+random.IntN(40))) {
			t.Fatal("a picture is refused")
		}
	}
}

// TestTruncated cuts pictures off at every byte.
func TestTruncated(t *testing.T) {
	for _, name := range []string{"size17x5", "colours5", "repeated"} {
		data := chunk(t, filepath.Join("testdata", name+".webp"))
		for n := range len(data) - 1 {
			check(t, data[:n])
			if _, err := decode(t, data[:n]); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("%s, cut off at %d of %d: %v", name, n, len(data), err)
			} else if err == nil && n < len(data)-8 {
				t.Fatalf("%s, cut off at %d of %d, is decoded", name, n, len(data))
			}
		}
	}
}

// TestRefused holds what is said of what is no picture.
func TestRefused(t *testing.T) {
	data := chunk(t, "testdata/size17x5.webp")
	for name, c := range map[string]struct {
		at   int
		bits byte
		want error
	}{
		"no signature": {0, 1, errHeader},
		"a version":    {4, 0x20, errHeader},
	} {
		broken := bytes.Clone(data)
		broken[c.at] ^= c.bits
		if _, err := Parse(broken); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	for name, lengths := range map[string][]uint8{
		"none": {0, 0}, "too many": {1, 1, 1}, "too few": {1, 2}, "too few that are long": {1, 2, 3, 15},
	} {
		if _, err := newPrefixCode(lengths); !errors.Is(err, errCodes) {
			t.Errorf("codes, %s: %v", name, err)
		}
	}
}

// TestCancel ends at any look at the context.
func TestCancel(t *testing.T) {
	f, err := Parse(chunk(t, "testdata/groups.webp"))
	if err != nil {
		t.Fatal(err)
	}
	for looks := range f.Height {
		if _, err := f.Decode(yolotest.NewLooks(t.Context(), looks)); !errors.Is(err, context.Canceled) {
			t.Errorf("look %d: %v", looks, err)
		}
	}
}

// FuzzDecode holds that any bytes are decoded or refused as by the reference.
func FuzzDecode(f *testing.F) {
	for name := range readGolden(f) {
		f.Add(chunk(f, filepath.Join("testdata", name+".webp")))
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		f.Add(made(random, 1+random.IntN(20), 1+random.IntN(20)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if frame, err := Parse(data); err == nil && frame.Width*frame.Height > 1<<16 {
			return // the caller's limits
		}
		check(t, data)
	})
}

// BenchmarkDecode decodes a photograph. The metric reference is how many times longer golang.org/x/image/vp8l takes.
func BenchmarkDecode(b *testing.B) {
	data := chunk(b, yolotest.Shared(b, "images", "variants", "webp_lossless.webp"))
	yolotest.BenchmarkBeside(b, "reference", func() error {
		f, err := Parse(data)
		if err == nil {
			_, err = f.Decode(b.Context())
		}
		return err
	}, func() error {
		_, err := reference(data)
		return err
	})
}
