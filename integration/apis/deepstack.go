package apis

import (
	"cmp"
	"net/http"
	"time"

	"github.com/yolambda/yolambda/lambda/api"
)

// deepstack serves what DeepStack and CodeProject.AI do for things in a picture, as
// Blue Iris, Home Assistant and others ask it:
//
//	POST /v1/vision/detection        a form with the file image; min_confidence, api_key
//	POST /v1/vision/custom/{model}   the same of a model by its name
//	POST /v1/vision/custom/list      the models
func (s *service) deepstack() {
	s.handle("POST /v1/vision/detection", deepstackRefusal, s.deepstackDetect)
	s.handle("POST /v1/vision/custom/{model}", deepstackRefusal, s.deepstackDetect)
	s.handle("POST /v1/vision/custom/list", deepstackRefusal, func(c *call) (any, error) {
		list, err := s.models.all(c.Context())
		names := []string{}
		for _, m := range list {
			names = append(names, m.Name)
		}
		return deepstackReply{Success: true, Models: names}, err
	})
	s.handle("/v1/vision/", deepstackRefusal, func(c *call) (any, error) {
		return nil, &statusError{http.StatusNotFound, api.Errorf(api.InvalidRequest, "%s is not served; /v1/vision/detection and /v1/vision/custom/NAME are", c.URL.Path)}
	})
}

// deepstackReply is a reply of either server; the times are CodeProject.AI's, in
// milliseconds.
type deepstackReply struct {
	Success     bool                  `json:"success"`
	Predictions []deepstackPrediction `json:"predictions,omitzero"`
	Count       *int                  `json:"count,omitempty"`
	InferenceMs int64                 `json:"inferenceMs,omitempty"`
	ProcessMs   int64                 `json:"processMs,omitempty"`
	Models      []string              `json:"models,omitzero"`
	Error       string                `json:"error,omitempty"`
	Code        int                   `json:"code,omitempty"`
	Duration    int                   `json:"duration"`
}

// deepstackPrediction is a box in whole pixels of the upright picture.
type deepstackPrediction struct {
	Label      string  `json:"label"`
	Confidence float32 `json:"confidence"`
	YMin       int     `json:"y_min"`
	XMin       int     `json:"x_min"`
	YMax       int     `json:"y_max"`
	XMax       int     `json:"x_max"`
}

func deepstackRefusal(status int, e *api.Error) (int, any) {
	return status, deepstackReply{Error: e.Message, Code: status}
}

// deepstackConfidence is DeepStack's own default.
const deepstackConfidence = 0.45

func (s *service) deepstackDetect(c *call) (any, error) {
	begun := time.Now()
	picture, err := c.file("image", "file")
	if err != nil {
		return nil, err
	}
	opts := api.Options{}
	if opts.Conf, err = c.number("min_confidence", 0, 1); err != nil {
		return nil, err
	}
	opts.Conf = cmp.Or(opts.Conf, new(deepstackConfidence))
	if name := c.PathValue("model"); name != "" {
		m, err := s.models.find(c.Context(), name, func(m model) []string { return []string{m.Name} })
		if err != nil {
			return nil, err
		}
		opts.Model = m.Name
	}
	reply, err := askFor[nativeReply](c.Context(), s, api.Picture{Data: picture}, opts)
	if err != nil {
		return nil, err
	}
	if !findsBoxes(reply.Task) {
		return nil, api.Errorf(api.InvalidRequest, "the model %s is for the task %s, and finds no boxes", reply.Model, reply.Task)
	}
	out := deepstackReply{Success: true, Predictions: []deepstackPrediction{}, Count: new(len(reply.Detections)), Code: http.StatusOK}
	for _, d := range reply.Detections {
		out.Predictions = append(out.Predictions, deepstackPrediction{
			Label: d.Cls, Confidence: d.Conf, XMin: d.Box[0], YMin: d.Box[1], XMax: d.Box[2], YMax: d.Box[3],
		})
	}
	if reply.Speed != nil {
		out.InferenceMs = int64(reply.Speed.Inference)
	}
	out.ProcessMs = time.Since(begun).Milliseconds()
	return out, nil
}
