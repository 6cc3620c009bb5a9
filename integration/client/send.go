package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"syscall"
	"time"
)

// send signs and sends one request and returns the body of a 200. Detection
// changes nothing anywhere, so that sending it twice does no harm.
func (c *Client) send(ctx context.Context, method, url, contentType string, body []byte) ([]byte, error) {
	for attempt := 0; ; attempt++ {
		reply, err := c.try(ctx, method, url, contentType, body)
		if err == nil || attempt >= c.retries || !passing(err) || c.throttled && Throttled(err) {
			return reply, err
		}
		wait, waitErr := c.backoff.BackoffDelay(attempt, err)
		if waitErr != nil {
			return nil, fmt.Errorf("plan a retry: %w", waitErr)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, fmt.Errorf("%w; the last try: %w", ctx.Err(), err)
		}
	}
}

// try sends the request once.
func (c *Client) try(ctx context.Context, method, url, contentType string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", contentType)
	resp, err := c.exchange(req, body)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return readReply(resp.StatusCode, resp.Header, resp.Body)
}

// readReply returns the body of a 200 and makes an error of everything else.
func readReply(status int, header http.Header, body io.Reader) ([]byte, error) {
	reply, err := readBody(body)
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, failure(status, header, reply)
	}
	return reply, nil
}

// Throttled reports whether AWS refused a request for there being too many of them, or for
// having no room for one more just now.
func Throttled(err error) bool {
	var endpoint *EndpointError
	return errors.As(err, &endpoint) &&
		(endpoint.Status == http.StatusTooManyRequests || endpoint.Status == http.StatusServiceUnavailable)
}

// passing reports whether the failure may be gone at the next try. The
// function's own errors are not: it would say the same again.
func passing(err error) bool {
	var endpoint *EndpointError
	if errors.As(err, &endpoint) {
		switch endpoint.Status {
		case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return true
		}
		return false
	}
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
