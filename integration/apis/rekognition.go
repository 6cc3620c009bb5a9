package apis

import (
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/yolambda/yolambda/lambda/api"
)

// targetHeader names the operation of a request to AWS.
const targetHeader, rekognitionService = "X-Amz-Target", "RekognitionService."

func isRekognition(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Path == "/" && strings.HasPrefix(r.Header.Get(targetHeader), rekognitionService)
}

// rekognition serves DetectLabels of Amazon Rekognition: a label for each class, with
// an instance for each box. What the request was signed with is not looked at; the
// token goes in as the session token.
func (s *service) rekognition() http.HandlerFunc {
	return s.serve(rekognitionRefusal, "application/x-amz-json-1.1", func(c *call) (any, error) {
		if operation := strings.TrimPrefix(c.Header.Get(targetHeader), rekognitionService); operation != "DetectLabels" {
			return nil, &statusError{http.StatusBadRequest, api.Errorf("UnknownOperationException", "%.60s is not served, DetectLabels is", operation)}
		}
		return s.detectLabels(c)
	})
}

// rekognitionErrors are AWS's names of what can go wrong.
var rekognitionErrors = map[int]string{
	http.StatusBadRequest:            "InvalidParameterException",
	http.StatusUnauthorized:          "UnrecognizedClientException",
	http.StatusForbidden:             "AccessDeniedException",
	http.StatusRequestEntityTooLarge: "ImageTooLargeException",
	http.StatusUnsupportedMediaType:  "InvalidImageFormatException",
	http.StatusUnprocessableEntity:   "InvalidImageFormatException",
	http.StatusTooManyRequests:       "ThrottlingException",
}

func rekognitionRefusal(status int, e *api.Error) (int, any) {
	kind, known := rekognitionErrors[status]
	switch {
	case e.Code == "UnknownOperationException":
		kind = string(e.Code)
	case !known:
		kind = "InternalServerError"
	}
	answer := http.StatusBadRequest // as AWS answers all that is the caller's
	if !known {
		answer = http.StatusInternalServerError
	}
	return answer, map[string]string{"__type": kind, "Message": e.Message}
}

type detectLabelsRequest struct {
	Image struct {
		Bytes    []byte
		S3Object *struct{ Bucket, Name, Version string }
	}
	MaxLabels     *int
	MinConfidence *float64 // percent
	Features      []string
	Settings      *struct {
		GeneralLabels struct {
			LabelInclusionFilters, LabelExclusionFilters, LabelCategoryInclusionFilters, LabelCategoryExclusionFilters []string
		}
		ImageProperties json.RawMessage
	}
}

// rekognitionLabel is a class that was found.
type rekognitionLabel struct {
	Name       string
	Confidence float64 // percent; the surest instance's
	Instances  []rekognitionInstance
	Parents    []struct{} // a model's classes are in no hierarchy
	Aliases    []struct{}
	Categories []struct{}
}

type rekognitionInstance struct {
	BoundingBox rekognitionBox
	Confidence  float64 // percent
}

// rekognitionBox is in fractions of the picture's sides.
type rekognitionBox struct{ Width, Height, Left, Top float64 }

// rekognitionConfidence is Rekognition's own default, in percent.
const rekognitionConfidence = 55

func (s *service) detectLabels(c *call) (any, error) {
	var r detectLabelsRequest
	if err := json.Unmarshal(c.files[""], &r); err != nil {
		return nil, api.Errorf(api.InvalidRequest, "the request is not the JSON of DetectLabels: %v", err)
	}
	picture, err := r.picture()
	if err != nil {
		return nil, err
	}
	least := rekognitionConfidence / 100.0
	if r.MinConfidence != nil {
		least = *r.MinConfidence / 100
	}
	opts := api.Options{Format: api.RoboflowFormat} // whose boxes are not whole pixels
	if err := opts.Set("conf_thres", least); err != nil {
		return nil, api.Errorf(api.InvalidRequest, "MinConfidence: %g is not from 0 to 100", 100*least)
	}
	if r.MaxLabels != nil && *r.MaxLabels < 0 {
		return nil, api.Errorf(api.InvalidRequest, "MaxLabels: %d is below 0", *r.MaxLabels)
	}
	if err := r.checkFeatures(); err != nil {
		return nil, err
	}
	reply, err := askFor[roboflowReply](c.Context(), s, picture, opts)
	if err != nil {
		return nil, err
	}
	return map[string]any{"Labels": r.choose(labels(&reply.Roboflow, least)), "LabelModelVersion": "3.0"}, nil
}

func (r *detectLabelsRequest) picture() (api.Picture, error) {
	object := r.Image.S3Object
	switch {
	case object != nil && len(r.Image.Bytes) > 0, object == nil && len(r.Image.Bytes) == 0:
		return api.Picture{}, api.Errorf(api.InvalidRequest, "Image: give Bytes or S3Object, one of the two")
	case object == nil:
		return api.Picture{Data: r.Image.Bytes}, nil
	case object.Version != "":
		return api.Picture{}, api.Errorf(api.InvalidRequest, "S3Object.Version: the newest version of an object is read; leave it out")
	case object.Bucket == "" || object.Name == "":
		return api.Picture{}, api.Errorf(api.InvalidRequest, "S3Object: it needs Bucket and Name")
	}
	return api.Picture{URI: "s3://" + object.Bucket + "/" + object.Name}, nil
}

// checkFeatures refuses what no model here can answer.
func (r *detectLabelsRequest) checkFeatures() error {
	for _, feature := range r.Features {
		if feature != "GENERAL_LABELS" {
			return api.Errorf(api.InvalidRequest, "Features: %.30q is not served, GENERAL_LABELS is", feature)
		}
	}
	if r.Settings == nil {
		return nil
	}
	general := r.Settings.GeneralLabels
	if len(general.LabelCategoryInclusionFilters)+len(general.LabelCategoryExclusionFilters) > 0 || r.Settings.ImageProperties != nil {
		return api.Errorf(api.InvalidRequest, "Settings: categories and image properties are not served, label filters are")
	}
	return nil
}

// choose keeps the labels that the request's filters and its limit let through.
func (r *detectLabelsRequest) choose(found []rekognitionLabel) []rekognitionLabel {
	kept := []rekognitionLabel{}
	for _, l := range found {
		if r.Settings != nil {
			general := r.Settings.GeneralLabels
			if len(general.LabelInclusionFilters) > 0 && !slices.Contains(general.LabelInclusionFilters, l.Name) ||
				slices.Contains(general.LabelExclusionFilters, l.Name) {
				continue
			}
		}
		kept = append(kept, l)
	}
	if r.MaxLabels != nil && *r.MaxLabels < len(kept) {
		kept = kept[:*r.MaxLabels]
	}
	return kept
}

// labels gathers the predictions by class, the surest first. Least is a fraction:
// classifications, which know no threshold, are held to it here.
func labels(reply *api.Roboflow, least float64) []rekognitionLabel {
	var list []rekognitionLabel
	for _, p := range reply.Predictions { // by falling confidence
		if float64(p.Confidence) < least {
			continue
		}
		i := slices.IndexFunc(list, func(l rekognitionLabel) bool { return l.Name == p.Class })
		if i < 0 {
			i = len(list)
			list = append(list, rekognitionLabel{
				Name: p.Class, Confidence: percent(p.Confidence), Instances: []rekognitionInstance{},
				Parents: []struct{}{}, Aliases: []struct{}{}, Categories: []struct{}{},
			})
		}
		if p.RoboflowBox != nil {
			list[i].Instances = append(list[i].Instances, rekognitionInstance{fractions(p.RoboflowBox, reply.Image), percent(p.Confidence)})
		}
	}
	return list
}

func percent(confidence float32) float64 { return math.Round(float64(confidence)*1e6) / 1e4 }

// fractions clips a box to the picture.
func fractions(b *api.RoboflowBox, picture api.Image) rekognitionBox {
	clip := func(v float32, side int) float64 { return min(max(float64(v)/float64(side), 0), 1) }
	left, right := clip(b.X-b.Width/2, picture.Width), clip(b.X+b.Width/2, picture.Width)
	top, bottom := clip(b.Y-b.Height/2, picture.Height), clip(b.Y+b.Height/2, picture.Height)
	return rekognitionBox{Width: right - left, Height: bottom - top, Left: left, Top: top}
}
