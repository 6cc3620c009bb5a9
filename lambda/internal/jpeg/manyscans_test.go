package jpeg

import (
	"context"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// held is a context that is done after the first look at it, but tells the next two only when
// they are let go.
type held struct {
	context.Context
	looks atomic.Int32
	gates [2]chan struct{}
}

func (c *held) Err() error {
	switch n := c.looks.Add(1); n {
	case 1:
		return nil
	case 2, 3:
		<-c.gates[n-2]
	}
	return context.Canceled
}

// TestEarlyEnd ends one of two scans while the other stands still in a row: meanwhile nobody
// reads coefficients which that one may be about to write.
func TestEarlyEnd(t *testing.T) {
	f, err := Parse(yolotest.Read(t, filepath.Join("testdata", "grey_progressive_first2.jpg")), 100)
	if err != nil || f.complete() != nil {
		t.Fatal(err)
	}
	for i := range 40 { // which of the two looks first, is not known
		synctest.Test(t, func(t *testing.T) {
			ctx := &held{Context: t.Context(), gates: [2]chan struct{}{make(chan struct{}), make(chan struct{})}}
			d := decoder{File: f, ctx: ctx, samples: newSamples(f), smooth: f.smoothings()}
			var decoding sync.WaitGroup
			decoding.Go(func() { d.manyScans(new(coefficients).strips(f, f.mcuRows())) })
			synctest.Wait()
			if n := ctx.looks.Load(); n != 3 || d.smooth == nil {
				t.Errorf("%d looks by two scans", n)
			}
			close(ctx.gates[i%2])
			synctest.Wait()
			if d.smooth[0].dc != nil {
				t.Error("the DC coefficients were taken while a scan went on")
			}
			close(ctx.gates[1-i%2])
			decoding.Wait()
			if d.err != context.Canceled {
				t.Error(d.err)
			}
		})
	}
}
