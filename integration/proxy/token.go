package proxy

import (
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"net/url"
	"strings"

	"github.com/yolambda/yolambda/lambda/api"
)

// NewToken returns a token that nobody guesses.
func NewToken() string { return strings.ToLower(rand.Text()) }

// tokenName is the token's name in a query.
const tokenName = "token"

// gate keeps out other users of this machine: a port of 127.0.0.1 is open to all of
// them. Who knows the token may in. The zero gate is open.
type gate struct{ token string }

// accepts reports whether the key is the token.
func (g gate) accepts(key string) bool {
	return g.token == "" || subtle.ConstantTimeCompare([]byte(key), []byte(g.token)) == 1
}

// admits reports whether a request has the token where clients can put one: in
// the query, as a bearer, as Basic's password (http://any:TOKEN@127.0.0.1), as the
// session token of AWS credentials, or in the cookie that the page's address sets.
func (g gate) admits(r *http.Request) bool {
	scheme, bearer, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	_, password, _ := r.BasicAuth()
	cookie := ""
	if c, err := r.Cookie(cookieName(r)); err == nil {
		cookie = c.Value
	}
	return g.accepts(r.URL.Query().Get(tokenName)) ||
		strings.EqualFold(scheme, "bearer") && g.accepts(bearer) ||
		g.accepts(password) || g.accepts(cookie) || g.accepts(r.Header.Get("X-Amz-Security-Token"))
}

// admitsKey admits a request whose own place for a key has the token, too.
func (g gate) admitsKey(r *http.Request, key string) bool { return g.accepts(key) || g.admits(r) }

// cookieName has the port, as a host's cookies are those of all its ports.
func cookieName(r *http.Request) string {
	return "yolambda-" + r.Host[strings.LastIndexByte(r.Host, ':')+1:]
}

// guard hands on the requests with the token, without it. A page that is opened with
// the token in its address gets it as a cookie, and the address without it: it does
// not stay in the history.
func (g gate) guard(next http.Handler) http.Handler {
	if g.token == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.admits(r) {
			refuseToken(w, r)
			return
		}
		rest, given := withoutToken(r.URL.RawQuery)
		if given && isPage(r) {
			http.SetCookie(w, &http.Cookie{
				Name: cookieName(r), Value: g.token, Path: "/", HttpOnly: true,
				SameSite: http.SameSiteLaxMode, // Strict would refuse who follows a link in a chat
			})
			here := url.URL{Path: r.URL.Path, RawQuery: rest}
			w.Header().Set("Cache-Control", "no-store")
			http.Redirect(w, r, here.String(), http.StatusSeeOther)
			return
		}
		r.URL.RawQuery = rest
		next.ServeHTTP(w, r)
	})
}

// withoutToken takes the token out of a query and leaves the rest as it is.
func withoutToken(query string) (rest string, given bool) {
	var kept []string
	for part := range strings.SplitSeq(query, "&") {
		if name, _, _ := strings.Cut(part, "="); name == tokenName {
			given = true
			continue
		}
		kept = append(kept, part)
	}
	return strings.Join(kept, "&"), given
}

// refuseToken says what is missing, to a person in words alone.
func refuseToken(w http.ResponseWriter, r *http.Request) {
	const message = "the token is missing or wrong: open the address that yolambda printed, which ends in ?token=…, or send it as Authorization: Bearer TOKEN"
	w.Header().Set("WWW-Authenticate", "Bearer")
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		http.Error(w, strings.ToUpper(message[:1])+message[1:]+".", http.StatusUnauthorized)
		return
	}
	refuse(w, http.StatusUnauthorized, api.Errorf("unauthorized", message))
}
