package jpeg

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestInverse compares with the definition of the transform, T.81, A.3.3, in
// float64. Integer arithmetic is one step off at most, as the standard for
// accuracy asks (IEEE 1180 in spirit).
func TestInverse(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var quant [64]uint16
	for i := range quant {
		quant[i] = uint16(1 + random.IntN(16))
	}
	for last := range 64 {
		for range 40 {
			var b block
			for k := range last + 1 {
				if random.IntN(3) > 0 {
					b[natural[k]] = int16((random.IntN(401) - 200) / (1 + k) / int(quant[natural[k]]))
				}
			}
			var got [64]uint8
			inverse(got[:], 8, &b, &quant, uint8(last))
			for i, want := range definition(&b, &quant) {
				if d := float64(got[i]) - want; d < -1 || d > 1 {
					t.Fatalf("last %d, sample %d: %d, want %.2f", last, i, got[i], want)
				}
			}
		}
	}
}

func definition(b *block, quant *[64]uint16) (out [64]float64) {
	scale := func(k int) float64 {
		if k == 0 {
			return math.Sqrt2 / 4
		}
		return 0.5
	}
	for i := range out {
		x, y := float64(i%8), float64(i/8)
		for k, c := range b {
			u, v := k%8, k/8
			out[i] += scale(u) * scale(v) * float64(c) * float64(quant[k]) *
				math.Cos((2*x+1)*float64(u)*math.Pi/16) * math.Cos((2*y+1)*float64(v)*math.Pi/16)
		}
		out[i] = min(max(out[i]+128, 0), 255)
	}
	return out
}

// TestInverseDC holds that a block of nothing but DC gets the same samples the short
// way.
func TestInverseDC(t *testing.T) {
	quant := [64]uint16{3}
	for dc := range 2048 {
		b := block{int16(dc - 1024)}
		var short, full [64]uint8
		inverse(short[:], 8, &b, &quant, 0)
		inversePlain(full[:], 8, &b, &quant)
		if short != full {
			t.Fatalf("DC %d: %v\nwant %v", b[0], short, full)
		}
	}
}

// TestInverseFirstRow holds that a block of nothing but its first row gets the same
// samples, whichever way is taken: coefficients just below and above what overflows.
func TestInverseFirstRow(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var quant [64]uint16
	for i := range 20000 {
		var b block
		for x := range 1 + random.IntN(8) {
			quant[x] = uint16(1 + random.IntN(3))
			b[x] = int16([]int{random.IntN(512) - 256, 8180 + random.IntN(24), -8204 + random.IntN(24), random.IntN(1<<16) - 1<<15}[random.IntN(1+i%4)]) / int16(quant[x])
		}
		var got, want [64]uint8
		inverse(got[:], 8, &b, &quant, 28)
		inverseFirstRow(want[:], 8, (*[8]int16)(b[:8]), &quant)
		if got != want {
			t.Fatalf("%v times %v: %v\nwant %v", b[:8], quant[:8], got, want)
		}
	}
}

func BenchmarkInverse(b *testing.B) {
	var blk block
	var quant [64]uint16
	for i := range quant {
		quant[i], blk[i] = uint16(1+i), int16(20/(1+i/4))
	}
	var dst [64]uint8
	for name, f := range map[string]func(dst []uint8, stride int, b *block, quant *[64]uint16){
		"plain": inversePlain, "used": inverseAll,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f(dst[:], 8, &blk, &quant)
			}
		})
	}
}
