package batch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Download writes the results of a batch that has ended, one line a picture, into a
// file. They are in no order. The output of its execution says where Step Functions
// wrote the manifest, which lists the files of results.
func (m *Machine) Download(ctx context.Context, s *Summary, path string) (err error) {
	var where struct {
		ResultWriterDetails struct{ Bucket, Key string }
	}
	err = json.Unmarshal([]byte(s.output), &where)
	manifest := where.ResultWriterDetails
	if err != nil || manifest.Bucket == "" || manifest.Key == "" {
		return errors.New("download results: the execution does not say where they are")
	}
	objects := s3.NewFromConfig(m.cfg, func(o *s3.Options) {
		o.UsePathStyle = o.BaseEndpoint != nil // a stand-in for S3 has no host names of buckets
	})
	get := func(key string) (io.ReadCloser, error) {
		object, err := objects.GetObject(ctx, &s3.GetObjectInput{Bucket: &manifest.Bucket, Key: &key})
		if err != nil {
			return nil, fmt.Errorf("download s3://%s/%s: %w", manifest.Bucket, key, err)
		}
		return object.Body, nil
	}
	body, err := get(manifest.Key)
	if err != nil {
		return err
	}
	defer body.Close()
	var files struct {
		ResultFiles struct{ SUCCEEDED []struct{ Key string } }
	}
	if err := json.NewDecoder(body).Decode(&files); err != nil {
		return fmt.Errorf("read manifest s3://%s/%s: %w", manifest.Bucket, manifest.Key, err)
	}
	out, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	for _, file := range files.ResultFiles.SUCCEEDED {
		lines, err := get(file.Key)
		if err != nil {
			return err
		}
		_, err = io.Copy(out, lines)
		lines.Close()
		if err != nil {
			return fmt.Errorf("download s3://%s/%s: %w", manifest.Bucket, file.Key, err)
		}
	}
	return nil
}
