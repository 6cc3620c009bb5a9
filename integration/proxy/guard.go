package proxy

import (
	"net"
	"net/http"
	"slices"

	"github.com/yolambda/yolambda/lambda/api"
)

// guard keeps other sites' pages from using the proxy, which signs for whoever
// asks:
//
//   - A request's Host must be a loopback name with the proxy's own port. A page
//     of evil.example whose name was rebound to 127.0.0.1 has its own name there.
//   - For all but the page's files, a request that a browser marks as coming from
//     anywhere but the proxy's own page or an address typed in is refused, by
//     Sec-Fetch-Site and by Origin.
//
// Programs that are not browsers send neither header, and may use the proxy.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !ownHost(r) {
			refuse(w, http.StatusMisdirectedRequest, api.Errorf("forbidden", "this address is not the proxy's own; open http://127.0.0.1 with its port"))
			return
		}
		if !isPage(r) && !ownOrigin(r) {
			refuse(w, http.StatusForbidden, api.Errorf("forbidden", "another site's page may not use this proxy"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

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

// ownOrigin trusts the Host, which was checked. An address that was typed in comes
// from no site.
func ownOrigin(r *http.Request) bool {
	site, origin := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Origin")
	typed := site == "none" && r.Method == http.MethodGet
	return (site == "" || site == "same-origin" || typed) && (origin == "" || origin == "http://"+r.Host)
}

// refuse writes an error of the proxy's own.
func refuse(w http.ResponseWriter, status int, reason *api.Error) {
	_, body := failure(reason)
	w.Header().Set("Content-Type", "application/json")
	write(w, status, body)
}
