package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/local"
	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// function is the function under test.
type function struct {
	url    string // without a slash at its end
	aws    aws.Config
	server *local.Server // nil for a deployed function
}

// patience is what a function has for a request and for its start: no test of these
// may depend on how busy the machine is.
const patience = time.Hour

// started has the functions on this machine; TestMain stops them.
var started struct {
	sync.Mutex
	byParts map[local.Parts]*function
}

func TestMain(m *testing.M) {
	started.byParts = map[local.Parts]*function{}
	status := m.Run()
	for _, f := range started.byParts {
		if err := f.server.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "stop the function:", err)
			status = 1
		}
	}
	os.Exit(status)
}

// functionWith returns the deployed function, whatever its model, or one on
// this machine with the model.
func functionWith(t *testing.T, model string) *function {
	t.Helper()
	if url := os.Getenv("YOLAMBDA_URL"); url != "" {
		cfg, err := config.LoadDefaultConfig(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return &function{url: strings.TrimSuffix(url, "/"), aws: cfg}
	}
	return functionHere(t, model)
}

// functionHere is the emulator's, also where a deployed one is under test.
func functionHere(t *testing.T, model string) *function {
	t.Helper()
	parts := local.PartsIn(yolotest.Root(t))
	parts.Model = model
	return start(t, parts)
}

// start starts a function on this machine, once for the same parts.
func start(t *testing.T, parts local.Parts) *function {
	t.Helper()
	started.Lock()
	defer started.Unlock()
	if f := started.byParts[parts]; f != nil {
		return f
	}
	yolotest.Built(t, parts.Bootstrap)
	yolotest.Built(t, parts.Library)
	log := &bytes.Buffer{}
	// The function outlives the test that starts it.
	server, err := local.Start(context.Background(), local.Config{Parts: parts, Log: log, Timeout: patience})
	if err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	f := &function{url: strings.TrimSuffix(server.URL, "/"), aws: *server.AWS(), server: server}
	started.byParts[parts] = f
	return f
}

// request is one HTTP request; the zero values mean POST / with no body.
type request struct {
	method      string
	target      string // path and query
	contentType string
	body        []byte
	signedAt    time.Time               // the signature's time; zero means now
	tamper      func(r *http.Request)   // changes the request after it is signed
	credentials aws.CredentialsProvider // nil means the function's
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// do signs and sends a request.
func (f *function) do(t *testing.T, req request) reply {
	t.Helper()
	if req.method == "" {
		req.method = http.MethodPost
	}
	if req.signedAt.IsZero() {
		req.signedAt = time.Now()
	}
	if req.credentials == nil {
		req.credentials = f.aws.Credentials
	}
	if req.target == "" {
		req.target = "/"
	}
	r, err := http.NewRequestWithContext(t.Context(), req.method, f.url+req.target, bytes.NewReader(req.body))
	if err != nil {
		t.Fatal(err)
	}
	if req.contentType != "" {
		r.Header.Set("Content-Type", req.contentType)
	}
	credentials, err := req.credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(req.body)
	if err := v4.NewSigner().SignHTTP(t.Context(), credentials, r, hex.EncodeToString(sum[:]), "lambda", f.aws.Region, req.signedAt); err != nil {
		t.Fatal(err)
	}
	if req.tamper != nil {
		req.tamper(r)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{status: resp.StatusCode, header: resp.Header, body: body}
}

// response reads a reply that must be a 200.
func (r reply) response(t *testing.T) *api.Response {
	t.Helper()
	if r.status != http.StatusOK {
		t.Fatalf("status %d: %s", r.status, r.body)
	}
	return decodeResponse(t, r.body)
}

func decodeResponse(t *testing.T, body []byte) *api.Response {
	t.Helper()
	var resp api.Response
	if err := json.Unmarshal(body, &resp); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return &resp
}

// predict asks by the project's own client; err is the function's own or nil.
func (f *function) predict(t *testing.T, picture []byte, opts api.Options) (*api.Response, *api.Error) {
	t.Helper()
	c, err := client.New(t.Context(), client.Config{URL: f.url, AWS: &f.aws})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Predict(t.Context(), picture, opts)
	var own *api.Error
	if err != nil && !errors.As(err, &own) {
		t.Fatal(err)
	}
	return resp, own
}
