package emulator

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// event is what a function URL sends to its function: payload format 2.0
// ("Invoking Lambda function URLs", Lambda Developer Guide).
type event struct {
	Version               string            `json:"version"`
	RouteKey              string            `json:"routeKey"`
	RawPath               string            `json:"rawPath"`
	RawQueryString        string            `json:"rawQueryString"`
	Cookies               []string          `json:"cookies,omitempty"`
	Headers               map[string]string `json:"headers"`
	QueryStringParameters map[string]string `json:"queryStringParameters,omitempty"`
	RequestContext        requestContext    `json:"requestContext"`
	IsBase64Encoded       bool              `json:"isBase64Encoded"` // withBody looks for it
}

type requestContext struct {
	AccountID      string     `json:"accountId"`
	APIID          string     `json:"apiId"`
	Authentication *struct{}  `json:"authentication"`
	Authorizer     authorizer `json:"authorizer"`
	DomainName     string     `json:"domainName"`
	DomainPrefix   string     `json:"domainPrefix"`
	HTTP           httpInfo   `json:"http"`
	RequestID      string     `json:"requestId"`
	RouteKey       string     `json:"routeKey"`
	Stage          string     `json:"stage"`
	Time           string     `json:"time"`
	TimeEpoch      int64      `json:"timeEpoch"`
}

type authorizer struct {
	IAM iam `json:"iam"`
}

type iam struct {
	AccessKey       string    `json:"accessKey"`
	AccountID       string    `json:"accountId"`
	CallerID        string    `json:"callerId"`
	CognitoIdentity *struct{} `json:"cognitoIdentity"`
	PrincipalOrgID  *string   `json:"principalOrgId"`
	UserARN         string    `json:"userArn"`
	UserID          string    `json:"userId"`
}

type httpInfo struct {
	Method    string `json:"method"`
	Path      string `json:"path"`
	Protocol  string `json:"protocol"`
	SourceIP  string `json:"sourceIp"`
	UserAgent string `json:"userAgent"`
}

// callerID is the unique id of the user who calls, made up.
const callerID = "AIDACKCEVSQ6C2EXAMPLE"

// eventPayload writes a request, whose body was read into body, as an event, into memory that
// is taken there.
func eventPayload(r *http.Request, body []byte, inv *invocation, accessKey string, m *memory) ([]byte, error) {
	sourceIP, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return nil, fmt.Errorf("find address of caller: %w", err)
	}
	query, err := queryParameters(r.URL.RawQuery)
	if err != nil {
		return nil, fmt.Errorf("parse query: %w", err)
	}
	now := time.Now().UTC()
	path := r.URL.EscapedPath()
	urlID, _, _ := strings.Cut(r.Host, ".")
	e := event{
		Version:               "2.0",
		RouteKey:              "$default",
		RawPath:               path,
		RawQueryString:        r.URL.RawQuery,
		Cookies:               cookies(r.Header),
		Headers:               eventHeaders(r, inv, sourceIP),
		QueryStringParameters: query,
		RequestContext: requestContext{
			AccountID: accountID,
			APIID:     urlID,
			Authorizer: authorizer{iam{
				AccessKey: accessKey,
				AccountID: accountID,
				CallerID:  callerID,
				UserARN:   "arn:aws:iam::" + accountID + ":user/developer",
				UserID:    callerID,
			}},
			DomainName:   r.Host,
			DomainPrefix: urlID,
			HTTP: httpInfo{
				Method:    r.Method,
				Path:      path,
				Protocol:  r.Proto,
				SourceIP:  sourceIP,
				UserAgent: r.UserAgent(),
			},
			RequestID: inv.id,
			RouteKey:  "$default",
			Stage:     "$default",
			Time:      now.Format("02/Jan/2006:15:04:05 -0700"),
			TimeEpoch: now.UnixMilli(),
		},
	}
	// Without a body there is none in the event either.
	e.IsBase64Encoded = len(body) > 0 && !isText(r.Header.Get("Content-Type"))
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	// An escaped < would count for six bytes of the 6 MB.
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(e); err != nil {
		return nil, fmt.Errorf("encode event: %w", err)
	}
	return withBody(bytes.TrimSuffix(b.Bytes(), []byte("\n")), body, e.IsBase64Encoded, m), nil
}

// withBody is an event with the body that its last field tells the form of: before that
// field, and written there at once, as it is long. Without a body the event has no field for it.
func withBody(text, body []byte, base64Encoded bool, m *memory) []byte {
	const name, after = `"body":"`, `",`
	last := fmt.Sprintf(`"isBase64Encoded":%t}`, base64Encoded)
	// Text may need more, as quotes get a backslash.
	out := m.take(len(text) + len(name) + base64.StdEncoding.EncodedLen(len(body)) + len(after))
	out = append(out, bytes.TrimSuffix(text, []byte(last))...)
	switch {
	case len(body) == 0:
	case base64Encoded:
		out = append(base64.StdEncoding.AppendEncode(append(out, name...), body), after...)
	default:
		out = append(appendEscaped(append(out, name...), body), after...)
	}
	return append(out, last...)
}

// isText reports whether a body of this content type stays as it is. AWS does
// not document which ones do; these were found by trying it
// (github.com/ministackorg/ministack/pull/766). All else is base64: forms, no
// content type at all, "+json" types too.
func isText(contentType string) bool {
	mediaType, _, err := mime.ParseMediaType(contentType)
	if err != nil && mediaType == "" {
		return false
	}
	switch mediaType {
	case "application/json", "application/javascript", "application/xml":
		return true
	}
	return strings.HasPrefix(mediaType, "text/")
}

// eventHeaders lower-cases the names of the headers and joins repeated ones,
// leaves out what belongs to the connection, the cookies (which have a field
// of their own) and the authorization (which the front end uses up), and adds
// what the front end adds.
func eventHeaders(r *http.Request, inv *invocation, sourceIP string) map[string]string {
	root, _, _ := strings.Cut(inv.traceID, ";")
	headers := map[string]string{
		"host":              r.Host,
		"x-forwarded-for":   sourceIP,
		"x-forwarded-port":  "443",
		"x-forwarded-proto": "https",
		"x-amzn-trace-id":   root,
	}
	for name, values := range r.Header {
		switch name = strings.ToLower(name); name {
		case "authorization", "connection", "cookie", "expect", "keep-alive", "proxy-connection", "te", "upgrade":
		case "x-forwarded-for":
			headers[name] = strings.Join(values, ",") + ", " + sourceIP
		case "x-forwarded-port", "x-forwarded-proto":
		default:
			headers[name] = strings.Join(values, ",")
		}
	}
	return headers
}

// cookies splits the Cookie headers into "name=value" pairs.
func cookies(h http.Header) []string {
	var list []string
	for _, header := range h.Values("Cookie") {
		for cookie := range strings.SplitSeq(header, ";") {
			if cookie = strings.TrimSpace(cookie); cookie != "" {
				list = append(list, cookie)
			}
		}
	}
	return list
}

// queryParameters decodes a query and joins the values of repeated names with
// commas, in their order.
func queryParameters(raw string) (map[string]string, error) {
	parameters := map[string]string{}
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		name, err := url.QueryUnescape(name)
		if err != nil {
			return nil, err
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return nil, err
		}
		if earlier, ok := parameters[name]; ok {
			value = earlier + "," + value
		}
		parameters[name] = value
	}
	return parameters, nil
}
