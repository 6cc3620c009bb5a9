package predict

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

const (
	// mostFetched is the size in bytes of the largest picture that is fetched.
	mostFetched = 128 << 20
	// fetchTime is how long fetching one may take.
	fetchTime = time.Minute
)

// fetch gets a picture from the web. Nothing of the AWS credentials goes there.
func fetch(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("fetch picture: %w", err)
	}
	req.Header.Set("User-Agent", "yolambda")
	req.Header.Set("Accept", "image/*")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("fetch picture: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch picture: the server answered %s", resp.Status)
	}
	return readAtMost(resp.Body, "fetch picture", "what "+req.URL.Redacted()+" sends", mostFetched)
}
