package apis

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/yolambda/yolambda/lambda/api"
)

// roboflow serves what Roboflow's inference server does for a picture and a model:
//
//	POST /{project}/{version}            API v0: base64, a picture or a form; options in the query
//	POST /infer/object_detection …       API v1: JSON
//	GET  /model/registry, POST /model/add, GET /info
//
// A model's id is NAME/1; NAME-3, if such a model is served, is NAME/3 too.
func (s *service) roboflow() {
	s.handle("POST /{project}/{version}", roboflowRefusal, s.roboflowV0)
	for task, route := range roboflowRoutes {
		s.handle("POST /infer/"+route, roboflowRefusal, func(c *call) (any, error) { return s.roboflowV1(c, task) })
	}
	s.handle("GET /model/registry", roboflowRefusal, func(c *call) (any, error) { return s.roboflowRegistry(c.Context()) })
	s.handle("POST /model/add", roboflowRefusal, s.roboflowAdd)
	s.handle("GET /info", roboflowRefusal, func(*call) (any, error) {
		return map[string]string{"name": "YOLambda", "version": "1", "uuid": "yolambda"}, nil
	})
	s.handle("POST /infer/{task}", roboflowRefusal, roboflowUnknown)
	s.handle("POST /model/{operation}", roboflowRefusal, roboflowUnknown)
}

// roboflowRoutes are the paths of API v1 below /infer/, by Roboflow's name of the task.
var roboflowRoutes = map[string]string{
	"object-detection":      "object_detection",
	"instance-segmentation": "instance_segmentation",
	"keypoint-detection":    "keypoints_detection",
	"classification":        "classification",
}

// roboflowTasks are Roboflow's names of the tasks. It has oriented boxes as boxes with
// points.
var roboflowTasks = map[string]string{
	"detect": "object-detection", "obb": "object-detection", "segment": "instance-segmentation",
	"pose": "keypoint-detection", "classify": "classification",
	"semantic": "semantic-segmentation", "depth": "depth-estimation",
}

func roboflowRefusal(status int, e *api.Error) (int, any) {
	return status, map[string]string{"message": e.Message, "error_type": string(e.Code)}
}

func roboflowUnknown(c *call) (any, error) {
	return nil, &statusError{http.StatusNotFound, api.Errorf(api.InvalidRequest, "%s %s is not served; pictures go to /infer/object_detection, "+
		"/infer/instance_segmentation, /infer/keypoints_detection or /infer/classification", c.Method, c.URL.Path)}
}

// roboflowIDs are the ids of a model, the first as the registry writes it.
func roboflowIDs(m model) []string {
	ids := []string{m.Name + "/1"}
	if i := strings.LastIndexByte(m.Name, '-'); i > 0 {
		ids = append(ids, m.Name[:i]+"/"+m.Name[i+1:])
	}
	return ids
}

// roboflowAsk is what both versions of the API ask.
type roboflowAsk struct {
	opts      api.Options
	keypoints float64 // the least confidence of a key point
	drawn     bool    // the picture with what was found is wanted
	bare      bool    // and nothing else
}

// Roboflow's own defaults.
const roboflowConfidence, roboflowOverlap = 0.4, 0.3

func (s *service) roboflowV0(c *call) (any, error) {
	m, err := s.models.find(c.Context(), c.PathValue("project")+"/"+c.PathValue("version"), roboflowIDs)
	if err != nil {
		return nil, err
	}
	picture, err := roboflowBody(c)
	if err != nil {
		return nil, err
	}
	ask, err := roboflowQuery(c)
	if err != nil {
		return nil, err
	}
	ask.opts = m.asked(ask.opts)
	return s.roboflowAnswer(c.Context(), api.Picture{Data: picture}, ask)
}

// roboflowBody is the picture of API v0: a form's file, base64, or the bytes.
func roboflowBody(c *call) ([]byte, error) {
	if address := c.values.Get("image"); address != "" {
		return nil, api.Errorf(api.InvalidRequest, "image=%.60q: addresses are not fetched; send the picture itself", address)
	}
	body, err := c.file("file", "image", "")
	if err != nil {
		return nil, err
	}
	if data, err := decodeBase64(string(body)); err == nil {
		return data, nil
	}
	return body, nil
}

// roboflowQuery reads the options of API v0. Thresholds above 1 are percent.
func roboflowQuery(c *call) (roboflowAsk, error) {
	percent := func(name string, otherwise float64) (*float64, error) {
		if text := c.values.Get(name); text == "best" || text == "default" {
			return &otherwise, nil
		}
		n, err := c.number(name, 0, 100)
		if n == nil {
			return &otherwise, err
		}
		if *n > 1 {
			*n /= 100
		}
		return n, nil
	}
	var ask roboflowAsk
	var err error
	if ask.opts.Conf, err = percent("confidence", roboflowConfidence); err != nil {
		return ask, err
	}
	if ask.opts.IoU, err = percent("overlap", roboflowOverlap); err != nil {
		return ask, err
	}
	keypoints, err := percent("keypoint_confidence", 0)
	if err != nil {
		return ask, err
	}
	ask.keypoints = *keypoints
	for _, o := range []struct{ name, option string }{{"max_detections", "max_det"}, {"classes", "classes"}} {
		if value := c.values.Get(o.name); value != "" {
			if err := ask.opts.Set(o.option, value); err != nil {
				return ask, err
			}
		}
	}
	if c.values.Get("response_mask_format") == "rle" {
		ask.opts.Mask = api.RunLengths
	}
	switch format := c.values.Get("format"); format {
	case "", "json":
	case "image":
		ask.drawn, ask.bare = true, true
	case "image_and_json":
		ask.drawn = true
	default:
		return ask, api.Errorf(api.InvalidRequest, "format: %.30q is none of json, image and image_and_json", format)
	}
	asIs, err := c.flag("disable_preproc_auto_orient")
	if err == nil && asIs {
		err = errUpright
	}
	return ask, err
}

var errUpright = api.Errorf(api.InvalidRequest, "disable_preproc_auto_orient: pictures are always turned upright")

// roboflowRequest is the body of API v1. What is not here changes nothing that the
// function does: batches, active learning, visual styles.
type roboflowRequest struct {
	ModelID            string          `json:"model_id"`
	Image              json.RawMessage `json:"image"`      // one or a list
	Confidence         any             `json:"confidence"` // a number, "best" or "default"
	IoU                any             `json:"iou_threshold"`
	MaxDetections      any             `json:"max_detections"`
	Classes            any             `json:"class_filter"`
	ClassAgnosticNMS   bool            `json:"class_agnostic_nms"`
	KeypointConfidence float64         `json:"keypoint_confidence"`
	Visualize          bool            `json:"visualize_predictions"`
	MaskFormat         string          `json:"response_mask_format"`
	AsIs               bool            `json:"disable_preproc_auto_orient"`
}

type roboflowImage struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// roboflowBodyV1 reads the body of API v1 and finds the model that it names.
func (s *service) roboflowBodyV1(c *call) (r roboflowRequest, m model, err error) {
	if err := json.Unmarshal(c.files[""], &r); err != nil {
		return r, m, api.Errorf(api.InvalidRequest, "the request is not the JSON of Roboflow's API: %v", err)
	}
	m, err = s.models.find(c.Context(), r.ModelID, roboflowIDs)
	return r, m, err
}

func (s *service) roboflowV1(c *call, task string) (any, error) {
	r, m, err := s.roboflowBodyV1(c)
	if err != nil {
		return nil, err
	}
	if own := roboflowTasks[m.Task]; own != task {
		return nil, api.Errorf(api.InvalidRequest, "the model %s is for %s: send its pictures to /infer/%s", r.ModelID, own, cmp.Or(roboflowRoutes[own], "…, which is not served"))
	}
	ask, err := r.ask()
	if err != nil {
		return nil, err
	}
	ask.opts = m.asked(ask.opts)
	pictures, isList, err := roboflowImages(r.Image)
	if err != nil {
		return nil, err
	}
	replies := make([]any, len(pictures))
	for i, picture := range pictures {
		if replies[i], err = s.roboflowAnswer(c.Context(), picture, ask); err != nil {
			return nil, err
		}
	}
	if isList {
		return replies, nil
	}
	return replies[0], nil
}

func (r *roboflowRequest) ask() (roboflowAsk, error) {
	ask := roboflowAsk{keypoints: r.KeypointConfidence, drawn: r.Visualize}
	ask.opts.AgnosticNMS = r.ClassAgnosticNMS
	if r.Confidence == nil || r.Confidence == "best" || r.Confidence == "default" {
		r.Confidence = roboflowConfidence
	}
	if r.IoU == nil {
		r.IoU = roboflowOverlap
	}
	if r.MaskFormat == "rle" {
		ask.opts.Mask = api.RunLengths
	}
	for _, o := range []struct {
		name  string
		value any
	}{{"conf_thres", r.Confidence}, {"iou_thres", r.IoU}, {"max_det", r.MaxDetections}, {"classes", r.Classes}} {
		if o.value == nil {
			continue
		}
		if err := ask.opts.Set(o.name, o.value); err != nil {
			return ask, err
		}
	}
	if r.AsIs {
		return ask, errUpright
	}
	return ask, nil
}

// roboflowImages reads one image or a list of them.
func roboflowImages(raw json.RawMessage) (pictures []api.Picture, isList bool, err error) {
	var list []roboflowImage
	isList = json.Unmarshal(raw, &list) == nil && list != nil
	if !isList {
		list = make([]roboflowImage, 1)
		if err := json.Unmarshal(raw, &list[0]); err != nil {
			return nil, false, api.Errorf(api.InvalidRequest, `image: it is neither {"type": "base64", "value": …} nor a list of such`)
		}
	}
	if len(list) > api.MaxImages {
		return nil, isList, api.Errorf(api.InvalidRequest, "image: %d pictures are more than %d", len(list), api.MaxImages)
	}
	for i, image := range list {
		if image.Type != "base64" {
			return nil, isList, api.Errorf(api.InvalidRequest, "image: the type %.20q is not served, base64 is; addresses are not fetched", image.Type)
		}
		data, err := decodeBase64(image.Value)
		if err != nil || len(data) == 0 {
			return nil, isList, api.Errorf(api.InvalidRequest, "image: the value of picture %d is not base64", i+1)
		}
		pictures = append(pictures, api.Picture{Data: data})
	}
	return pictures, isList, nil
}

// roboflowDrawn is Roboflow's reply with the drawn picture.
type roboflowDrawn struct {
	Visualization []byte `json:"visualization,omitempty"` // a JPEG in base64
	api.Roboflow
}

func (s *service) roboflowAnswer(ctx context.Context, picture api.Picture, ask roboflowAsk) (any, error) {
	var drawn []byte
	if ask.drawn {
		ask.opts.Format = api.PictureFormat
		var err error
		if drawn, err = s.ask(ctx, picture, ask.opts); err != nil || ask.bare {
			return drawn, err
		}
	}
	ask.opts.Format = api.RoboflowFormat
	reply, err := askFor[roboflowReply](ctx, s, picture, ask.opts)
	if err != nil {
		return nil, err
	}
	for i, p := range reply.Predictions {
		var kept []api.RoboflowKeypoint
		for _, k := range p.Keypoints {
			if float64(k.Confidence) >= ask.keypoints {
				kept = append(kept, k)
			}
		}
		reply.Predictions[i].Keypoints = kept
	}
	return roboflowDrawn{drawn, reply.Roboflow}, nil
}

// roboflowModel is a model in the registry.
type roboflowModel struct {
	ID     string `json:"model_id"`
	Task   string `json:"task_type"`
	Batch  int    `json:"batch_size"`
	Height int    `json:"input_height,omitempty"`
	Width  int    `json:"input_width,omitempty"`
}

func (s *service) roboflowRegistry(ctx context.Context) (any, error) {
	list, err := s.models.all(ctx)
	if err != nil {
		return nil, err
	}
	models := []roboflowModel{}
	for _, m := range list {
		one := roboflowModel{ID: roboflowIDs(m)[0], Task: roboflowTasks[m.Task], Batch: 1}
		if len(m.ImgSz) == 2 {
			one.Height, one.Width = m.ImgSz[0], m.ImgSz[1]
		}
		models = append(models, one)
	}
	return map[string]any{"models": models}, nil
}

// roboflowAdd is asked for a model that the registry does not name: it is there under
// another of its ids, or not at all.
func (s *service) roboflowAdd(c *call) (any, error) {
	r, m, err := s.roboflowBodyV1(c)
	if err != nil {
		return nil, err
	}
	return map[string]any{"models": []roboflowModel{{ID: r.ModelID, Task: roboflowTasks[m.Task], Batch: 1}}}, nil
}
