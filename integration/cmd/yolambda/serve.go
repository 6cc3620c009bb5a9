package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/local"
	"github.com/yolambda/yolambda/integration/proxy"
)

type serveCommand struct {
	URL   string `xor:"where" placeholder:"URL" help:"Serve nothing but the page, for this function URL, as the command proxy."`
	Stack string `xor:"where" placeholder:"NAME" help:"The same, for the function of a CloudFormation stack."`

	partsFlags

	Addr        string        `default:"127.0.0.1:0" placeholder:"HOST:PORT" help:"Where to listen; port 0 picks a free one."`
	Page        string        `default:"127.0.0.1:0" placeholder:"HOST:PORT" help:"Where the page for trying it listens, on this machine only; empty for none."`
	Concurrency int           `default:"1" placeholder:"N" help:"Processes, each for one request at a time on its share of the CPUs; more requests get 429, as on AWS."`
	Timeout     time.Duration `default:"1m" placeholder:"TIME" help:"How long a request may take, as the function's timeout on AWS: 30s, 5m."`
	Memory      memoryMB      `default:"3008" placeholder:"MB" help:"The memory size that the function is told."`
	AccessKey   string        `placeholder:"ID" help:"The access key that may call (a well-known development key)."`
	SecretKey   string        `placeholder:"KEY" help:"Its secret ($$YOLAMBDA_SECRET_KEY, which other users of the machine cannot see)."`
	Verbose     bool          `short:"v" help:"Show the function's whole log on stderr, with its metrics, not a line for each request."`
	JSON        bool          `name:"json" help:"Print one JSON line: url, region, access_key_id, secret_access_key, page, token."`

	frontFlags
}

func (serveCommand) Help() string {
	return `Examples:

  yolambda serve --addr 127.0.0.1:9000 --model yolov8n.onnx
  yolambda serve --models models/
  yolambda serve --json
  yolambda serve --stack yolambda

The page for trying it opens in a browser at the address that is printed, and
programs need no signature there: see the command proxy. The
emulated function URL checks signatures as AWS does. Set the printed variables in
another shell, and every AWS client can call it. It runs until SIGTERM or
Ctrl-C. Each request has a line on stderr, which says of a refused or
failed one why.`
}

func (s *serveCommand) Run(ctx context.Context, std *streams) error {
	if err := s.check(); err != nil {
		return err
	}
	if s.URL != "" || s.Stack != "" {
		deployed := proxyCommand{endpointFlags: endpointFlags{URL: s.URL, Stack: s.Stack, partsFlags: s.partsFlags}, Addr: s.Page, frontFlags: s.frontFlags}
		return deployed.Run(ctx, std)
	}
	parts, err := s.parts()
	if err != nil {
		return err
	}
	log, requests := io.Writer(plainLog{std.err}), std.err
	if s.Verbose {
		log, requests = std.err, nil
	}
	server, err := local.Start(ctx, local.Config{
		Parts:           parts,
		Addr:            s.Addr,
		Concurrency:     s.Concurrency,
		Timeout:         s.Timeout,
		MemoryMB:        int(s.Memory),
		AccessKeyID:     s.AccessKey,
		SecretAccessKey: s.SecretKey,
		Log:             log,
		Requests:        requests,
	})
	if err != nil {
		return err
	}
	page, err := s.openPage(ctx, server)
	if err != nil {
		server.Close()
		return err
	}
	announce := announceText
	if s.JSON {
		announce = announceJSON
	}
	if err := announce(std, server, page); err != nil {
		return errors.Join(fmt.Errorf("print the URL: %w", err), page.Close(), server.Close())
	}
	<-ctx.Done()
	return errors.Join(page.Close(), server.Close())
}

// openPage starts the proxy with the page. Without one its URL is empty.
func (s *serveCommand) openPage(ctx context.Context, server *local.Server) (*proxy.Server, error) {
	if s.Page == "" {
		return &proxy.Server{}, nil
	}
	c, err := client.New(ctx, client.Config{URL: server.URL, AWS: server.AWS()})
	if err != nil {
		return nil, fmt.Errorf("open the page: %w", err)
	}
	options := s.options()
	if server.SecretAccessKey == local.SecretAccessKey {
		options = append(options, proxy.WithDevelopmentKey(proxy.Key{ID: server.AccessKeyID, Secret: server.SecretAccessKey}))
	}
	return proxy.Start(s.Page, c, options...)
}

func (s *serveCommand) check() error {
	host, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return usagef("--addr %s is not HOST:PORT", s.Addr)
	}
	if host == "" {
		host = "127.0.0.1"
		s.Addr = net.JoinHostPort(host, port)
	}
	ip := net.ParseIP(host)
	here := host == "localhost" || ip != nil && ip.IsLoopback()
	if !here {
		s.Page = "" // the page's proxy sends plain http within this machine only
	}
	if s.AccessKey != "" {
		s.SecretKey = cmp.Or(s.SecretKey, os.Getenv("YOLAMBDA_SECRET_KEY"))
	}
	switch {
	case s.Concurrency < 1:
		return usagef("--concurrency %d is not at least 1", s.Concurrency)
	case s.Timeout <= 0:
		return usagef("--timeout %v is not above 0", s.Timeout)
	case (s.AccessKey == "") != (s.SecretKey == ""):
		return usagef("--access-key and --secret-key go together")
	case !here && s.SecretKey == "":
		return usagef("--addr %s is open to other machines, and the development key is known to everyone: give --access-key and --secret-key", s.Addr)
	}
	return nil
}

func announceJSON(std *streams, s *local.Server, page *proxy.Server) error {
	return json.NewEncoder(std.out).Encode(struct {
		URL             string `json:"url"`
		Region          string `json:"region"`
		AccessKeyID     string `json:"access_key_id"`
		SecretAccessKey string `json:"secret_access_key"`
		Page            string `json:"page,omitempty"`
		Token           string `json:"token,omitempty"`
	}{s.URL, local.Region, s.AccessKeyID, s.SecretAccessKey, page.Page, page.Token})
}

func announceText(std *streams, s *local.Server, page *proxy.Server) error {
	try := ""
	if page.Page != "" {
		try = "Try it in a browser:   " + page.Page + "\n"
	}
	_, err := fmt.Fprintf(std.out, `%[5]sThe function answers at %[1]s

  export YOLAMBDA_URL=%[1]s
  export AWS_REGION=%[2]s
  export AWS_ACCESS_KEY_ID=%[3]s
  export AWS_SECRET_ACCESS_KEY=%[4]s
  export AWS_SESSION_TOKEN=

  yolambda predict bus.jpg
  curl --aws-sigv4 aws:amz:%[2]s:lambda --user %[3]s:%[4]s \
    -H 'Content-Type: image/jpeg' --data-binary @bus.jpg %[1]s

Stop it with Ctrl-C.
`, s.URL, local.Region, s.AccessKeyID, s.SecretAccessKey, try)
	return err
}
