// Package sigv4 verifies AWS Signature Version 4 the way that the front end of
// AWS Lambda does: it is the server's half of a protocol whose client's half
// is in every AWS SDK.
//
// The rules are those of "Signing AWS API requests" in AWS's IAM User Guide
// (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html), in the form
// that holds for every service but S3.
package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	terminator = "aws4_request"

	// timeFormat and dateFormat are ISO 8601's basic form, always in UTC.
	timeFormat = "20060102T150405Z"
	dateFormat = "20060102"

	defaultSkew = 5 * time.Minute
)

// ErrUnsigned says that a request carries no signature at all.
var ErrUnsigned = errors.New("request is not signed")

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

// Verify returns the access key that signed the request, whose body was read
// into body. The signature may be in the Authorization header or in the query
// (a presigned URL).
//
// The error, ErrUnsigned or another, tells why a request is refused. It is for
// the log, never for the caller, who learns nothing but the refusal.
func (v Verifier) Verify(r *http.Request, body []byte) (accessKeyID string, err error) {
	c, secret, err := v.check(r)
	if err != nil {
		return "", err
	}
	payloadHash := hexSHA256(body)
	if err := checkContentHash(r, payloadHash); err != nil {
		return "", err
	}
	canonical, err := canonicalRequest(r, c, payloadHash)
	if err != nil {
		return "", err
	}
	want := hex.EncodeToString(sign(c, secret.Key, canonical))
	if !hmac.Equal([]byte(c.signature), []byte(want)) {
		if faults := commonFaults(r, c, secret.Key, payloadHash); faults != "" {
			return "", fmt.Errorf("signature doesn't match the request: %s", faults)
		}
		return "", fmt.Errorf("signature doesn't match the request: its secret key is not that of %s, "+
			"or the signer wrote down another request; the canonical form is\n%s", c.accessKeyID, canonical)
	}
	return c.accessKeyID, nil
}

// Precheck refuses what Verify will refuse whatever the body is: it checks everything
// but the signature, so that a server need not read what a stranger sends.
func (v Verifier) Precheck(r *http.Request) error {
	_, _, err := v.check(r)
	return err
}

// check does what can be done without the body.
func (v Verifier) check(r *http.Request) (claim, Secret, error) {
	c, err := parseClaim(r)
	if err != nil {
		return c, Secret{}, err
	}
	if err := v.checkTime(c); err != nil {
		return c, Secret{}, err
	}
	if c.date != c.time.Format(dateFormat) {
		return c, Secret{}, fmt.Errorf("credential scope has date %s, the request %s", c.date, c.time.Format(timeFormat))
	}
	if c.region != v.Region || c.service != v.Service {
		return c, Secret{}, fmt.Errorf("signature is for the region %s and the service %s, not for %s and %s", c.region, c.service, v.Region, v.Service)
	}
	if err := checkSignedHeaders(r, c.signedHeaders); err != nil {
		return c, Secret{}, err
	}
	if v.Credentials == nil {
		return c, Secret{}, errors.New("no credentials are known")
	}
	secret, ok := v.Credentials(c.accessKeyID)
	if !ok {
		return c, Secret{}, fmt.Errorf("access key %q is unknown", c.accessKeyID)
	}
	if !hmac.Equal([]byte(c.token), []byte(secret.SessionToken)) {
		return c, Secret{}, fmt.Errorf("access key %s came with the wrong session token, or without its own", c.accessKeyID)
	}
	return c, secret, nil
}

func (v Verifier) checkTime(c claim) error {
	now := time.Now()
	if v.Now != nil {
		now = v.Now()
	}
	skew := v.MaxSkew
	if skew == 0 {
		skew = defaultSkew
	}
	validFor := skew
	if c.expires > 0 {
		validFor = c.expires
	}
	switch age := now.Sub(c.time); {
	case age > validFor:
		return fmt.Errorf("signature of %s is %s old by the clock of this machine, %s are allowed", c.time.Format(timeFormat), age.Round(time.Second), validFor)
	case age < -skew:
		return fmt.Errorf("signature of %s is %s in the future by the clock of this machine, %s are allowed", c.time.Format(timeFormat), -age.Round(time.Second), skew)
	}
	return nil
}

// checkSignedHeaders refuses requests of which a part that matters could have
// been added or changed on the way: the host and every x-amz-* header have to
// be signed. The body's hash is signed besides, so its header need not be: AWS takes
// the requests of aws-requests-auth, which sends it unsigned.
func checkSignedHeaders(r *http.Request, signed []string) error {
	if !slices.Contains(signed, "host") {
		return errors.New("header host is not signed")
	}
	for name := range r.Header {
		name = strings.ToLower(name)
		if strings.HasPrefix(name, "x-amz-") && name != "x-amz-content-sha256" && !slices.Contains(signed, name) {
			return fmt.Errorf("header %s is not signed", name)
		}
	}
	return nil
}

// unsignedPayload is what S3 takes for the body's hash.
const unsignedPayload = "UNSIGNED-PAYLOAD"

// checkContentHash compares the caller's own hash of the body, where it sent
// one. "UNSIGNED-PAYLOAD" is refused as any other wrong hash is: "Lambda
// doesn't support unsigned payloads" (CloudFront Developer Guide, "Restrict
// access to an AWS Lambda function URL origin").
func checkContentHash(r *http.Request, payloadHash string) error {
	for _, sent := range r.Header.Values("X-Amz-Content-Sha256") {
		switch sent {
		case payloadHash:
		case hexSHA256(nil):
			return errors.New("x-amz-content-sha256 is the hash of an empty body, and the body is not empty")
		case unsignedPayload:
			return errors.New("x-amz-content-sha256 is " + unsignedPayload + ", which Lambda does not take: the body's hash has to be signed")
		default:
			return fmt.Errorf("x-amz-content-sha256 is %q, the body's hash %s", sent, payloadHash)
		}
	}
	return nil
}

// sign computes the signature that the claim should have.
func sign(c claim, secretKey, canonical string) []byte {
	scope := strings.Join([]string{c.date, c.region, c.service, terminator}, "/")
	stringToSign := strings.Join([]string{algorithm, c.time.Format(timeFormat), scope, hexSHA256([]byte(canonical))}, "\n")

	key := []byte("AWS4" + secretKey)
	for _, part := range []string{c.date, c.region, c.service, terminator, stringToSign} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	return key
}

func hexSHA256(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
