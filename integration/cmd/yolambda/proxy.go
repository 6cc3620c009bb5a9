package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/yolambda/yolambda/integration/apis"
	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/local"
	"github.com/yolambda/yolambda/integration/proxy"
)

type proxyCommand struct {
	endpointFlags

	Addr string `default:"127.0.0.1:0" placeholder:"HOST:PORT" help:"Where to listen, on this machine only; port 0 picks a free one."`

	frontFlags
}

// frontFlags say whom the proxy serves.
type frontFlags struct {
	API     []string `name:"api" enum:"roboflow,deepstack,rekognition,ultralytics,all" placeholder:"NAME" help:"Answer the clients of other services as well: roboflow, deepstack (CodeProject.AI), rekognition (DetectLabels), ultralytics, or all (docs/clients.md)."`
	NoToken bool     `help:"Let every program and user of this machine use the page and the proxy, without the token."`
}

// options are those of the proxy.
func (f frontFlags) options() []proxy.Option {
	names := f.API
	if slices.Contains(names, "all") {
		names = apis.Names
	}
	return []proxy.Option{proxy.WithToken(f.token()), proxy.WithAPIs(names...)}
}

// token is what a caller of the proxy must know, empty for nothing. It is new at
// each start, unless the environment has one: a flag would show it to all users.
func (f frontFlags) token() string {
	if f.NoToken {
		return ""
	}
	return cmp.Or(os.Getenv("YOLAMBDA_TOKEN"), proxy.NewToken())
}

func (proxyCommand) Help() string {
	return `Examples:

  yolambda proxy --stack yolambda
  yolambda proxy --url "$URL" --addr 127.0.0.1:8080
  yolambda proxy --stack yolambda --api roboflow,rekognition
  curl -H "Authorization: Bearer $TOKEN" --data-binary @bus.jpg 'http://127.0.0.1:8080/?conf=0.5'
  curl -H "Authorization: Bearer $TOKEN" -F file=@bus.jpg http://127.0.0.1:8080/

It signs with the AWS credentials of its environment whatever its own page, or
another program on this machine, sends to it, and passes on the function's status
and reply. The token, new at each start or $YOLAMBDA_TOKEN, keeps other users of
the machine out. It runs until SIGTERM or Ctrl-C.`
}

func (p *proxyCommand) Run(ctx context.Context, std *streams) error {
	if err := p.check(); err != nil {
		return err
	}
	c, closeEndpoint, err := p.open(ctx, std, 1, client.Config{})
	if err != nil {
		return err
	}
	options := p.options()
	if p.Local {
		options = append(options, proxy.WithDevelopmentKey(proxy.Key{ID: local.AccessKeyID, Secret: local.SecretAccessKey}))
	}
	server, err := proxy.Start(p.Addr, c, options...)
	if err != nil {
		return errors.Join(err, closeEndpoint())
	}
	if _, err = fmt.Fprintf(std.out, "The page for trying %s\n\n  %s\n\nPrograms send what they would send to the function to %s\nwithout signing it%s.\n\nStop it with Ctrl-C.\n",
		c.URL(), server.Page, server.URL, withToken(server.Token)); err == nil {
		<-ctx.Done()
	}
	return errors.Join(err, server.Close(), closeEndpoint())
}

// withToken says what a program has to send besides.
func withToken(token string) string {
	if token == "" {
		return ""
	}
	return ", with the header\n\n  Authorization: Bearer " + token + "\n"
}
