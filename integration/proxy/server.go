package proxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/yolambda/yolambda/integration/client"
)

// What a connection may take: a client that sends half a request, or none, is not
// waited for longer.
const (
	readTimeout = time.Minute
	idleTimeout = 2 * time.Minute
)

// Server is a proxy that listens on this machine.
type Server struct {
	// URL is where programs send requests, with a slash at its end.
	URL string
	// Token is what a caller has to know, empty for nothing.
	Token string
	// Page is the page's address, with the token that lets a browser in.
	Page string

	http *http.Server
}

// ErrNotLoopback refuses an address that other machines can reach: whoever
// reaches the proxy calls the function with the user's credentials.
var ErrNotLoopback = errors.New("the proxy listens on 127.0.0.1, [::1] or localhost only")

// Start listens on addr, HOST:PORT with a loopback host; port 0 picks a free
// one.
func Start(addr string, c *client.Client, options ...Option) (*Server, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("listen for the page: %w", err)
	}
	if host == "localhost" {
		host = "127.0.0.1" // what the name resolves to is not ours to say
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("listen for the page on %s: %w", addr, ErrNotLoopback)
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("listen for the page: %w", err)
	}
	p := configure(c, options)
	s := &Server{
		URL:   "http://" + listener.Addr().String() + "/",
		Token: p.gate.token,
		http:  &http.Server{Handler: p.handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: readTimeout, IdleTimeout: idleTimeout},
	}
	s.Page = s.URL
	if s.Token != "" {
		s.Page += "?" + url.Values{tokenName: {s.Token}}.Encode()
	}
	go s.http.Serve(listener) // ends when Close closes the listener
	return s, nil
}

// Close lets the requests under way end, within five seconds. The zero Server
// has nothing to close.
func (s *Server) Close() error {
	if s.http == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return s.http.Shutdown(ctx)
}
