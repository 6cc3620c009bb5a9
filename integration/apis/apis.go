// Package apis speaks what existing clients expect of other services, and asks a
// YOLambda function for the answers: Roboflow's inference server, DeepStack (and
// CodeProject.AI), Amazon Rekognition's DetectLabels, Ultralytics' Platform. One file
// an API says which requests, options and replies there are; what an API has and the
// function does not is refused, and not left out without a word.
package apis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/lambda/api"
)

// The APIs, by the names that New takes.
const (
	Roboflow    = "roboflow"
	DeepStack   = "deepstack"
	Rekognition = "rekognition"
	Ultralytics = "ultralytics"
)

// Names are all of them.
var Names = []string{Roboflow, DeepStack, Rekognition, Ultralytics}

// Function answers; a *client.Client is one.
type Function interface {
	PredictRaw(ctx context.Context, picture []byte, opts api.Options) ([]byte, error)
	PredictBody(ctx context.Context, contentType string, body []byte, opts api.Options) ([]byte, error)
	DescribeRaw(ctx context.Context, model string) ([]byte, error)
}

// New returns a handler for the requests of the named APIs, which asks the function.
// Others it hands on to next. Whoever may ask is decided by admit, by the request and
// the key that it carries where its API has one, "" if there is none. A name that is
// none of Names is a mistake of the program, at which New panics.
func New(f Function, names []string, admit func(r *http.Request, key string) bool, next http.Handler) http.Handler {
	s := &service{function: f, models: models{function: f}, admit: admit, mux: http.NewServeMux()}
	for _, name := range names {
		switch name {
		case Roboflow:
			s.roboflow()
		case DeepStack:
			s.deepstack()
		case Rekognition: // all its requests are POST /, told apart by a header
		case Ultralytics:
			s.ultralytics()
		default:
			panic("apis: no API has the name " + name)
		}
	}
	rekognition := s.rekognition()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if slices.Contains(names, Rekognition) && isRekognition(r) {
			rekognition(w, r)
			return
		}
		// The mux would redirect a path that is not clean.
		if _, pattern := s.mux.Handler(r); pattern == "" || strings.Contains(r.URL.Path, "//") || strings.Contains(r.URL.Path, "/.") {
			next.ServeHTTP(w, r)
			return
		}
		s.mux.ServeHTTP(w, r)
	})
}

type service struct {
	function Function
	models   models
	admit    func(r *http.Request, key string) bool
	mux      *http.ServeMux
}

// refusal writes an error in the words of an API: the status and what becomes JSON.
type refusal func(status int, e *api.Error) (int, any)

// handle serves a pattern of http.ServeMux.
func (s *service) handle(pattern string, refuse refusal, answer func(c *call) (any, error)) {
	s.mux.HandleFunc(pattern, s.serve(refuse, "application/json", answer))
}

// serve reads a request, has it answered, and writes what comes of it: JSON, or a
// picture as []byte.
func (s *service) serve(refuse refusal, contentType string, answer func(c *call) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, err := readCall(r)
		if err == nil && !s.admit(r, c.key()) {
			err = &statusError{http.StatusUnauthorized, api.Errorf("unauthorized", "the API key is missing or wrong: it is the token that yolambda printed")}
		}
		var reply any
		if err == nil {
			reply, err = answer(c)
		}
		status := http.StatusOK
		if err != nil {
			status, reply = refuse(explain(err))
		}
		body, isPicture := reply.([]byte)
		written := contentType
		if isPicture {
			written = http.DetectContentType(body)
		} else if body, err = json.Marshal(reply); err != nil {
			panic(err) // text and finite numbers can always be written
		}
		w.Header().Set("Content-Type", written)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		_, _ = w.Write(body) // the caller may be gone
	}
}

// statusError is an error with a status of its own.
type statusError struct {
	status int
	told   *api.Error
}

// Error implements error.
func (e *statusError) Error() string { return e.told.Error() }

// explain is the status of an error and what is told of it.
func explain(err error) (status int, told *api.Error) {
	if own, ok := errors.AsType[*statusError](err); ok {
		return own.status, own.told
	}
	return client.Explain(err)
}

// ask asks the function about a picture, given by its bytes or its address.
func (s *service) ask(ctx context.Context, picture api.Picture, opts api.Options) ([]byte, error) {
	if picture.URI == "" {
		return s.function.PredictRaw(ctx, picture.Data, opts)
	}
	body, err := json.Marshal(api.Request{Image: picture})
	if err != nil {
		return nil, fmt.Errorf("write request: %w", err)
	}
	return s.function.PredictBody(ctx, "application/json", body, opts)
}

// reply is one in JSON that knows whether it is what was asked for: JSON of something
// else leaves it empty, which would read as a picture with nothing in it.
type reply[T any] interface {
	*T
	isOne() bool
}

// askFor is ask for a reply in JSON.
func askFor[T any, R reply[T]](ctx context.Context, s *service, picture api.Picture, opts api.Options) (R, error) {
	body, err := s.ask(ctx, picture, opts)
	if err != nil {
		return nil, err
	}
	read := R(new(T))
	if err := json.Unmarshal(body, read); err != nil {
		return nil, fmt.Errorf("read reply: %w", err)
	}
	if !read.isOne() {
		return nil, errors.New("read reply: it tells of no predictions: is this URL a YOLambda function?")
	}
	return read, nil
}

// The replies of the function that are asked for.
type (
	nativeReply      struct{ api.Response }
	roboflowReply    struct{ api.Roboflow }
	ultralyticsReply struct{ api.Ultralytics }
)

func (r *nativeReply) isOne() bool { return r.Detections != nil }
func (r *roboflowReply) isOne() bool {
	return r.Predictions != nil && r.Image.Width > 0 && r.Image.Height > 0
}
func (r *ultralyticsReply) isOne() bool { return len(r.Images) == 1 }
