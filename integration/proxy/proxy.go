// Package proxy serves the page for trying a YOLambda function, and signs what
// the page asks of it. The credentials stay in this process: the browser sends
// unsigned requests to this machine's own loopback address.
package proxy

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/ui"
	"github.com/yolambda/yolambda/lambda/api"
)

// New returns the handler for the page and, below /api/, for its requests:
//
//	GET  /api/endpoint          the function URL, its region, the largest picture
//	GET  /api/model?model=NAME  what the endpoint serves, its GET /
//	POST /api/predict?OPTIONS   the body is the picture; the function's own reply
//
// It answers requests for a loopback name alone, see guard.
func New(c *client.Client) http.Handler {
	p := proxy{c}
	mux := http.NewServeMux()
	mux.Handle("GET /", ui.Handler())
	mux.HandleFunc("GET /api/endpoint", p.endpoint)
	mux.HandleFunc("GET /api/model", p.model)
	mux.HandleFunc("POST /api/predict", p.predict)
	return guard(mux)
}

type proxy struct{ client *client.Client }

func (p proxy) endpoint(w http.ResponseWriter, _ *http.Request) {
	body, err := json.Marshal(struct {
		URL        string `json:"url"`
		Region     string `json:"region"`
		MaxPicture int    `json:"max_picture"` // bytes
	}{p.client.URL(), p.client.Region(), client.MaxPicture})
	answer(w, body, err)
}

func (p proxy) model(w http.ResponseWriter, r *http.Request) {
	body, err := p.client.DescribeRaw(r.Context(), r.URL.Query().Get("model"))
	answer(w, body, err)
}

func (p proxy) predict(w http.ResponseWriter, r *http.Request) {
	opts, err := options(r)
	if err != nil {
		answer(w, nil, err)
		return
	}
	picture, err := io.ReadAll(http.MaxBytesReader(w, r.Body, client.MaxPicture))
	if _, over := errors.AsType[*http.MaxBytesError](err); over {
		answer(w, nil, api.Errorf(api.TooLarge, "the picture has over %.1f MB, more than a Lambda function takes; scale it down", float64(client.MaxPicture)/(1<<20)))
		return
	}
	if err != nil {
		answer(w, nil, api.Errorf(api.InvalidRequest, "the picture did not arrive whole"))
		return
	}
	if accepted, _, _ := mime.ParseMediaType(r.Header.Get("Accept")); accepted == progressType && opts.Format != api.PictureFormat {
		streamProgress(w, r.Context(), len(picture), func(ctx context.Context) ([]byte, error) {
			return p.client.PredictRaw(ctx, picture, opts)
		})
		return
	}
	body, err := p.client.PredictRaw(r.Context(), picture, opts)
	answer(w, body, err)
}

// options reads the query as the function would.
func options(r *http.Request) (api.Options, error) {
	var opts api.Options
	for name, values := range r.URL.Query() {
		for _, v := range values {
			if err := opts.Set(name, v); err != nil {
				return opts, err
			}
		}
	}
	return opts, nil
}

// answer writes the function's reply, JSON or a picture, or what went wrong.
func answer(w http.ResponseWriter, body []byte, err error) {
	status, contentType := http.StatusOK, "application/json"
	if err != nil {
		status, body = failure(err)
	} else if len(body) > 0 && body[0] != '{' && body[0] != '[' {
		contentType = http.DetectContentType(body)
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(body) // the browser may be gone: nobody is left to tell
}
