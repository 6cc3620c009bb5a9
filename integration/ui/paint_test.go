package ui_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/yolambda/yolambda/integration/proxy"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// BenchmarkFirstPaint measures the time from the start of a navigation to the first
// paint, as the browser itself tells it, of the page and, by turns, of a document of
// one word: any page takes that long, the rest is this one's. Medians, as a busy
// machine has outliers:
//
//	go test -run - -bench Paint -benchtime 40x
func BenchmarkFirstPaint(b *testing.B) {
	f := serve(b, yolotest.Fixture(b, "squares"))
	pages := http.NewServeMux()
	pages.Handle("/", proxy.New(f.client))
	pages.HandleFunc("/word", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, `<!doctype html><html lang="en"><title>Word</title><link rel="icon" href="data:,"><p>Word`)
	})
	server := httptest.NewServer(pages)
	b.Cleanup(server.Close)
	p := open(b, &function{client: f.client, page: server.URL + "/"}, 1280, 900)
	times := map[string][]float64{}
	for b.Loop() {
		for _, page := range []string{"", "word"} {
			p.do(chromedp.Navigate(p.function.page + page))
			p.wait(`performance.getEntriesByName("first-paint").length > 0`)
			times[page] = append(times[page], get[float64](p, `performance.getEntriesByName("first-paint")[0].startTime`))
		}
	}
	median := func(page string) float64 {
		slices.Sort(times[page])
		return times[page][len(times[page])/2]
	}
	b.ReportMetric(median(""), "ms/page")
	b.ReportMetric(median("word"), "ms/word")
	b.ReportMetric(median("")-median("word"), "ms/own")
}
