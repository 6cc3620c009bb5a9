package lzw

import (
	"bytes"
	"compress/lzw"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	tifflzw "golang.org/x/image/tiff/lzw"
)

// asTIFF holds that a block gives the bytes and the end that golang.org/x/image/tiff/lzw
// gives.
func asTIFF(t *testing.T, r *Reader, data []byte) {
	t.Helper()
	r.ResetTIFF(data)
	// The other's table wraps where no code clears it for 60,000 codes.
	checkSame(t, r, tifflzw.NewReader(bytes.NewReader(data), tifflzw.MSB, 8), 60_000)
}

// asGIF holds that a frame gives the bytes and the end that compress/lzw gives.
func asGIF(t *testing.T, r *Reader, data []byte, bits int) {
	t.Helper()
	r.ResetGIF(data, bits)
	checkSame(t, r, lzw.NewReader(bytes.NewReader(data), lzw.LSB, bits), 1<<20)
}

func checkSame(t *testing.T, r, other io.Reader, most int64) {
	t.Helper()
	want, wantErr := io.ReadAll(io.LimitReader(other, most))
	got, err := io.ReadAll(io.LimitReader(r, most))
	if (err == nil) != (wantErr == nil) || !bytes.Equal(got, want) {
		t.Fatalf("%d bytes, %v; want %d, %v", len(got), err, len(want), wantErr)
	}
}

// packCodes is a block of codes of so many bits each.
func packCodes(width uint, codes ...int) []byte {
	var out []byte
	bits, n := 0, uint(0)
	for _, c := range codes {
		bits, n = bits<<width|c, n+width
		for ; n >= 8; n -= 8 {
			out = append(out, byte(bits>>(n-8)))
		}
	}
	return append(out, byte(bits<<(8-n)))
}

func TestTIFF(t *testing.T) {
	var r Reader
	for name, c := range map[string]struct {
		codes []int
		want  string
		err   error
	}{
		"empty":             {nil, "", io.ErrUnexpectedEOF},
		"bytes":             {[]int{256, 'a', 'b', 257}, "ab", nil},
		"strings":           {[]int{256, 'a', 'b', 258, 260, 260, 257}, "abababaaba", nil},
		"longer than eight": {[]int{256, 'a', 258, 259, 260, 261, 262, 257}, string(bytes.Repeat([]byte("a"), 21)), nil},
		"cleared":           {[]int{256, 'a', 'b', 256, 'c', 258, 257}, "abccc", nil},
		"unknown":           {[]int{256, 'a', 300}, "a", errCode},
		"unknown at once":   {[]int{256, 258}, "", errCode},
		"cut":               {[]int{256, 'a', 'b'}, "ab", io.ErrUnexpectedEOF},
	} {
		r.ResetTIFF(packCodes(9, c.codes...))
		got, err := io.ReadAll(&r)
		if string(got) != c.want || err != c.err {
			t.Errorf("%s: %q, %v; want %q, %v", name, got, err, c.want, c.err)
		}
		asTIFF(t, &r, packCodes(9, c.codes...))
	}
	// A full table: codes of 12 bits, also the last one, which stands for nothing.
	var codes []byte
	random := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		codes = append(codes, packCodes(12, random.Perm(4096)...)...)
	}
	asTIFF(t, &r, codes)
	asGIF(t, &r, codes, 8)
}

// TestGIF reads what compress/lzw wrote: of each width, with full tables and without.
func TestGIF(t *testing.T) {
	var r Reader
	random := rand.New(rand.NewPCG(7, 8))
	for bits := 2; bits <= 8; bits++ {
		for _, n := range []int{0, 1, 100, 100_000} {
			for name, next := range map[string]func(i int) int{
				"noise": func(int) int { return random.IntN(1 << bits) }, "runs": func(i int) int { return i >> 9 }, "one": func(int) int { return 0 },
			} {
				want := make([]byte, n)
				for i := range want {
					want[i] = byte(next(i) & (1<<bits - 1))
				}
				var b bytes.Buffer
				w := lzw.NewWriter(&b, lzw.LSB, bits)
				w.Write(want)
				w.Close()
				r.ResetGIF(b.Bytes(), bits)
				if got, err := io.ReadAll(&r); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%d bytes of %d bits, %s: %d bytes, %v", n, bits, name, len(got), err)
				}
				asGIF(t, &r, b.Bytes()[:b.Len()/2], bits)
			}
		}
	}
}

// BenchmarkBesideGo decodes by turns with compress/lzw, and tells how many times as long that one
// takes: noise, of which strings are short, and a repeated line, of which they are long.
func BenchmarkBesideGo(b *testing.B) {
	random := rand.New(rand.NewPCG(9, 10))
	noise, lines := make([]byte, 1<<20), make([]byte, 1<<20)
	for i := range noise {
		noise[i], lines[i] = byte(random.NormFloat64()*12), byte(i%1000/3)
	}
	for name, data := range map[string][]byte{"noise": noise, "lines": lines} {
		b.Run(name, func(b *testing.B) {
			var packed bytes.Buffer
			w := lzw.NewWriter(&packed, lzw.LSB, 8)
			w.Write(data)
			w.Close()
			read := func(r io.Reader) time.Duration {
				begun := time.Now()
				if n, err := io.Copy(io.Discard, r); n != int64(len(data)) || err != nil {
					b.Fatal(n, err)
				}
				return time.Since(begun)
			}
			var r Reader
			var ours, theirs time.Duration
			for b.Loop() {
				r.ResetGIF(packed.Bytes(), 8)
				ours += read(&r)
				theirs += read(lzw.NewReader(bytes.NewReader(packed.Bytes()), lzw.LSB, 8))
			}
			b.ReportMetric(float64(ours)/float64(b.N)/1e6, "ms")
			b.ReportMetric(float64(theirs)/float64(ours), "times-as-long")
		})
	}
}

func FuzzReader(f *testing.F) {
	for _, n := range []int{10, 300, 40_000} {
		for _, order := range []lzw.Order{lzw.LSB, lzw.MSB} { // of which TIFF's widens codes sooner
			var b bytes.Buffer
			w := lzw.NewWriter(&b, order, 8)
			for i := range n {
				w.Write([]byte{byte(i * i >> 5)})
			}
			w.Close()
			f.Add(b.Bytes(), uint8(6))
		}
	}
	f.Add(packCodes(3, 4, 0, 1, 6, 5), uint8(0))
	var r Reader
	f.Fuzz(func(t *testing.T, data []byte, bits uint8) {
		asTIFF(t, &r, data)
		asGIF(t, &r, data, 2+int(bits%7))
	})
}
