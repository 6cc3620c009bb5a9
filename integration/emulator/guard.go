package emulator

import "net/http"

// guard lets nobody but the process use its Runtime API. The port is open to all of
// this machine, and to web pages whose name was rebound to 127.0.0.1: one of them could
// take the event of somebody else and answer it. The process alone is told the secret,
// as the start of the path in AWS_LAMBDA_RUNTIME_API; it sends no Origin, as browsers
// do, and names the address as its Host.
func guard(api http.Handler, address, secret string) http.Handler {
	own := http.StripPrefix("/"+secret, api)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != address || r.Header.Get("Origin") != "" {
			runtimeError(w, http.StatusForbidden, "AccessDenied", "This Runtime API is of one process only")
			return
		}
		own.ServeHTTP(w, r)
	})
}
