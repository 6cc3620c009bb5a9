// Package sigv4 verifies AWS Signature Version 4 the way that the front end of
// AWS Lambda does: it is the server's half of a protocol whose client's half
// is in every AWS SDK.
package sigv4

import (
	"errors"
	"net/http"
	"time"
)

// Secret is what a server knows of one access key.
type Secret struct {
	// Key is the secret access key.
	Key string
	// SessionToken is what temporary credentials carry besides; empty for
	// long-lived keys.
	SessionToken string
}

// Verifier checks signed requests to one service in one region.
type Verifier struct {
	// Credentials looks up an access key; false when there is no such key.
	Credentials func(accessKeyID string) (Secret, bool)
	// Region and Service are what the credential scope must name, such as
	// "eu-central-1" and "lambda".
	Region, Service string
	// Now is the server's clock; nil means time.Now.
	Now func() time.Time
	// MaxSkew is how far the request's date may be from Now, either way; zero
	// means AWS's five minutes.
	MaxSkew time.Duration
}

// Verify returns nil when the request, whose body was read into body, carries
// a valid signature. The error tells why not: it is for the log, never for the
// caller, who learns nothing but that the request was refused.
func (v Verifier) Verify(r *http.Request, body []byte) error {
	return errors.New("sigv4: not implemented")
}
