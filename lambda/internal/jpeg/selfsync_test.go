package jpeg

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// alone decodes on one CPU.
func alone(t *testing.T, f *File) (*Samples, error) {
	if err := f.complete(); err != nil {
		t.Fatal(err)
	}
	return f.decode(t.Context(), plan{cpus: 1})
}

// guessed decodes by pieces, each by a decoder of its own that has to guess: the first
// piece begins when all others wait.
func guessed(t *testing.T, f *File, pieces []int) (samples *Samples, err error) {
	synctest.Test(t, func(t *testing.T) {
		n := len(pieces) - 1
		d := decoder{File: f, ctx: t.Context(), samples: newSamples(f)}
		decoders := newPartDecoders(f, n, n, new(coefficients))
		told := make([]chan reached, n+1)
		for i := range told {
			told[i] = make(chan reached, 1)
		}
		var wg sync.WaitGroup
		for k := range n {
			wg.Go(func() {
				defer d.rescue()
				decoders[k].prepare(f)
				d.piece(&decoders[k], pieces, k, told[k], told[k+1])
				for i, b := range decoders[k].blocks {
					if b != (block{}) || decoders[k].last[i] != 0 {
						t.Errorf("piece %d of %d left a block behind", k, n)
						break
					}
				}
			})
		}
		synctest.Wait()
		told[0] <- reached{}
		wg.Wait()
		if len(told[n]) == 1 {
			d.fillUp(<-told[n])
		}
		samples, err = d.samples, d.err
	})
	return samples, err
}

// compare decodes alone and by n pieces: of the same size, and all but the last so small that
// it has no room for all of its MCUs at once.
func compare(t *testing.T, f *File, n int) {
	t.Helper()
	want, wantErr := alone(t, f)
	data := f.scans[0].data
	for name, pieces := range map[string][]int{
		"equal":   cut(data, n),
		"unequal": append(cut(data[:len(data)/20], n-1), len(data)),
	} {
		got, err := guessed(t, f, pieces)
		if fmt.Sprint(err) != fmt.Sprint(wantErr) || err == nil && !bytes.Equal(got.memory[:planes(got)], want.memory[:planes(want)]) {
			t.Fatalf("by %d %s pieces it differs: %v, want %v", n, name, err, wantErr)
		}
	}
}

// planes is how many samples there are.
func planes(s *Samples) (n int) {
	for _, p := range s.Planes {
		n += len(p.Pix)
	}
	return n
}

// small reports whether a picture can be cut, and takes little memory.
func small(f *File) bool {
	n := f.Width * f.Height
	return f.complete() == nil && f.cuttable() && 0 < n && n <= 1<<20
}

// TestPieces compares by pieces and alone, all pictures that can be cut.
func TestPieces(t *testing.T) {
	var files []string
	dirs := []string{"testdata", filepath.Join("..", "picture", "testdata"), yolotest.Root(t, "assets")}
	if yolotest.HasShared(t) {
		dirs = append(dirs, yolotest.Shared(t, "images"))
	}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err == nil && e.Type().IsRegular() && strings.HasPrefix(filepath.Ext(path), ".jp") {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	cut := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Parse(data, 100)
		if err != nil || !small(f) {
			continue
		}
		cut++
		t.Run(filepath.Base(file), func(t *testing.T) {
			compare(t, f, 3)
			compare(t, f, 21)
		})
	}
	if cut < 20 {
		t.Errorf("only %d of %d files were cut", cut, len(files))
	}
}

// TestPiecesDamaged is TestPieces for files that are cut off at each byte, and with a bit
// of each byte another one.
func TestPiecesDamaged(t *testing.T) {
	for _, name := range []string{"baseline420", "size9x9"} {
		t.Run(name, func(t *testing.T) {
			data := yolotest.Read(t, filepath.Join("testdata", name+".jpg"))
			check := func(damaged []byte) {
				if f, err := Parse(damaged, 100); err == nil && small(f) {
					compare(t, f, 5)
				}
			}
			for n := range data {
				check(data[:n])
				check(append(bytes.Clone(data[:n]), 0xff, markerEOI))
				damaged := bytes.Clone(data)
				damaged[n] ^= 1 << (n % 8)
				check(damaged)
			}
		})
	}
}

// TestPiecesBehind has more data than the picture has MCUs: a scan three times, which a marker
// ends or the file.
func TestPiecesBehind(t *testing.T) {
	data := yolotest.Read(t, yolotest.Root(t, "assets", "cat.jpg"))
	f, err := Parse(data, 1)
	if err != nil {
		t.Fatal(err)
	}
	scan := f.scans[0].data
	at := bytes.Index(data, scan)
	for _, behind := range [][]byte{data[at+len(scan):], nil} {
		f, err := Parse(slices.Concat(data[:at], scan, scan, scan, behind), 1)
		if err != nil || !small(f) {
			t.Fatal(err)
		}
		for n := range 9 {
			compare(t, f, 2+n)
		}
	}
}

// TestPiecesTogether decodes by more pieces than there are CPUs, as pictures that are large enough are.
func TestPiecesTogether(t *testing.T) {
	f, err := Parse(yolotest.Read(t, yolotest.Root(t, "assets", "everyday.jpg")), 1)
	if err != nil {
		t.Fatal(err)
	}
	plan := f.plan(2)
	if len(plan.pieces) < 5 {
		t.Fatalf("pieces: %v", plan.pieces)
	}
	want, err := alone(t, f)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		got, err := f.decode(t.Context(), plan)
		if err != nil || !bytes.Equal(got.memory[:planes(got)], want.memory[:planes(want)]) {
			t.Fatalf("it differs (%v)", err)
		}
		got.Release()
	}
}
