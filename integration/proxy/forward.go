package proxy

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/lambda/api"
)

// Headers that are passed on. The others are the browser's and the connection's
// own business (cookies and the token among them), and what an AWS client signed
// for another address.
var (
	requestHeaders = []string{"Accept", "Content-Encoding", "Content-Type", "User-Agent"}
	replyHeaders   = []string{"Allow", "Content-Type", "Retry-After", "X-Amzn-Errortype", "X-Amzn-Requestid", "X-Amzn-Trace-Id"}
)

// maxBody is more bytes than any request may have that Lambda takes.
const maxBody = 6<<20 + 1

// forward signs a request as it is (method, path, query, body, content type), sends
// it once, and passes on the status and the reply. Where AWS answers in the
// function's place, the body says in the function's own form what that means.
func (p proxy) forward(w http.ResponseWriter, r *http.Request) {
	body, err := readBody(w, r)
	if err != nil {
		answer(w, nil, err)
		return
	}
	request := client.Request{Method: r.Method, Path: r.URL.EscapedPath(), RawQuery: r.URL.RawQuery, Header: http.Header{}, Body: body}
	copyHeaders(request.Header, r.Header, requestHeaders)
	reply, err := p.client.Do(r.Context(), request)
	if err != nil {
		answer(w, nil, err)
		return
	}
	copyHeaders(w.Header(), reply.Header, replyHeaders)
	if _, aws := errors.AsType[*client.EndpointError](reply.Err()); aws && reply.Status >= 400 {
		answer(w, nil, reply.Err())
		return
	}
	write(w, reply.Status, reply.Body)
}

// readBody reads what a Lambda function may be sent.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, over := errors.AsType[*http.MaxBytesError](err); over {
		return nil, api.Errorf(api.TooLarge, "the request has over 6 MB, more than a Lambda function takes (a picture: %.1f MB); scale it down",
			float64(client.MaxPicture)/(1<<20))
	}
	if err != nil {
		return nil, api.Errorf(api.InvalidRequest, "the request did not arrive whole")
	}
	return body, nil
}

func copyHeaders(to, from http.Header, names []string) {
	for _, name := range names {
		if values, ok := from[name]; ok {
			to[name] = values
		}
	}
}

// acceptsJSON reports whether a caller asks for JSON by name, as no browser does
// that opens an address.
func acceptsJSON(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html")
}
