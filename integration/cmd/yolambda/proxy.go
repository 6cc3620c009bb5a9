package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/yolambda/yolambda/integration/proxy"
)

type proxyCommand struct {
	endpointFlags

	Addr string `default:"127.0.0.1:0" placeholder:"HOST:PORT" help:"Where to listen, on this machine only; port 0 picks a free one."`
}

func (proxyCommand) Help() string {
	return `Examples:

  yolambda proxy --stack yolambda
  yolambda proxy --url "$URL" --addr 127.0.0.1:8080
  curl --data-binary @bus.jpg 'http://127.0.0.1:8080/api/predict?conf=0.5'

It signs with the AWS credentials of its environment whatever a browser's page
of its own, or another program on this machine, sends to /api/predict. It runs
until SIGTERM or Ctrl-C.`
}

func (p *proxyCommand) Run(ctx context.Context, std *streams) error {
	if err := p.check(); err != nil {
		return err
	}
	c, closeEndpoint, err := p.open(ctx, std, 1, 0)
	if err != nil {
		return err
	}
	server, err := proxy.Start(p.Addr, c)
	if err != nil {
		return errors.Join(err, closeEndpoint())
	}
	if _, err = fmt.Fprintf(std.out, "The page for trying %s\n\n  %s\n\nStop it with Ctrl-C.\n", c.URL(), server.URL); err == nil {
		<-ctx.Done()
	}
	return errors.Join(err, server.Close(), closeEndpoint())
}
