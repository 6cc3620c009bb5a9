package ui_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// BenchmarkFirstPaint measures the time from the start of a navigation to the
// first paint, as the browser itself tells it: `go test -run - -bench Paint`.
func BenchmarkFirstPaint(b *testing.B) {
	p := open(b, serve(b, yolotest.Fixture(b, "squares")), 1280, 900)
	sum := 0.0
	for b.Loop() {
		p.do(chromedp.Navigate(p.function.page))
		p.wait(`performance.getEntriesByName("first-paint").length > 0`)
		sum += get[float64](p, `performance.getEntriesByName("first-paint")[0].startTime`)
	}
	b.ReportMetric(sum/float64(b.N), "ms/paint")
}
