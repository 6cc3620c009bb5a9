package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// download writes the results of a batch, one line a picture, into a file. They
// are in no order. output is that of the execution, in which Step Functions
// tells where it wrote the manifest that lists the files of results.
func download(ctx context.Context, cfg aws.Config, output, path string) (err error) {
	var where struct {
		ResultWriterDetails struct{ Bucket, Key string }
	}
	err = json.Unmarshal([]byte(output), &where)
	manifest := where.ResultWriterDetails
	if err != nil || manifest.Bucket == "" || manifest.Key == "" {
		return errors.New("download results: the execution does not tell where they are")
	}
	objects := s3.NewFromConfig(cfg, func(o *s3.Options) {
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
