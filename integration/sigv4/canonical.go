package sigv4

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// canonicalRequest writes the request down in the one form that both sides
// sign: method, path, query, headers, names of the signed headers, hash of the
// body, a line each.
func canonicalRequest(r *http.Request, c claim, payloadHash string) (string, error) {
	query, err := canonicalQuery(r.URL.RawQuery, c.presigned)
	if err != nil {
		return "", err
	}
	headers, err := canonicalHeaders(r, c.signedHeaders)
	if err != nil {
		return "", err
	}
	return joinCanonical(r.Method, canonicalPath(sentPath(r.URL)), query, headers, c.signedHeaders, payloadHash), nil
}

func joinCanonical(method, path, query, headers string, signed []string, payloadHash string) string {
	return strings.Join([]string{method, path, query, headers, strings.Join(signed, ";"), payloadHash}, "\n")
}

// sentPath is the path as it was sent, be it encoded well or not.
func sentPath(u *url.URL) string {
	if u.RawPath != "" {
		return u.RawPath
	}
	return u.EscapedPath()
}

// canonicalPath normalises a path as it was sent, that is encoded already, and
// encodes it a second time, as every service but S3 wants it.
func canonicalPath(escaped string) string {
	var segments []string
	for segment := range strings.SplitSeq(escaped, "/") {
		switch segment {
		case "", ".":
		case "..":
			segments = segments[:max(len(segments)-1, 0)]
		default:
			segments = append(segments, uriEncode(segment))
		}
	}
	path := "/" + strings.Join(segments, "/")
	if len(segments) > 0 && strings.HasSuffix(escaped, "/") {
		path += "/"
	}
	return path
}

// canonicalQuery encodes every name and value and then sorts the pairs. The
// signature of a presigned URL is no part of what it signs.
func canonicalQuery(raw string, presigned bool) (string, error) {
	query, err := parseQuery(raw)
	if err != nil {
		return "", err
	}
	var pairs []parameter
	for _, p := range query {
		if presigned && p.name == "X-Amz-Signature" {
			continue
		}
		pairs = append(pairs, parameter{uriEncode(p.name), uriEncode(p.value)})
	}
	slices.SortFunc(pairs, func(a, b parameter) int {
		if order := strings.Compare(a.name, b.name); order != 0 {
			return order
		}
		return strings.Compare(a.value, b.value)
	})
	var b strings.Builder
	for i, p := range pairs {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p.name + "=" + p.value)
	}
	return b.String(), nil
}

// canonicalHeaders writes each signed header as "name:value\n".
func canonicalHeaders(r *http.Request, signed []string) (string, error) {
	var b strings.Builder
	for _, name := range signed {
		values := r.Header.Values(name)
		switch {
		case name == "host":
			// Go takes the Host header out of the others.
			values = []string{r.Host}
		case name == "content-length" && len(values) == 0:
			values = []string{strconv.FormatInt(r.ContentLength, 10)}
		case len(values) == 0:
			return "", fmt.Errorf("signed header %s is not in the request", name)
		}
		b.WriteString(name)
		b.WriteByte(':')
		for i, value := range values {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(foldSpaces(value))
		}
		b.WriteByte('\n')
	}
	return b.String(), nil
}

// foldSpaces trims a header's value and makes one space of several.
func foldSpaces(value string) string {
	value = strings.TrimSpace(value)
	for strings.Contains(value, "  ") {
		value = strings.ReplaceAll(value, "  ", " ")
	}
	return value
}

// uriEncode percent-encodes all but RFC 3986's unreserved characters. Neither
// of net/url's escapers does just that.
func uriEncode(s string) string {
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9',
			c == '-', c == '_', c == '.', c == '~':
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', hexDigits[c>>4], hexDigits[c&15]})
		}
	}
	return b.String()
}
