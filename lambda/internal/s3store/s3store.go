// Package s3store reads and writes objects in S3. No other package of the
// function has the AWS SDK.
package s3store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

// Store is S3, as the function's role may use it. It is safe for concurrent use.
type Store struct {
	client func() *s3.Client
}

// New makes a Store. The client is made when it is first used, so that a start
// without pictures in S3 doesn't wait for it.
func New() *Store { return &Store{sync.OnceValue(newClient)} }

// newClient goes by Lambda's environment. The SDK's package config could do the
// same and more; the function would be larger by its sign-in services.
func newClient() *s3.Client {
	endpoint := os.Getenv("AWS_ENDPOINT_URL_S3") // the SDKs' name for another S3 than AWS's
	return s3.New(s3.Options{
		Region: os.Getenv("AWS_REGION"),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			c := aws.Credentials{
				AccessKeyID:     os.Getenv("AWS_ACCESS_KEY_ID"),
				SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
				SessionToken:    os.Getenv("AWS_SESSION_TOKEN"),
			}
			if !c.HasKeys() {
				return c, errors.New("the environment has no AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
			}
			return c, nil
		}),
	}, func(o *s3.Options) {
		if endpoint != "" {
			o.BaseEndpoint, o.UsePathStyle = &endpoint, true
		}
	})
}

// Open begins to read an object and tells its size in bytes. The error wraps
// fs.ErrNotExist where there is no such object, fs.ErrPermission where the
// function may not read it, and fs.ErrInvalid where S3 refuses the bucket or the key
// otherwise: these are the caller's faults. S3 says the second of missing objects, too,
// to callers who may not list the bucket, as the deployed function may not.
func (s *Store) Open(ctx context.Context, bucket, key string) (body io.ReadCloser, size int64, err error) {
	out, err := s.client().GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		if fault := callersFault(err); fault != nil {
			err = fmt.Errorf("%w: %w", fault, err)
		}
		return nil, 0, fmt.Errorf("read s3://%s/%s: %w", bucket, key, err)
	}
	return out.Body, aws.ToInt64(out.ContentLength), nil
}

// ownFaults are refusals with a status of 4xx that are about the function's credentials
// or clock, or that pass: whoever named the picture can do nothing about them.
var ownFaults = []string{
	"ExpiredToken", "InvalidToken", "InvalidAccessKeyId", "SignatureDoesNotMatch", "RequestTimeTooSkewed", "RequestTimeout",
}

// callersFault is why S3 does not give an object, nil where that is nobody's fault but
// ours or S3's.
func callersFault(err error) error {
	var resp *awshttp.ResponseError
	var refused smithy.APIError
	if !errors.As(err, &resp) || errors.As(err, &refused) && slices.Contains(ownFaults, refused.ErrorCode()) {
		return nil
	}
	switch status := resp.HTTPStatusCode(); {
	case status == http.StatusNotFound:
		return fs.ErrNotExist
	case status == http.StatusForbidden:
		return fs.ErrPermission
	case status == http.StatusTooManyRequests:
		return nil
	case 300 <= status && status < 500: // 301: the bucket is in another region
		return fs.ErrInvalid
	}
	return nil
}

// Put writes a whole object, over the one that may be there.
func (s *Store) Put(ctx context.Context, bucket, key, contentType string, data []byte) error {
	_, err := s.client().PutObject(ctx, &s3.PutObjectInput{
		Bucket: &bucket, Key: &key, ContentType: &contentType, Body: bytes.NewReader(data),
	})
	if err != nil {
		return fmt.Errorf("write s3://%s/%s: %w", bucket, key, err)
	}
	return nil
}
