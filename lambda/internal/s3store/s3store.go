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
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
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
// fs.ErrNotExist where there is no such object, and fs.ErrPermission where the
// function may not read it. S3 says the latter of missing objects, too, to
// callers who may not list the bucket, as the deployed function may not.
func (s *Store) Open(ctx context.Context, bucket, key string) (body io.ReadCloser, size int64, err error) {
	out, err := s.client().GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		var resp *awshttp.ResponseError
		if errors.As(err, &resp) {
			switch resp.HTTPStatusCode() {
			case http.StatusNotFound:
				err = fmt.Errorf("%w: %w", fs.ErrNotExist, err)
			case http.StatusForbidden:
				err = fmt.Errorf("%w: %w", fs.ErrPermission, err)
			}
		}
		return nil, 0, fmt.Errorf("read s3://%s/%s: %w", bucket, key, err)
	}
	return out.Body, aws.ToInt64(out.ContentLength), nil
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
