package client

import (
	"context"
	"net/http"
	"net/url"
)

// DescribeRaw asks what the endpoint serves: the metadata of the named model,
// or of the default one, as the function wrote it. Its errors are Predict's.
func (c *Client) DescribeRaw(ctx context.Context, model string) ([]byte, error) {
	target := *c.url
	if model != "" {
		target.RawQuery = url.Values{"model": {model}}.Encode()
	}
	return c.send(ctx, http.MethodGet, target.String(), "application/json", nil)
}

// URL is the function URL, with a slash at its end where it has no path.
func (c *Client) URL() string { return c.url.String() }

// Region is the AWS region that requests are signed for.
func (c *Client) Region() string { return c.region }
