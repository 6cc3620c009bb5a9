// Package proxy serves the page for trying a YOLambda function, and signs what
// the page asks of it. The credentials stay in this process: the browser sends
// unsigned requests to this machine's own loopback address.
package proxy

import (
	"cmp"
	"context"
	"encoding/json"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/yolambda/yolambda/integration/apis"
	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/ui"
	"github.com/yolambda/yolambda/lambda/api"
)

// New returns the handler for the page and its requests, and for all that a
// program would send to the function URL, which needs no signature here:
//
//	GET /, /examples/…       the page
//	/api/endpoint            the function URL, its region, the largest picture
//	/api/model?model=NAME    what the endpoint serves, its GET /
//	/api/predict?OPTIONS     the function's reply to a body in any of its forms
//	any other                is signed and passed on as it is; so is GET / that
//	                         accepts application/json, or has a body
//
// Below /api/ a request that failed for a passing reason is sent again. It answers
// requests for a loopback name alone, see guard.
func New(c *client.Client, options ...Option) http.Handler { return configure(c, options).handler() }

// Option changes what a proxy does.
type Option func(*proxy)

// WithToken lets in requests with this token alone. An empty one lets in all.
func WithToken(token string) Option { return func(p *proxy) { p.gate.token = token } }

// WithAPIs has the proxy speak the APIs of other services, of package apis, too.
func WithAPIs(names ...string) Option { return func(p *proxy) { p.apis = names } }

// Key is an access key and its secret.
type Key struct {
	ID     string `json:"id"`
	Secret string `json:"secret"`
}

// WithDevelopmentKey tells the page a key that is no secret, so that the snippets
// that it shows run as they stand.
func WithDevelopmentKey(key Key) Option { return func(p *proxy) { p.key = &key } }

type proxy struct {
	client *client.Client
	gate   gate
	key    *Key // nil where every key is a secret
	apis   []string
}

func configure(c *client.Client, options []Option) proxy {
	p := proxy{client: c}
	for _, option := range options {
		option(&p)
	}
	return p
}

func (p proxy) handler() http.Handler {
	page := ui.Handler()
	// No ServeMux: it would redirect what is to be passed on as it is, such as //a.
	own := p.gate.guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == endpointPath:
			p.endpoint(w, r)
		case r.URL.Path == modelPath:
			p.model(w, r)
		case r.URL.Path == predictPath:
			p.predict(w, r)
		case isPage(r):
			page.ServeHTTP(w, r)
		default:
			p.forward(w, r)
		}
	}))
	others := apis.New(p.client, p.apis, p.gate.admitsKey, own)
	return guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case endpointPath, modelPath, predictPath: // of the page, whatever an API has there
			own.ServeHTTP(w, r)
		default:
			others.ServeHTTP(w, r)
		}
	}))
}

// What the page asks.
const endpointPath, modelPath, predictPath = "/api/endpoint", "/api/model", "/api/predict"

// isPage reports whether a browser asks for a file of the page.
func isPage(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || r.ContentLength != 0 {
		return false
	}
	if r.URL.Path == "/" {
		return !acceptsJSON(r)
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	_, err := fs.Stat(ui.Files(), name)
	return err == nil || strings.HasPrefix(name, "examples/")
}

func (p proxy) endpoint(w http.ResponseWriter, _ *http.Request) {
	body, err := json.Marshal(struct {
		URL            string `json:"url"`
		Region         string `json:"region"`
		MaxPicture     int    `json:"max_picture"` // bytes
		DevelopmentKey *Key   `json:"development_key,omitempty"`
	}{p.client.URL(), p.client.Region(), client.MaxPicture, p.key})
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
	body, err := readBody(w, r)
	if err != nil {
		answer(w, nil, err)
		return
	}
	predict := func(ctx context.Context) ([]byte, error) {
		if isPicture(body) || len(body) == 0 {
			return p.client.PredictRaw(ctx, body, opts)
		}
		return p.client.PredictBody(ctx, cmp.Or(r.Header.Get("Content-Type"), "application/octet-stream"), body, opts)
	}
	if accepted, _, _ := mime.ParseMediaType(r.Header.Get("Accept")); accepted == progressType && opts.Format != api.PictureFormat {
		streamProgress(w, r.Context(), len(body), predict)
		return
	}
	reply, err := predict(r.Context())
	answer(w, reply, err)
}

// isPicture reports whether a body is a picture's file whatever its content type
// says: under that of a text AWS would garble it.
func isPicture(body []byte) bool {
	return strings.HasPrefix(http.DetectContentType(body), "image/")
}

// options reads the query as the function would.
func options(r *http.Request) (opts api.Options, err error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return opts, api.Errorf(api.InvalidRequest, "query string: %v", err)
	}
	err = opts.SetQuery(query)
	return opts, err
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
	write(w, status, body)
}

// write writes a reply whose headers say what it is.
func write(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(body) // the caller may be gone: nobody is left to tell
}
