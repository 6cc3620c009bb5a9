package local

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/yolambda/yolambda/integration/emulator"
	"github.com/yolambda/yolambda/integration/sigv4"
)

// The access key of a server that is given none. It is not a secret: it opens
// nothing but a function on the same machine.
const (
	AccessKeyID     = "AKIAYOLAMBDALOCALDEV"
	SecretAccessKey = "yolambda/local/development/only/no/secret"
)

// Region is the region that a local function believes to be in.
const Region = "us-east-1"

// defaultTimeout is the function's, as the stack deploys it.
const defaultTimeout = time.Minute

// What a connection may take: a client that sends half a request, or none, is not
// waited for longer.
const (
	readTimeout = time.Minute
	idleTimeout = 2 * time.Minute
)

// Config says what to serve, and where. Only Parts must be set.
type Config struct {
	Parts Parts
	// Addr is where to listen; empty means a free port of 127.0.0.1.
	Addr string
	// Concurrency and MemoryMB are the function's, as in emulator.Config. Each of several
	// processes works on its share of this machine's CPUs, one at least.
	Concurrency int
	MemoryMB    int
	// Timeout is how long a request may take, and the start of a process as well;
	// zero means a minute.
	Timeout time.Duration
	// AccessKeyID and SecretAccessKey may call; empty means the development
	// key above.
	AccessKeyID     string
	SecretAccessKey string
	// Log receives what the function logs, Requests one line for each request; nil
	// means nowhere.
	Log, Requests io.Writer
}

// Server is a function that runs on this machine.
type Server struct {
	// URL is the function URL.
	URL string
	// AccessKeyID and SecretAccessKey are what a caller signs with.
	AccessKeyID, SecretAccessKey string

	emulator *emulator.Emulator
	http     *http.Server
}

// Start starts the function and listens. When it returns without an error the
// function is ready to answer.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	if err := cfg.Parts.Check(); err != nil {
		return nil, err
	}
	parts, err := cfg.Parts.absolute()
	if err != nil {
		return nil, err
	}
	timeout := cmp.Or(cfg.Timeout, defaultTimeout)
	s := &Server{
		AccessKeyID:     cmp.Or(cfg.AccessKeyID, AccessKeyID),
		SecretAccessKey: cmp.Or(cfg.SecretAccessKey, SecretAccessKey),
	}
	listener, err := net.Listen("tcp", cmp.Or(cfg.Addr, "127.0.0.1:0"))
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	s.emulator, err = emulator.Start(ctx, emulator.Config{
		Command: []string{parts.Bootstrap},
		Env: map[string]string{
			"YOLAMBDA_MODEL":        parts.Model,
			"YOLAMBDA_MODELS":       parts.Models,
			"YOLAMBDA_LIBRARY":      parts.Library,
			"YOLAMBDA_CPUS":         strconv.Itoa(share(runtime.NumCPU(), max(cfg.Concurrency, 1))),
			"ORT_DISABLE_TELEMETRY": "1",
		},
		Region:      Region,
		MemoryMB:    cfg.MemoryMB,
		Timeout:     timeout,
		InitTimeout: timeout, // on Lambda a late start is tried again within it
		Concurrency: cfg.Concurrency,
		Credentials: s.secret,
		Log:         cfg.Log,
		Requests:    cfg.Requests,
	})
	if err != nil {
		listener.Close()
		return nil, err
	}
	s.URL = "http://" + listener.Addr().String() + "/"
	s.http = &http.Server{Handler: s.handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: readTimeout, IdleTimeout: idleTimeout}
	go s.http.Serve(listener) // ends when Close closes the listener
	return s, nil
}

// share is how many of the CPUs each of so many processes works on. It is rounded to the
// nearest: down alone, two processes would leave one of three CPUs idle, and up alone, three
// would have six threads on four.
func share(cpus, processes int) int { return max((2*cpus+processes)/(2*processes), 1) }

// handler serves the function URL and, under its own paths, Lambda's API for a
// direct Invoke, so that `aws lambda invoke --endpoint-url URL` works too.
func (s *Server) handler() http.Handler {
	invoke := s.emulator.InvokeHandler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if emulator.IsAPI(r) {
			invoke.ServeHTTP(w, r)
			return
		}
		s.emulator.ServeHTTP(w, r)
	})
}

func (s *Server) secret(accessKeyID string) (sigv4.Secret, bool) {
	return sigv4.Secret{Key: s.SecretAccessKey}, accessKeyID == s.AccessKeyID
}

// AWS is the configuration of a caller.
func (s *Server) AWS() *aws.Config {
	return &aws.Config{
		Region:      Region,
		Credentials: credentials.NewStaticCredentialsProvider(s.AccessKeyID, s.SecretAccessKey, ""),
	}
}

// Invoke runs the function on the payload, without any HTTP envelope.
func (s *Server) Invoke(ctx context.Context, payload []byte) (emulator.Result, error) {
	return s.emulator.Invoke(ctx, payload)
}

// PIDs are the operating system's ids of the function's processes.
func (s *Server) PIDs() []int { return s.emulator.PIDs() }

// Close lets the requests under way end, within five seconds, and stops the
// function.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return errors.Join(s.http.Shutdown(ctx), s.emulator.Close())
}
