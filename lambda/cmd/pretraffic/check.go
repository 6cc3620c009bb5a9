package main

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// check is a picture with its known answer.
type check struct {
	Picture string       `json:"picture"` // its name, for people
	Image   []byte       `json:"image"`   // the file's bytes
	Answer  api.Response `json:"answer"`  // as the function gave it when it was recorded
}

// sure is the confidence from which a known detection must be seen again. Another CPU or
// another form of the model may move those that are near the threshold across it.
const sure = 0.5

// overlap is the least IoU of a known box with that which is seen.
const overlap = 0.5

// compare says what of the known answer is not in the reply.
func (c check) compare(reply []byte) error {
	var got struct {
		api.Response
		Error *api.Error `json:"error"`
	}
	if err := json.Unmarshal(reply, &got); err != nil {
		return fmt.Errorf("read reply %.200q: %w", reply, err)
	}
	switch {
	case got.Error != nil:
		return got.Error
	case got.Task != c.Answer.Task:
		return fmt.Errorf("it does %q, not %q", got.Task, c.Answer.Task)
	case len(c.Answer.Classification) > 0 && (len(got.Classification) == 0 || got.Classification[0].Cls != c.Answer.Classification[0].Cls):
		return fmt.Errorf("it takes the picture for %v, not for %s", got.Classification, c.Answer.Classification[0].Cls)
	}
	for _, known := range c.Answer.Detections {
		if known.Conf >= sure && !slices.ContainsFunc(got.Detections, func(d api.Detection) bool {
			return d.Cls == known.Cls && box(d.Box).IoU(box(known.Box)) >= overlap
		}) {
			return fmt.Errorf("it does not see the %s at %v, but %s", known.Cls, known.Box, seen(got.Detections))
		}
	}
	return nil
}

// seen lists detections, for the log.
func seen(all []api.Detection) string {
	text := fmt.Sprintf("%d others", len(all))
	for _, d := range all[:min(len(all), 10)] {
		text += fmt.Sprintf(", %s %v", d.Cls, d.Box)
	}
	return text
}

// box is one of the wire, x1, y1, x2, y2 in pixels.
func box(b [4]int) yolo.Box {
	return yolo.Box{X1: float32(b[0]), Y1: float32(b[1]), X2: float32(b[2]), Y2: float32(b[3])}
}
