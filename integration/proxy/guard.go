package proxy

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/yolambda/yolambda/lambda/api"
)

// guard keeps other sites' pages from using the proxy, which signs for whoever
// asks:
//
//   - A request's Host must be a loopback name with the proxy's own port. A page
//     of evil.example whose name was rebound to 127.0.0.1 has its own name there.
//   - Below /api/, a request that a browser marks as coming from anywhere but the
//     proxy's own page is refused, by Sec-Fetch-Site and by Origin.
//
// Programs that are not browsers send neither header, and may use the proxy.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !ownHost(r) {
			refuse(w, http.StatusMisdirectedRequest, "this address is not the proxy's own; open http://127.0.0.1 with its port")
			return
		}
		isPage := r.Method == http.MethodGet && !isAPI(r.URL)
		if !isPage && !ownOrigin(r) {
			refuse(w, http.StatusForbidden, "another site's page may not use this proxy")
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isAPI(u *url.URL) bool { return strings.HasPrefix(u.Path, "/api/") }

// ownHost compares with the port that the connection came in by.
func ownHost(r *http.Request) bool {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return false
	}
	_, port, err := net.SplitHostPort(local.String())
	if err != nil {
		return false
	}
	own := []string{"127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port}
	return slices.Contains(own, r.Host)
}

// ownOrigin trusts the Host, which was checked.
func ownOrigin(r *http.Request) bool {
	site, origin := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Origin")
	return (site == "" || site == "same-origin") && (origin == "" || origin == "http://"+r.Host)
}

func refuse(w http.ResponseWriter, status int, message string) {
	_, body := failure(api.Errorf("forbidden", "%s", message))
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(body)
}
