package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/lambda/api"
)

// showJSON prints one line: {"file": …, then the reply's own keys}, or
// {"file": …, "error": {"code", "message"}}.
func showJSON(std *streams, r result) error {
	file, err := marshal(r.file)
	if err != nil {
		return err
	}
	body := r.body
	if r.err != nil {
		if body, err = marshal(api.ErrorBody{Error: describe(r.err)}); err != nil {
			return err
		}
	}
	line := bytes.NewBufferString(`{"file":`)
	line.Write(file)
	line.WriteByte(',')
	var rest bytes.Buffer
	if err := json.Compact(&rest, body); err != nil {
		return err
	}
	line.Write(rest.Bytes()[1:]) // behind its brace; never {}: it has the dialect's key, or an error
	line.WriteByte('\n')
	_, err = std.out.Write(line.Bytes())
	return err
}

// marshal writes JSON in which a path's & is an &.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// describe gives every failure the two keys of the function's own errors.
func describe(err error) *api.Error {
	var own *api.Error
	var endpoint *client.EndpointError
	var path *fs.PathError
	var network *url.Error
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &endpoint):
		return api.Errorf(api.Code(endpoint.Code), "%v", err)
	case errors.As(err, &path):
		return api.Errorf("file_error", "%v", err)
	case errors.As(err, &network):
		return api.Errorf("unreachable", "%v", err)
	}
	return api.Errorf("failed", "%v", err)
}

// showTable prints a table for people.
func showTable(std *streams, r result) error {
	if r.err != nil {
		_, err := fmt.Fprintf(std.err, "%s: %v\n", r.file, r.err)
		return err
	}
	var b strings.Builder
	b.WriteString(r.file)
	if size := r.reply.Image; size != nil {
		fmt.Fprintf(&b, "  %d x %d", size.Width, size.Height)
	}
	b.WriteByte('\n')
	found := count(len(r.reply.Detections), "detection")
	writeDetections(&b, r.reply.Detections)
	if classes := r.reply.Classification; len(classes) > 0 {
		found = fmt.Sprintf("the %d most probable classes", len(classes))
		writeClasses(&b, classes)
	}
	fmt.Fprintf(&b, "%s in %d ms%s\n", found, r.wall.Round(time.Millisecond).Milliseconds(), timings(r.reply))
	_, err := std.out.Write([]byte(b.String()))
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
