package predict

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/yolambda/yolambda/lambda/api"
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
	data, err := io.ReadAll(io.LimitReader(resp.Body, mostFetched+1))
	if err != nil {
		return nil, fmt.Errorf("fetch picture: %w", err)
	}
	if len(data) > mostFetched {
		return nil, api.Errorf(api.TooLarge, "what %s sends is over %d MB", req.URL.Redacted(), mostFetched>>20)
	}
	return data, nil
}
