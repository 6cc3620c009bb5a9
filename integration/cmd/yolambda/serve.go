package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"

	"github.com/yolambda/yolambda/integration/local"
)

type serveCommand struct {
	partsFlags

	Addr        string `default:"127.0.0.1:0" placeholder:"HOST:PORT" help:"Where to listen; port 0 picks a free one."`
	Concurrency int    `default:"1" placeholder:"N" help:"Processes, each for one request at a time; more requests get 429, as on AWS."`
	Memory      int    `default:"3008" placeholder:"MB" help:"The memory size that the function is told."`
	AccessKey   string `placeholder:"ID" help:"The access key that may call (a well-known development key)."`
	SecretKey   string `placeholder:"KEY" help:"Its secret."`
	JSON        bool   `name:"json" help:"Print one JSON line: url, region, access_key_id, secret_access_key."`
}

func (serveCommand) Help() string {
	return `Examples:

  yolambda serve --addr 127.0.0.1:9000 --model yolov8n.onnx
  yolambda serve --models models/
  yolambda serve --json

The emulated function URL checks signatures as AWS does. Set the printed
variables in another shell, and every AWS client can call it. It runs until
SIGTERM or Ctrl-C; the function's log goes to stderr.`
}

func (s *serveCommand) Run(ctx context.Context, std *streams) error {
	if err := s.check(); err != nil {
		return err
	}
	parts, err := s.parts()
	if err != nil {
		return err
	}
	server, err := local.Start(ctx, local.Config{
		Parts:           parts,
		Addr:            s.Addr,
		Concurrency:     s.Concurrency,
		MemoryMB:        s.Memory,
		AccessKeyID:     s.AccessKey,
		SecretAccessKey: s.SecretKey,
		Log:             std.err,
	})
	if err != nil {
		return err
	}
	announce := announceText
	if s.JSON {
		announce = announceJSON
	}
	if err := announce(std, server); err != nil {
		server.Close()
		return fmt.Errorf("print the URL: %w", err)
	}
	<-ctx.Done()
	return server.Close()
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
	switch {
	case s.Concurrency < 1:
		return usagef("--concurrency %d is not at least 1", s.Concurrency)
	case (s.AccessKey == "") != (s.SecretKey == ""):
		return usagef("--access-key and --secret-key go together")
	case host != "localhost" && (ip == nil || !ip.IsLoopback()) && s.SecretKey == "":
		return usagef("--addr %s is open to other machines, and the development key is known to everyone: give --access-key and --secret-key", s.Addr)
	}
	return nil
}

func announceJSON(std *streams, s *local.Server) error {
	return json.NewEncoder(std.out).Encode(struct {
		URL             string `json:"url"`
		Region          string `json:"region"`
		AccessKeyID     string `json:"access_key_id"`
		SecretAccessKey string `json:"secret_access_key"`
	}{s.URL, local.Region, s.AccessKeyID, s.SecretAccessKey})
}

func announceText(std *streams, s *local.Server) error {
	_, err := fmt.Fprintf(std.out, `The function answers at %[1]s

  export YOLAMBDA_URL=%[1]s
  export AWS_REGION=%[2]s
  export AWS_ACCESS_KEY_ID=%[3]s
  export AWS_SECRET_ACCESS_KEY=%[4]s
  export AWS_SESSION_TOKEN=

  yolambda predict bus.jpg
  curl --aws-sigv4 aws:amz:%[2]s:lambda --user %[3]s:%[4]s \
    -H 'Content-Type: image/jpeg' --data-binary @bus.jpg %[1]s

Stop it with Ctrl-C.
`, s.URL, local.Region, s.AccessKeyID, s.SecretAccessKey)
	return err
}
