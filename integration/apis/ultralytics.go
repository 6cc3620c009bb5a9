package apis

import (
	"context"
	"math"
	"strconv"
	"time"

	"github.com/yolambda/yolambda/lambda/api"
)

// ultralytics serves the predictions of Ultralytics' Platform and HUB:
//
//	POST /predict                    a dedicated endpoint of the Platform: the default model
//	POST /api/models/{model}/predict the Platform's shared one
//	POST /v1/predict/{model}         HUB's, as hub-sdk asks it; POST /v1/auth, GET /v1/models/{model}
//
// A request is a form with the file (or its base64 as source), conf, iou, imgsz,
// normalize and decimals.
func (s *service) ultralytics() {
	s.handle("POST /predict", ultralyticsRefusal, s.ultralyticsPredict)
	s.handle("POST /api/models/{model}/predict", ultralyticsRefusal, s.ultralyticsPredict)
	s.handle("POST /v1/predict/{model}", ultralyticsRefusal, s.ultralyticsPredict)
	s.handle("POST /v1/auth", ultralyticsRefusal, func(*call) (any, error) {
		return map[string]bool{"success": true}, nil
	})
	s.handle("GET /v1/models/{model}", ultralyticsRefusal, func(c *call) (any, error) {
		m, err := s.ultralyticsModel(c.Context(), c.PathValue("model"))
		return map[string]any{"success": err == nil, "data": map[string]string{"id": m.Name, "name": m.Name, "task": m.Task}}, err
	})
}

func ultralyticsRefusal(status int, e *api.Error) (int, any) {
	return status, map[string]any{"error": e.Message, "message": e.Message, "success": false}
}

func (s *service) ultralyticsModel(ctx context.Context, name string) (model, error) {
	return s.models.find(ctx, name, func(m model) []string { return []string{m.Name, m.Name + ".pt", m.Name + ".onnx"} })
}

// platformReply is the Platform's reply: with the time of the call in seconds.
type platformReply struct {
	Images   []api.UltralyticsImage `json:"images"`
	Metadata struct {
		api.UltralyticsMetadata
		FunctionTimeCall float64 `json:"functionTimeCall"`
	} `json:"metadata"`
}

// ultralyticsDecimals is how many of them coordinates and confidences have, as in
// Ultralytics' Results, and the most that the Platform lets one ask for.
const ultralyticsDecimals, maxDecimals = 5, 10

func (s *service) ultralyticsPredict(c *call) (any, error) {
	begun := time.Now()
	picture, err := ultralyticsPicture(c)
	if err != nil {
		return nil, err
	}
	opts := api.Options{Format: api.UltralyticsFormat, Letterbox: api.Center}
	for _, name := range []string{"conf", "iou", "imgsz"} {
		if value := c.values.Get(name); value != "" {
			if err := opts.Set(name, value); err != nil {
				return nil, err
			}
		}
	}
	normalize, err := c.flag("normalize")
	if err != nil {
		return nil, err
	}
	decimals, err := c.number("decimals", 0, maxDecimals)
	if err == nil && decimals != nil && *decimals != math.Trunc(*decimals) {
		err = api.Errorf(api.InvalidRequest, "decimals: %g is not a whole number", *decimals)
	}
	if err != nil {
		return nil, err
	}
	if name := c.PathValue("model"); name != "" {
		m, err := s.ultralyticsModel(c.Context(), name)
		if err != nil {
			return nil, err
		}
		opts = m.asked(opts)
	}
	reply, err := askFor[ultralyticsReply](c.Context(), s, picture, opts)
	if err != nil {
		return nil, err
	}
	places := ultralyticsDecimals
	if decimals != nil {
		places = int(*decimals)
	}
	for i := range reply.Images {
		rewrite(&reply.Images[i], normalize, places)
	}
	var out platformReply
	out.Images, out.Metadata.UltralyticsMetadata = reply.Images, reply.Metadata
	out.Metadata.FunctionTimeCall = time.Since(begun).Round(time.Millisecond).Seconds()
	return out, nil
}

// ultralyticsPicture is the file of a form, or its source: base64, or an address in S3.
func ultralyticsPicture(c *call) (api.Picture, error) {
	source := c.values.Get("source")
	switch {
	case source == "":
		data, err := c.file("file", "image", "images")
		return api.Picture{Data: data}, err
	case len(source) > 5 && source[:5] == "s3://":
		return api.Picture{URI: source}, nil
	case api.IsURI(source):
		return api.Picture{}, api.Errorf(api.InvalidRequest, "source: addresses such as %.60q are not fetched; send the file", source)
	}
	data, err := decodeBase64(source)
	if err != nil {
		return api.Picture{}, api.Errorf(api.InvalidRequest, "source: it is neither base64 nor an address in S3")
	}
	return api.Picture{Data: data}, nil
}

// rewrite makes the coordinates fractions of the picture's sides, if asked, and rounds
// them, the confidences and the shares.
func rewrite(image *api.UltralyticsImage, normalize bool, decimals int) {
	height, width := 1.0, 1.0
	if normalize {
		height, width = float64(image.Shape[0]), float64(image.Shape[1])
	}
	all := func(values []float64, side float64) {
		for i, v := range values {
			values[i] = rounded(v/side, decimals)
		}
	}
	for i := range image.Results {
		r := &image.Results[i]
		for name, v := range r.Box {
			side := width
			if name[0] == 'y' {
				side = height
			}
			r.Box[name] = rounded(v/side, decimals)
		}
		if r.Segments != nil {
			all(r.Segments.X, width)
			all(r.Segments.Y, height)
		}
		if r.Keypoints != nil {
			all(r.Keypoints.X, width)
			all(r.Keypoints.Y, height)
			all(r.Keypoints.Visible, 1)
		}
		for _, v := range []*float64{r.Confidence, r.PixelRatio} {
			if v != nil {
				*v = rounded(*v, decimals)
			}
		}
	}
}

// rounded is Python's round: the nearest number of so many decimals, the even one where two are.
func rounded(v float64, decimals int) float64 {
	near, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'f', decimals, 64), 64) // it is a number
	return near
}
