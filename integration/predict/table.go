package predict

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/yolambda/yolambda/lambda/api"
)

// table writes what people read: a picture's name and size, a line for each thing seen in
// it, and the times. A failed picture has no table.
type table struct {
	w     io.Writer
	begun bool
}

func (t *table) Close() error { return nil }

func (t *table) Write(r Result) error {
	if r.Err != nil {
		return nil
	}
	var b strings.Builder
	if t.begun {
		b.WriteByte('\n')
	}
	t.begun = true
	b.WriteString(r.Name)
	if size := r.Reply.Image; size != nil {
		fmt.Fprintf(&b, "  %d x %d", size.Width, size.Height)
	}
	b.WriteByte('\n')
	found := count(len(r.Reply.Detections), "detection")
	writeDetections(&b, r.Reply.Detections)
	if classes := r.Reply.Classification; len(classes) > 0 {
		found = fmt.Sprintf("the %d most probable classes", len(classes))
		writeClasses(&b, classes)
	}
	fmt.Fprintf(&b, "%s in %d ms%s\n", found, r.Wall.Round(time.Millisecond).Milliseconds(), timings(r.Reply))
	_, err := io.WriteString(t.w, b.String())
	return err
}

// writeDetections writes one line a detection: class, confidence, and the box
// in pixels of the upright picture.
func writeDetections(b *strings.Builder, detections []api.Detection) {
	if len(detections) == 0 {
		return
	}
	width := len("CLASS")
	for _, d := range detections {
		width = max(width, utf8.RuneCountInString(d.Cls))
	}
	fmt.Fprintf(b, "  %-*s  CONF     X1     Y1     X2     Y2\n", width, "CLASS")
	for _, d := range detections {
		fmt.Fprintf(b, "  %-*s  %.2f  %5d  %5d  %5d  %5d\n", width, d.Cls, d.Conf, d.Box[0], d.Box[1], d.Box[2], d.Box[3])
	}
}

// writeClasses writes one line a class: its name and its probability.
func writeClasses(b *strings.Builder, classes []api.Class) {
	width := len("CLASS")
	for _, c := range classes {
		width = max(width, utf8.RuneCountInString(c.Cls))
	}
	fmt.Fprintf(b, "  %-*s  CONF\n", width, "CLASS")
	for _, c := range classes {
		fmt.Fprintf(b, "  %-*s  %.2f\n", width, c.Cls, c.Conf)
	}
}

// timings tells where the function's time went.
func timings(r *api.Response) string {
	if r.Speed == nil {
		return ""
	}
	s := fmt.Sprintf(" (decode %.1f, preprocess %.1f, inference %.1f, postprocess %.1f ms)",
		r.Speed.Decode, r.Speed.Preprocess, r.Speed.Inference, r.Speed.Postprocess)
	if r.ColdStart {
		s += ", cold start"
	}
	return s
}

// count writes "1 detection", "2 detections".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
