package inflate

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// pieces gives a stream in pieces of n bytes.
func pieces(data []byte, n int) (first []byte, next func() ([]byte, error)) {
	next = func() ([]byte, error) {
		if len(data) == 0 {
			return nil, io.EOF
		}
		piece := data[:min(n, len(data))]
		data = data[len(piece):]
		return piece, nil
	}
	first, _ = next()
	return first, next
}

// samples are bytes of every kind of block, match and code.
func samples() map[string][]byte {
	random := rand.New(rand.NewPCG(1, 2))
	noise, steps, skewed := make([]byte, 300_000), make([]byte, 300_000), make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(random.IntN(256))
		steps[i] = byte(i/3 + random.IntN(3))
		skewed[i] = byte(min(random.ExpFloat64()*8, 255))
	}
	repeated := bytes.Repeat([]byte("abcdefghijklmnop"), 20_000)
	for distance := 1; distance < 20; distance++ {
		repeated = append(repeated, noise[:distance]...)
		repeated = append(repeated, bytes.Repeat(noise[:distance], 40)...)
	}
	return map[string][]byte{
		"nothing": nil, "a byte": {7}, "zeros": make([]byte, 500_000), "noise": noise, "steps": steps, "skewed": skewed, "repeated": repeated,
		"far": append(append([]byte(nil), noise[:32768]...), noise[:32768]...),
	}
}

func compress(data []byte, level int) []byte {
	var out bytes.Buffer
	w, _ := zlib.NewWriterLevel(&out, level)
	w.Write(data)
	w.Close()
	return out.Bytes()
}

func TestReader(t *testing.T) {
	var r Reader
	for name, data := range samples() {
		for _, level := range []int{zlib.HuffmanOnly, zlib.NoCompression, zlib.BestSpeed, 6, zlib.BestCompression} {
			stream := compress(data, level)
			for _, n := range []int{1, 7, 100, 8192, len(stream)} {
				first, next := pieces(stream, n)
				r.Reset(t.Context(), first, next, true)
				got, err := io.ReadAll(&r)
				if err != nil || !bytes.Equal(got, data) {
					t.Errorf("%s, level %d, pieces of %d: %d bytes of %d, %v", name, level, n, len(got), len(data), err)
				}
			}
		}
	}
}

// TestBroken holds the refusals to their words, and that what came before is given.
func TestBroken(t *testing.T) {
	data := bytes.Repeat([]byte("some words, "), 20)
	good := compress(data, 6)
	broken := func(at int, b byte) []byte {
		out := bytes.Clone(good)
		out[(at+len(out))%len(out)] ^= b
		return out
	}
	for name, c := range map[string]struct {
		stream []byte
		want   error
		given  int
	}{
		"empty":         {nil, io.ErrUnexpectedEOF, 0},
		"no header":     {broken(0, 1), ErrHeader, 0},
		"cut":           {good[:len(good)-8], io.ErrUnexpectedEOF, len("some words, ")},
		"no checksum":   {good[:len(good)-4], io.ErrUnexpectedEOF, len(data)},
		"checksum":      {broken(-1, 1), ErrChecksum, len(data)},
		"kind of block": {[]byte{0x78, 0x9c, 7}, ErrCorrupt, 0},
		"stored":        {[]byte{0x78, 0x9c, 1, 1, 0, 0, 0}, ErrCorrupt, 0},
	} {
		var r Reader
		r.Reset(t.Context(), c.stream, nil, true)
		got, err := io.ReadAll(&r)
		if !errors.Is(err, c.want) || len(got) < c.given || !bytes.HasPrefix(data, got) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

// FuzzReader holds that any bytes give what compress/zlib gives, and are refused when it
// refuses them.
func FuzzReader(f *testing.F) {
	for _, data := range samples() {
		for _, level := range []int{zlib.HuffmanOnly, zlib.NoCompression, 1, 9} {
			f.Add(compress(data[:min(len(data), 3000)], level), 100)
		}
	}
	var r Reader
	f.Fuzz(func(t *testing.T, stream []byte, n int) {
		const most = 1 << 20
		var want []byte
		std, wantErr := zlib.NewReader(bytes.NewReader(stream))
		if wantErr == nil {
			want, wantErr = io.ReadAll(io.LimitReader(std, most))
		}
		first, next := pieces(stream, max(n, 1))
		r.Reset(t.Context(), first, next, true)
		got, err := io.ReadAll(io.LimitReader(&r, most))
		if (err == nil) != (wantErr == nil) || err == nil && !bytes.Equal(got, want) {
			t.Fatalf("%d bytes, %v; want %d, %v", len(got), err, len(want), wantErr)
		}
		if err != nil && !bytes.HasPrefix(got, want) && !bytes.HasPrefix(want, got) {
			t.Fatal("other bytes before the error")
		}
	})
}

// BenchmarkBesideGo times by turns with compress/zlib, and tells how many times as long that
// one takes: for the pixels of a photograph, and for blocks that hold nothing.
func BenchmarkBesideGo(b *testing.B) {
	photo, err := jpeg.Decode(bytes.NewReader(yolotest.Read(b, yolotest.Root(b, "assets", "everyday.jpg"))))
	if err != nil {
		b.Fatal(err)
	}
	for name, stream := range map[string][]byte{
		"photograph":   pixels(yolotest.PNG(photo)),
		"empty blocks": yolotest.EmptyBlocks(compress([]byte{1, 2, 3}, 6), 4000),
	} {
		b.Run(name, func(b *testing.B) {
			var r Reader
			var ours, theirs time.Duration
			for b.Loop() {
				begun := time.Now()
				r.Reset(b.Context(), stream, nil, true)
				n, err := io.Copy(io.Discard, &r)
				between := time.Now()
				std, err2 := zlib.NewReader(bytes.NewReader(stream))
				if err := errors.Join(err, err2); err != nil {
					b.Fatal(err)
				}
				n2, err := io.Copy(io.Discard, std)
				ours, theirs = ours+between.Sub(begun), theirs+time.Since(between)
				if err != nil || n != n2 {
					b.Fatalf("%d bytes, %d of compress/zlib: %v", n, n2, err)
				}
			}
			b.ReportMetric(float64(theirs)/float64(ours), "times-as-long")
		})
	}
}

// pixels are the stream of a PNG.
func pixels(file []byte) (stream []byte) {
	for at := 8; at < len(file); {
		n := int(binary.BigEndian.Uint32(file[at:]))
		if string(file[at+4:at+8]) == "IDAT" {
			stream = append(stream, file[at+8:at+8+n]...)
		}
		at += 12 + n
	}
	return stream
}

func BenchmarkReader(b *testing.B) {
	var r Reader
	for name, data := range samples() {
		stream := compress(data, 6)
		into := make([]byte, 8192)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				r.Reset(b.Context(), stream, nil, true)
				for {
					if _, err := r.Read(into); err != nil {
						break
					}
				}
			}
		})
	}
}
