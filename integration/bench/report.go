package bench

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// Report is what was measured.
type Report struct {
	Series []*Series   `json:"series"`
	Cold   *ColdStarts `json:"cold,omitempty"`
	Memory *Memory     `json:"memory,omitempty"`
	Cost   Cost        `json:"cost"`
}

// Failure is the error of requests that failed; the rest is measured all the same.
func (r Report) Failure() error {
	var errs []error
	for _, s := range r.Series {
		if s.Failed > 0 {
			errs = append(errs, fmt.Errorf("%s: %d of %d requests failed; the last one: %w", s.File, s.Failed, s.Requests, s.lastErr))
		}
	}
	return errors.Join(errs...)
}

// Write prints a table for people: all Percentiles of a single series, or one
// line for each of several.
func (r Report) Write(w io.Writer) error {
	var text strings.Builder
	if len(r.Series) == 1 {
		r.Series[0].write(&text)
	} else {
		writeSummary(&text, r.Series)
	}
	text.WriteByte('\n')
	if c := r.Cold; c != nil {
		fmt.Fprintf(&text, "Cold start: %.0f ms from before the process to its first reply (p50 of %d, p90 %.0f): init %.0f, request %.0f\n",
			c.Total.P50, c.Starts, c.Total.P90, c.Init.P50, c.Request.P50)
	}
	if m := r.Memory; m != nil {
		fmt.Fprintf(&text, "Memory: %.0f MiB resident after %d mixed requests, %.0f at most", m.RSS, m.Requests, m.Peak)
		if m.BareRSS > 0 {
			fmt.Fprintf(&text, "; the network alone %.0f MiB: %.2f times", m.BareRSS, m.Ratio)
		}
		text.WriteByte('\n')
	}
	c := r.Cost
	fmt.Fprintf(&text, "Cost: $%.4f for 1,000 pictures on %s with %d MB (Rekognition DetectLabels: $%.2f; prices of %s, %s, unchecked)\n",
		c.Lambda, c.Architecture, c.MemoryMB, c.Rekognition, c.Region, c.PricesOf)
	_, err := io.WriteString(w, text.String())
	return err
}

func (s *Series) write(text *strings.Builder) {
	fmt.Fprintf(text, "%s, %d at once, in %.1f s: %.1f a second; %d failed; %s seen\n\n%-12s %9s %9s %9s %9s\n",
		count(s.Requests, "request"), s.Concurrency, s.Seconds, s.PerSecond, s.Failed, count(s.ColdStarts, "cold start"),
		"ms", "p50", "p90", "p95", "p99")
	for _, stage := range stages {
		if p, ok := s.MS[stage]; ok {
			fmt.Fprintf(text, "%-12s %9.1f %9.1f %9.1f %9.1f\n", stage, p.P50, p.P90, p.P95, p.P99)
		}
	}
	if s.Ratio > 0 {
		fmt.Fprintf(text, "\nrequest / run, of the medians: %.2f\n", s.Ratio)
	}
	s.writeBatch(text)
}

// writeBatch prints what a picture of several in a request takes.
func (s *Series) writeBatch(text *strings.Builder) {
	if s.PictureMS == 0 {
		return
	}
	fmt.Fprintf(text, "%s, %d pictures a request: %.1f ms a picture, %.1f pictures a second", filepath.Base(s.File), s.Pictures,
		s.PictureMS/float64(s.Concurrency), 1000*float64(s.Concurrency)/s.PictureMS)
	if s.LimitMS > 0 {
		fmt.Fprintf(text, "; the network alone on as many threads: %.1f ms, %.1f a second; %.2f times", s.LimitMS, 1000/s.LimitMS, s.Ratio)
	}
	text.WriteByte('\n')
}

// writeSummary prints the medians of each series, the ratio first.
func writeSummary(text *strings.Builder, all []*Series) {
	columns := []string{"wall", "request", "run", "parse", "decode", "preprocess", "inference", "head", "nms", "encode", "runtime api"}
	width := len("ms, p50")
	for _, s := range all {
		width = max(width, len(filepath.Base(s.File)))
	}
	fmt.Fprintf(text, "%-*s  form      MB  ratio", width, "ms, p50")
	for _, stage := range columns {
		fmt.Fprintf(text, " %*s", max(len(stage), 7), stage)
	}
	text.WriteByte('\n')
	for _, s := range all {
		fmt.Fprintf(text, "%-*s  %-4s  %6.2f  %s", width, filepath.Base(s.File), s.Form, float64(s.Bytes)/1e6, orDash("%5.2f", s.Ratio))
		for _, stage := range columns {
			fmt.Fprintf(text, " %*s", max(len(stage), 7), orDash("%.1f", s.MS[stage].P50))
		}
		text.WriteByte('\n')
	}
	for _, s := range all {
		s.writeBatch(text)
	}
}

// orDash leaves out what was not measured.
func orDash(format string, v float64) string {
	if v == 0 {
		return "    -"
	}
	return fmt.Sprintf(format, v)
}

// count writes "1 request", "2 requests".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
