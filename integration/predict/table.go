package predict

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/yolambda/yolambda/integration/terminal"
	"github.com/yolambda/yolambda/lambda/api"
)

// table writes what people read: a picture's name and size, a line for each thing seen in
// it, and the times. A failed picture has no table.
type table struct {
	w     io.Writer
	style terminal.Style
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
	b.WriteString(t.style.Strong(terminal.Clean(r.Name)))
	if size := r.Reply.Image; size != nil {
		fmt.Fprintf(&b, "  %d x %d", size.Width, size.Height)
	}
	b.WriteByte('\n')
	found := count(len(r.Reply.Detections), "detection")
	t.writeDetections(&b, r.Reply.Detections)
	if classes := r.Reply.Classification; len(classes) > 0 {
		found = fmt.Sprintf("the %d most probable classes", len(classes))
		t.writeClasses(&b, classes)
	}
	if areas := r.Reply.Semantic; areas != nil {
		found = count(len(areas.Classes), "area")
		t.writeAreas(&b, areas.Classes)
	}
	if d := r.Reply.Depth; d != nil {
		found = fmt.Sprintf("depth of %.2f to %.2f m, %.2f on average,", d.Min, d.Max, d.Mean)
	}
	times := fmt.Sprintf(" in %d ms%s", r.Wall.Round(time.Millisecond).Milliseconds(), timings(r.Reply))
	b.WriteString(found + t.style.Faint(times) + "\n")
	_, err := io.WriteString(t.w, b.String())
	return err
}

// writeDetections writes one line a detection: class, confidence, and the box
// in pixels of the upright picture.
func (t *table) writeDetections(b *strings.Builder, detections []api.Detection) {
	writeRows(t, b, "  CONF     X1     Y1     X2     Y2", detections, func(d api.Detection) (string, string) {
		return d.Cls, fmt.Sprintf("  %.2f  %5d  %5d  %5d  %5d", d.Conf, d.Box[0], d.Box[1], d.Box[2], d.Box[3])
	})
}

// writeClasses writes one line a class: its name and its probability.
func (t *table) writeClasses(b *strings.Builder, found []api.Class) {
	writeRows(t, b, "  CONF", found, func(c api.Class) (string, string) {
		return c.Cls, fmt.Sprintf("  %.2f", c.Conf)
	})
}

// writeAreas writes one line a class: its name and its share of the picture.
func (t *table) writeAreas(b *strings.Builder, areas []api.Area) {
	writeRows(t, b, "   SHARE", areas, func(a api.Area) (string, string) {
		return a.Cls, fmt.Sprintf("  %5.1f%%", 100*a.Share)
	})
}

// writeRows writes a head and one line for each of what was found: its class, in a column as
// wide as the widest, and the rest. Nothing has no head.
func writeRows[T any](t *table, b *strings.Builder, head string, found []T, row func(T) (class, rest string)) {
	if len(found) == 0 {
		return
	}
	classes, rests := make([]string, len(found)), make([]string, len(found))
	for i, f := range found {
		classes[i], rests[i] = row(f)
	}
	classes, title := column("CLASS", classes)
	fmt.Fprintln(b, t.style.Faint("  "+title+head))
	for i, class := range classes {
		fmt.Fprintln(b, "  "+class+rests[i])
	}
}

// column makes the cells and their head equally wide.
func column(head string, cells []string) (padded []string, paddedHead string) {
	width := terminal.Width(head)
	for _, cell := range cells {
		cell = terminal.Clean(cell)
		width = max(width, terminal.Width(cell))
		padded = append(padded, cell)
	}
	for i, cell := range padded {
		padded[i] = terminal.Pad(cell, width)
	}
	return padded, terminal.Pad(head, width)
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
