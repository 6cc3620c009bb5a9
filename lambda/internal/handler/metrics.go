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
	"github.com/yolambda/yolambda/lambda/names"
)

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

// write puts down what was measured, without the stages that were not reached. A
// picture that could not be read counts by its error.
func (m metrics) write(c call, of measures, err error) {
	if m.function == "" {
		return
	}
	measures := []metric{{names.MetricColdStart, "Count", 0}}
	if c.coldStart {
		measures[0].value = 1
	}
	if err != nil && slices.Contains([]api.Code{api.UnsupportedPicture, api.BrokenPicture}, toAPI(err).Code) {
		measures = append(measures, metric{names.MetricUnread, "Count", 1})
	}
	if of.speed != nil {
		measures = append(measures, metric{names.MetricDecode, "Milliseconds", of.speed.Decode})
	}
	perClass := map[int]int{}
	if of.result != nil {
		s, size := of.speed, of.result.Picture
		measures = append(measures,
			metric{names.MetricPreprocess, "Milliseconds", s.Preprocess},
			metric{names.MetricInference, "Milliseconds", s.Inference},
			metric{names.MetricPostprocess, "Milliseconds", s.Postprocess},
			metric{names.MetricPicture, "None", float64(size.W*size.H) / 1e6})
		for _, d := range of.result.Detections {
			perClass[d.Class]++
		}
	}
	m.writeLine(names.DimensionModel, dimensionValue(of.model.name, "model"), measures)
	// A line holds one value a dimension, so each class has a line of its own.
	for _, class := range slices.Sorted(maps.Keys(perClass)) {
		name := dimensionValue(of.model.Name(class), fmt.Sprintf("class%d", class))
		m.writeLine(names.DimensionClass, name, []metric{{names.MetricDetections, "Count", float64(perClass[class])}})
	}
}

// writeLine puts down metrics with two dimensions: the function's name and another.
func (m metrics) writeLine(dimension, value string, measures []metric) {
	type definition struct{ Name, Unit string }
	line := map[string]any{names.DimensionFunction: m.function, dimension: value}
	definitions := make([]definition, len(measures))
	for i, measure := range measures {
		definitions[i] = definition{measure.name, measure.unit}
		line[measure.name] = measure.value
	}
	line["_aws"] = map[string]any{
		"Timestamp": time.Now().UnixMilli(),
		"CloudWatchMetrics": []any{map[string]any{
			"Namespace":  names.MetricNamespace,
			"Dimensions": [][]string{{names.DimensionFunction, dimension}},
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
