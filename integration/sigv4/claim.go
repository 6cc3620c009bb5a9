package sigv4

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxExpires is the longest life of a presigned URL.
const maxExpires = 7 * 24 * time.Hour

// claim is what a request says of its own signature.
type claim struct {
	accessKeyID string
	// date, region and service are the credential scope.
	date, region, service string
	// signedHeaders are lower-case names, sorted, each once.
	signedHeaders []string
	// signature is in hex.
	signature string
	// time is when the request was signed, in UTC.
	time time.Time
	// token is the session token, empty when there is none.
	token string
	// presigned: the claim is in the query, not in the Authorization header.
	presigned bool
	// expires is how long a presigned URL is valid; zero for a signature in the header.
	expires time.Duration
}

// parseClaim reads the claim from the Authorization header or the query.
func parseClaim(r *http.Request) (claim, error) {
	query, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		return claim{}, err
	}
	_, inHeader := r.Header["Authorization"]
	inQuery := slices.ContainsFunc(query, func(p parameter) bool {
		return p.name == "X-Amz-Algorithm" || p.name == "X-Amz-Signature"
	})
	switch {
	case inHeader && inQuery:
		return claim{}, errors.New("request is signed twice, in the header and in the query")
	case inHeader:
		return parseHeaderClaim(r.Header)
	case inQuery:
		return parseQueryClaim(query)
	}
	return claim{}, ErrUnsigned
}

func parseHeaderClaim(h http.Header) (claim, error) {
	authorization, err := single("header Authorization", h.Values("Authorization"))
	if err != nil {
		return claim{}, err
	}
	c, err := parseAuthorization(authorization)
	if err != nil {
		return claim{}, err
	}
	dateHeader := "X-Amz-Date"
	if len(h.Values(dateHeader)) == 0 {
		dateHeader = "Date"
	}
	date, err := single("header "+dateHeader, h.Values(dateHeader))
	if err != nil {
		return claim{}, err
	}
	if !slices.Contains(c.signedHeaders, strings.ToLower(dateHeader)) {
		return claim{}, fmt.Errorf("header %s is not signed", dateHeader)
	}
	c.time, err = parseTime(date)
	if err != nil && dateHeader == "Date" {
		c.time, err = http.ParseTime(date)
	}
	if err != nil {
		return claim{}, fmt.Errorf("parse header %s: %w", dateHeader, err)
	}
	c.time = c.time.UTC()
	if tokens := h.Values("X-Amz-Security-Token"); len(tokens) > 0 {
		if c.token, err = single("header X-Amz-Security-Token", tokens); err != nil {
			return claim{}, err
		}
	}
	return c, nil
}

// parseAuthorization reads the value of an Authorization header:
//
//	AWS4-HMAC-SHA256 Credential=ID/SCOPE, SignedHeaders=a;b, Signature=HEX
func parseAuthorization(value string) (claim, error) {
	scheme, rest, _ := strings.Cut(value, " ")
	if scheme != algorithm {
		return claim{}, fmt.Errorf("authorization scheme is %q, not %s", scheme, algorithm)
	}
	fields := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if _, seen := fields[name]; !ok || seen {
			return claim{}, fmt.Errorf("authorization has a malformed or repeated part %q", part)
		}
		fields[name] = value
	}
	if len(fields) != 3 {
		return claim{}, fmt.Errorf("authorization has %d parts, not Credential, SignedHeaders and Signature", len(fields))
	}
	return newClaim(fields["Credential"], fields["SignedHeaders"], fields["Signature"])
}

func parseQueryClaim(query []parameter) (claim, error) {
	fields := map[string]string{}
	for _, p := range query {
		if !strings.HasPrefix(p.name, "X-Amz-") {
			continue
		}
		if _, seen := fields[p.name]; seen {
			return claim{}, fmt.Errorf("query parameter %s is repeated", p.name)
		}
		fields[p.name] = p.value
	}
	if got := fields["X-Amz-Algorithm"]; got != algorithm {
		return claim{}, fmt.Errorf("query parameter X-Amz-Algorithm is %q, not %s", got, algorithm)
	}
	c, err := newClaim(fields["X-Amz-Credential"], fields["X-Amz-SignedHeaders"], fields["X-Amz-Signature"])
	if err != nil {
		return claim{}, err
	}
	c.presigned = true
	c.token = fields["X-Amz-Security-Token"]
	if c.time, err = parseTime(fields["X-Amz-Date"]); err != nil {
		return claim{}, fmt.Errorf("parse query parameter X-Amz-Date: %w", err)
	}
	expires := fields["X-Amz-Expires"]
	seconds, err := strconv.ParseInt(expires, 10, 32)
	if err != nil || seconds < 1 || seconds > int64(maxExpires/time.Second) {
		return claim{}, fmt.Errorf("query parameter X-Amz-Expires is %q, not 1 to %d seconds", expires, maxExpires/time.Second)
	}
	c.expires = time.Duration(seconds) * time.Second
	return c, nil
}

// newClaim makes a claim of the three parts that both forms have.
func newClaim(credential, signedHeaders, signature string) (claim, error) {
	scope := strings.Split(credential, "/")
	if len(scope) != 5 || scope[0] == "" || scope[4] != terminator {
		return claim{}, fmt.Errorf("credential is %q, not ID/DATE/REGION/SERVICE/%s", credential, terminator)
	}
	names := strings.Split(signedHeaders, ";")
	for i, name := range names {
		if name == "" || name != strings.ToLower(name) || i > 0 && name <= names[i-1] {
			return claim{}, fmt.Errorf("signed headers %q are not lower-case, sorted and each once", signedHeaders)
		}
	}
	if signature == "" {
		return claim{}, errors.New("signature is missing")
	}
	return claim{
		accessKeyID:   scope[0],
		date:          scope[1],
		region:        scope[2],
		service:       scope[3],
		signedHeaders: names,
		signature:     signature,
	}, nil
}

// parseTime reads timeFormat and nothing else: time.Parse alone would let a
// fraction of a second pass.
func parseTime(s string) (time.Time, error) {
	t, err := time.Parse(timeFormat, s)
	if err == nil && t.Format(timeFormat) != s {
		err = fmt.Errorf("%q is not in the form %s", s, timeFormat)
	}
	return t, err
}

func single(what string, values []string) (string, error) {
	if len(values) != 1 {
		return "", fmt.Errorf("%s is there %d times, not once", what, len(values))
	}
	return values[0], nil
}

// parameter is one name and value of a query, decoded.
type parameter struct{ name, value string }

// parseQuery decodes a query, keeping its order. Unlike net/url it takes a
// semicolon for what it is on AWS: part of a value.
func parseQuery(raw string) ([]parameter, error) {
	var parameters []parameter
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		name, err := url.QueryUnescape(name)
		if err != nil {
			return nil, fmt.Errorf("decode query: %w", err)
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return nil, fmt.Errorf("decode query: %w", err)
		}
		parameters = append(parameters, parameter{name, value})
	}
	return parameters, nil
}
