// Package client calls a deployed YOLambda function over its function URL. It
// signs with the normal AWS credential chain, retries what is safe to retry,
// and turns every failure into an error that says what to do about it.
package client

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/names"
)

// Config says which function to call, and as whom. Give the URL or the Stack.
type Config struct {
	// URL is the function URL, such as
	// "https://abc123.lambda-url.eu-central-1.on.aws/".
	URL string
	// Stack is the name of the CloudFormation stack that holds the function:
	// New reads the URL from its outputs.
	Stack string
	// Domain is the host of a CloudFront distribution in front of the URL, to which requests
	// are sent. They are signed for the URL's host, which CloudFront puts in the domain's place.
	Domain string
	// Unsigned is for the URL of a public domain, where CloudFront signs: requests have the body's
	// hash, which that needs, and no signature. There need be no credentials.
	Unsigned bool
	// AWS has the credentials, the HTTP client and, where the URL doesn't tell
	// it, the region. Nil means the normal chain: environment, shared files,
	// SSO, instance role.
	AWS *aws.Config
	// Retries is how often a request that failed for a passing reason is sent
	// again; zero means 3, a negative number means never.
	Retries int
	// ReturnThrottled is for callers who send many requests at once and slow down
	// themselves: what [Throttled] knows is returned to them at once.
	ReturnThrottled bool
}

const (
	defaultRetries = 3
	// maxBackoff caps the wait between two tries.
	maxBackoff = 4 * time.Second
	// service is the name that the signature's scope must carry.
	service = "lambda"
)

// Client calls one function. It is safe for concurrent use.
type Client struct {
	url         *url.URL
	domain      string // is sent to instead of the URL's host; may be empty
	unsigned    bool
	region      string
	credentials aws.CredentialsProvider
	http        aws.HTTPClient
	signer      *v4.Signer
	retries     int
	throttled   bool // is returned, not tried again
	backoff     *retry.ExponentialJitterBackoff
}

// New finds the function and the credentials. It reads the stack's outputs
// when the configuration names a stack, and sends nothing otherwise.
func New(ctx context.Context, cfg Config) (*Client, error) {
	if (cfg.URL == "") == (cfg.Stack == "") {
		return nil, errors.New("client: give the function's URL or the stack's name, one of the two")
	}
	if cfg.Unsigned && (cfg.Stack != "" || cfg.Domain != "") {
		return nil, errors.New("client: unsigned requests go to the URL of a public domain, and need no stack and no other domain")
	}
	chain, err := chain(ctx, cfg.AWS)
	if err != nil {
		return nil, err
	}
	if cfg.Stack != "" {
		outputs, err := StackOutputs(ctx, chain, cfg.Stack)
		if err != nil {
			return nil, err
		}
		cfg.URL = outputs[names.OutputURL]
		if cfg.URL == "" {
			return nil, fmt.Errorf("stack %s has no output %s: is it a stack of YOLambda?", cfg.Stack, names.OutputURL)
		}
	}
	u, err := parseURL(cfg.URL)
	if err != nil {
		return nil, err
	}
	if err := checkDomain(cfg.Domain, u); err != nil {
		return nil, err
	}
	region := cmp.Or(regionOf(u.Hostname()), chain.Region)
	if region == "" && !cfg.Unsigned {
		return nil, fmt.Errorf("the URL %s doesn't tell its AWS region: set AWS_REGION", u)
	}
	if chain.Credentials == nil && !cfg.Unsigned {
		return nil, errors.New("the AWS configuration has no credentials")
	}
	c := &Client{
		url:         u,
		domain:      cfg.Domain,
		unsigned:    cfg.Unsigned,
		region:      region,
		credentials: explain(chain.Credentials),
		http:        chain.HTTPClient,
		signer:      v4.NewSigner(),
		retries:     cfg.Retries,
		throttled:   cfg.ReturnThrottled,
		backoff:     retry.NewExponentialJitterBackoff(maxBackoff),
	}
	c.http = manyAtOnce(c.http)
	if c.retries == 0 {
		c.retries = defaultRetries
	}
	return c, nil
}

// idleConnections are kept to the function, so that as many requests at once don't open one
// each.
const idleConnections = 256

// manyAtOnce is the AWS SDK's own HTTP client, if none or such a one is given, with more
// connections for one host.
func manyAtOnce(given aws.HTTPClient) aws.HTTPClient {
	if given == nil {
		given = awshttp.NewBuildableClient()
	}
	if own, ok := given.(*awshttp.BuildableClient); ok {
		return own.WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConns, t.MaxIdleConnsPerHost = idleConnections, idleConnections
		})
	}
	return given
}

// Predict asks what the model sees in the picture, a file's bytes in any
// format that the function reads.
//
// The function's own refusal is an *api.Error, as is a picture that is too
// large to send; what AWS answers in the function's place is an
// *EndpointError. Other errors stem from the credentials or the network.
func (c *Client) Predict(ctx context.Context, picture []byte, opts api.Options) (*api.Response, error) {
	if opts.Format != "" && opts.Format != api.NativeFormat {
		return nil, fmt.Errorf("predict: a reply in the format %s is for PredictRaw", opts.Format)
	}
	body, err := c.PredictRaw(ctx, picture, opts)
	if err != nil {
		return nil, err
	}
	return Decode(body)
}

// PredictRaw is Predict, but returns the reply's bytes as the function wrote
// them, for programs that pass them on or ask for another format.
func (c *Client) PredictRaw(ctx context.Context, picture []byte, opts api.Options) ([]byte, error) {
	if err := check(picture); err != nil {
		return nil, err
	}
	if opts.ClassIDs == nil {
		return c.PredictBody(ctx, contentType(picture), picture, opts)
	}
	body, err := json.Marshal(api.Request{Image: api.Picture{Data: picture}, Options: opts})
	if err != nil {
		return nil, fmt.Errorf("write request: %w", err)
	}
	return c.PredictBody(ctx, "application/json", body, api.Options{})
}

// PredictBody is PredictRaw for a request in another of the forms that the
// function reads, such as JSON with the picture as base64. The options go into the query,
// where ClassIDs have no place: they would be taken for names.
func (c *Client) PredictBody(ctx context.Context, contentType string, body []byte, opts api.Options) ([]byte, error) {
	if opts.ClassIDs != nil {
		return nil, errors.New("predict: a query has no place for ClassIDs: write them into a body of JSON, as api.Request does")
	}
	target := *c.url
	target.RawQuery = opts.Query().Encode()
	return c.send(ctx, http.MethodPost, target.String(), contentType, body)
}

// Decode reads the default reply, as PredictRaw returns it.
func Decode(body []byte) (*api.Response, error) {
	var resp api.Response
	if err := json.Unmarshal(body, &resp); err != nil {
		return nil, fmt.Errorf("read reply: %w", err)
	}
	if resp.Detections == nil {
		return nil, errors.New("read reply: it has no detections: is this URL a YOLambda function?")
	}
	return &resp, nil
}

// contentType tells the function URL that the body is no text, so that its
// bytes arrive unchanged. The function itself goes by the bytes alone.
func contentType(picture []byte) string {
	if t := http.DetectContentType(picture); strings.HasPrefix(t, "image/") {
		return t
	}
	return "application/octet-stream"
}

// chain is the given configuration, or the one that the environment tells.
func chain(ctx context.Context, given *aws.Config) (aws.Config, error) {
	if given != nil {
		return *given, nil
	}
	return LoadAWS(ctx)
}

// parseURL reads a function URL; a bare host name means https.
func parseURL(s string) (*url.URL, error) {
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("read the function's URL: %w", err)
	}
	if u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.User != nil {
		return nil, fmt.Errorf("%q is not a function URL such as https://ID.lambda-url.REGION.on.aws/", s)
	}
	// The signature would leave the machine in the clear, and with it the
	// token of temporary credentials.
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return nil, fmt.Errorf("%s: plain http is for this machine only; a function URL has https", s)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// checkDomain refuses what is no host, and a URL whose signature would go there in the clear.
func checkDomain(domain string, u *url.URL) error {
	if domain == "" {
		return nil
	}
	if d, err := url.Parse("https://" + domain); err != nil || d.Host != domain {
		return fmt.Errorf("%q is not a domain such as detect.example.org", domain)
	}
	if u.Scheme != "https" {
		return fmt.Errorf("%s is not a function URL that has the domain %s in front of it", u, domain)
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// regionOf reads the region from ID.lambda-url.REGION.on.aws, the host of
// every function URL; other hosts tell none.
func regionOf(host string) string {
	labels := strings.Split(host, ".")
	if len(labels) > 3 && labels[1] == "lambda-url" {
		return labels[2]
	}
	return ""
}
