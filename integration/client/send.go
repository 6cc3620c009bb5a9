package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
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
		if err == nil || attempt >= c.retries || !passing(err) {
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

// try sends the request once. Each try has a signature of its own, as a
// signature ages.
func (c *Client) try(ctx context.Context, method, url, contentType string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", contentType)
	credentials, err := c.credentials.Retrieve(ctx)
	if err != nil {
		return nil, fmt.Errorf("find AWS credentials (set AWS_PROFILE, or run `aws configure` or `aws sso login`): %w", err)
	}
	sum := sha256.Sum256(body)
	err = c.signer.SignHTTP(ctx, credentials, req, hex.EncodeToString(sum[:]), service, c.region, time.Now())
	if err != nil {
		return nil, fmt.Errorf("sign request: %w", err)
	}
	req.Body = watched(ctx, req.Body)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("send request: %w", err)
	}
	defer resp.Body.Close()
	return readReply(resp.StatusCode, resp.Header, resp.Body)
}

// readReply returns the body of a 200 and makes an error of everything else.
// It reads maxReply bytes at most.
func readReply(status int, header http.Header, body io.Reader) ([]byte, error) {
	reply, err := io.ReadAll(io.LimitReader(body, maxReply+1))
	if err != nil {
		return nil, fmt.Errorf("read reply: %w", err)
	}
	if len(reply) > maxReply {
		return nil, fmt.Errorf("read reply: it is over %d MB, more than Lambda lets through: is this URL a YOLambda function?", maxReply>>20)
	}
	if status != http.StatusOK {
		return nil, failure(status, header, reply)
	}
	return reply, nil
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
