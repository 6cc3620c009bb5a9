package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/yolambda/yolambda/lambda/api"
)

// Request is one that Do signs and sends as it is.
type Request struct {
	Method string
	// Path and RawQuery are encoded; the path is taken below the function's URL.
	Path, RawQuery string
	// Header is what is sent besides the signature. All of it is signed.
	Header http.Header
	Body   []byte
}

// Reply is what came back, of whatever status.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do signs a request and sends it, once. What the function or AWS answers is the
// reply, an error of theirs too; for that [Reply.Err] has the words of Predict.
func (c *Client) Do(ctx context.Context, r Request) (*Reply, error) {
	if len(r.Body) > maxBody {
		return nil, api.Errorf(api.TooLarge, "the request has %.1f MB, and a Lambda function takes 6 MB at most, a picture of 4.5 MB; scale it down",
			float64(len(r.Body))/(1<<20))
	}
	target, err := c.target(r.Path, r.RawQuery)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, target, bytes.NewReader(r.Body))
	if err != nil {
		return nil, api.Errorf(api.InvalidRequest, "%v", err)
	}
	for name, values := range r.Header {
		req.Header[name] = values
	}
	resp, err := c.exchange(req, r.Body)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := readBody(resp.Body)
	if err != nil {
		return nil, err
	}
	return &Reply{Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

// Err is nil for a 200, and otherwise what Predict would have returned: an
// *api.Error of the function or an *EndpointError of AWS.
func (r *Reply) Err() error {
	if r.Status == http.StatusOK {
		return nil
	}
	return failure(r.Status, r.Header, r.Body)
}

// target is the address of a path and a query. What the signer would read in
// another way than the function is refused.
func (c *Client) target(path, rawQuery string) (string, error) {
	if _, err := url.ParseQuery(rawQuery); err != nil {
		return "", api.Errorf(api.InvalidRequest, "the query can't be read: %v", err)
	}
	target := c.url.JoinPath(path)
	target.RawQuery = rawQuery
	return target.String(), nil
}

// exchange signs a request whose body is given and sends it. Each request has a
// signature of its own, as a signature ages.
func (c *Client) exchange(req *http.Request, body []byte) (*http.Response, error) {
	ctx := req.Context()
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	if c.unsigned {
		req.Header.Set("X-Amz-Content-Sha256", hash) // CloudFront signs it as it is
	} else if err := c.sign(req, hash); err != nil {
		return nil, err
	}
	if c.domain != "" {
		req.URL.Host, req.Host = c.domain, c.domain
	}
	req.Body = watched(ctx, req.Body)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("send request: %w", err)
	}
	return resp, nil
}

func (c *Client) sign(req *http.Request, hash string) error {
	ctx := req.Context()
	credentials, err := c.credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	if err := c.signer.SignHTTP(ctx, credentials, req, hash, service, c.region, time.Now()); err != nil {
		return fmt.Errorf("sign request: %w", err)
	}
	return nil
}

// readBody reads maxReply bytes at most.
func readBody(body io.Reader) ([]byte, error) {
	reply, err := io.ReadAll(io.LimitReader(body, maxReply+1))
	if err != nil {
		return nil, fmt.Errorf("read reply: %w", err)
	}
	if len(reply) > maxReply {
		return nil, fmt.Errorf("read reply: it is over %d MB, more than Lambda lets through: is this URL a YOLambda function?", maxReply>>20)
	}
	return reply, nil
}
