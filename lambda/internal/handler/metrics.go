package handler

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/yolambda/yolambda/lambda/api"
)

// metricNamespace and the names below are what the dashboard and the alarms look
// for: infra/metrics.go has the same.
const metricNamespace = "YOLambda"

// metric is one measured value. Its unit is one of CloudWatch's.
type metric struct {
	name, unit string
	value      float64
}

// metrics writes measures in CloudWatch's embedded metric format: lines of JSON
// in the log, from which CloudWatch makes metrics.
type metrics struct {
	out      io.Writer
	function string // the function's name; empty off Lambda, where nobody reads metrics
}

// write puts down what an invocation measured, without the stages that it did
// not reach.
func (m metrics) write(r *record) {
	if m.function == "" {
		return
	}
	measures := []metric{{"ColdStart", "Count", 0}}
	if r.coldStart {
		measures[0].value = 1
	}
	if r.format != "" {
		measures = append(measures, metric{"DecodeMs", "Milliseconds", api.Milliseconds(r.decode)})
	}
	perClass := map[int]int{}
	if r.result != nil {
		s, size := r.speed(), r.result.Picture
		measures = append(measures,
			metric{"PreprocessMs", "Milliseconds", s.Preprocess},
			metric{"InferenceMs", "Milliseconds", s.Inference},
			metric{"PostprocessMs", "Milliseconds", s.Postprocess},
			metric{"PictureMegapixels", "None", float64(size.W*size.H) / 1e6})
		for _, d := range r.result.Detections {
			perClass[d.Class]++
		}
	}
	m.writeLine("Model", dimensionValue(r.model.name, "model"), measures)
	// A line holds one value a dimension, so each class has a line of its own.
	for _, class := range slices.Sorted(maps.Keys(perClass)) {
		name := dimensionValue(r.model.Name(class), fmt.Sprintf("class%d", class))
		m.writeLine("Class", name, []metric{{"Detections", "Count", float64(perClass[class])}})
	}
}

// writeLine puts down metrics with two dimensions: the function's name and another.
func (m metrics) writeLine(dimension, value string, measures []metric) {
	type definition struct{ Name, Unit string }
	line := map[string]any{"FunctionName": m.function, dimension: value}
	definitions := make([]definition, len(measures))
	for i, measure := range measures {
		definitions[i] = definition{measure.name, measure.unit}
		line[measure.name] = measure.value
	}
	line["_aws"] = map[string]any{
		"Timestamp": time.Now().UnixMilli(),
		"CloudWatchMetrics": []any{map[string]any{
			"Namespace":  metricNamespace,
			"Dimensions": [][]string{{"FunctionName", dimension}},
			"Metrics":    definitions,
		}},
	}
	// Strings and finite numbers: this can't fail. A line that can't be written
	// is no reason to fail the request.
	text, _ := json.Marshal(line)
	m.out.Write(append(text, '\n'))
}

// dimensionValue is s where CloudWatch takes it as the value of a dimension: up
// to 1024 printable characters of ASCII, not only blanks.
func dimensionValue(s, otherwise string) string {
	unfit := func(r rune) bool { return r < ' ' || r > '~' }
	if strings.TrimSpace(s) == "" || len(s) > 1024 || strings.ContainsFunc(s, unfit) {
		return otherwise
	}
	return s
}
