package sigv4

import (
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// randomRequest describes a request before it is encoded and signed.
type randomRequest struct {
	Method   string      `json:"method"`
	Segments []string    `json:"segments"` // of the path
	Query    [][2]string `json:"query"`
	Headers  [][2]string `json:"headers"`
	Body     []byte      `json:"body"`
	Time     int64       `json:"time"`  // of the signature, Unix seconds
	Token    bool        `json:"token"` // sign with temporary credentials
	// Expires is the life of a presigned URL in seconds; zero means that the
	// signature is in the header.
	Expires int `json:"expires"`
}

// plain tells a path that is in its normal form already. AWS's SDK for Go
// doesn't bring others into it before it signs them.
func (r randomRequest) plain() bool {
	for i, segment := range r.Segments {
		if segment == "." || segment == ".." || segment == "" && i < len(r.Segments)-1 {
			return false
		}
	}
	return true
}

// letters are what paths, names and values are made of: unreserved, reserved
// and encoded characters, and more than one byte's.
var letters = []string{
	"a", "Z", "0", "9", "-", "_", ".", "~", "aB", "conf", "imgsz", "0.3", "640",
	" ", "  ", "+", "%", "%20", "%2F", "&", "=", "?", "#", "!", "$", "'", "(", ")",
	"*", ",", ";", ":", "@", "[", "]", `"`, "\\", "<", ">", "^", "`", "{", "|", "}",
	"\u00e4", "\u1234", "\u6f22\u5b57", "\U0001F600", "e\u0301",
}

func randomText(rng *rand.Rand, most int) string {
	var b strings.Builder
	for range rng.IntN(most + 1) {
		b.WriteString(letters[rng.IntN(len(letters))])
	}
	return b.String()
}

// randomSegment may have a slash in it, which has to be encoded, and may be
// one of those that normalising takes out of a path.
func randomSegment(rng *rand.Rand) string {
	switch rng.IntN(12) {
	case 0:
		return ""
	case 1:
		return "."
	case 2:
		return ".."
	case 3:
		return "a/" + randomText(rng, 2)
	}
	return "s" + randomText(rng, 4)
}

// randomHeader has a name that clients sign, in any case. Its value has no
// control characters, which differ from client to client.
func randomHeader(rng *rand.Rand) [2]string {
	name := []string{"Content-Type", "X-Custom", "x-amz-meta-a", "X-AMZ-Meta-B", "accept", "If-None-Match", "My-Header1"}[rng.IntN(7)]
	value := strings.Repeat(" ", rng.IntN(3)) + randomText(rng, 5) + strings.Repeat(" ", rng.IntN(3))
	return [2]string{name, value}
}

func newRandomRequest(rng *rand.Rand) randomRequest {
	r := randomRequest{
		Method: []string{"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"}[rng.IntN(7)],
		Time:   signedAt.Unix() + rng.Int64N(int64(10*365*24*time.Hour/time.Second)),
		Token:  rng.IntN(3) == 0,
	}
	for range rng.IntN(5) {
		r.Segments = append(r.Segments, randomSegment(rng))
	}
	for range rng.IntN(6) {
		r.Query = append(r.Query, [2]string{randomText(rng, 3), randomText(rng, 3)})
		if rng.IntN(4) == 0 { // a name once more
			r.Query = append(r.Query, [2]string{r.Query[0][0], randomText(rng, 2)})
		}
	}
	for range rng.IntN(5) {
		r.Headers = append(r.Headers, randomHeader(rng))
	}
	switch rng.IntN(3) {
	case 0:
		r.Expires = 1 + rng.IntN(int(maxExpires/time.Second))
	case 1:
		r.Body = make([]byte, 1+rng.IntN(200))
		for i := range r.Body {
			r.Body[i] = byte(rng.Uint32())
		}
		// AWS's SDK for Go signs the length of a body.
		r.Headers = append(r.Headers, [2]string{"Content-Length", strconv.Itoa(len(r.Body))})
	}
	return r
}

// credentialsOf are those that the request is to be signed with.
func credentialsOf(r randomRequest) aws.Credentials {
	if r.Token {
		return temporary
	}
	return longLived
}

func (r randomRequest) String() string {
	text, err := json.Marshal(r)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
