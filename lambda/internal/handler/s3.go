package handler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/yolambda/yolambda/lambda/api"
)

// maxObject is the most bytes that a picture in S3 may have: more than files of
// picture.MaxPixels usually have, and little compared with the function's memory.
const maxObject = 50_000_000

// maxKey is the most bytes of an object's key: S3's own limit.
const maxKey = 1024

// Store holds objects, as S3 does.
type Store interface {
	// Open begins to read an object and tells its size in bytes. The error
	// wraps fs.ErrNotExist, fs.ErrPermission or fs.ErrInvalid where one of these is the
	// reason.
	Open(ctx context.Context, bucket, key string) (body io.ReadCloser, size int64, err error)
	// Put writes a whole object.
	Put(ctx context.Context, bucket, key, contentType string, data []byte) error
}

// S3 is where the function may read pictures and write replies. A nil S3 may do
// neither.
type S3 struct {
	store    Store
	prefixes []location
	results  location // zero where no replies are written
}

// NewS3 reads the settings: prefixes is a list of s3://bucket/prefix, separated
// by commas, under which pictures may be read; results is such a prefix, under
// which replies to new pictures are written, or empty.
func NewS3(store Store, prefixes, results string) (*S3, error) {
	s := &S3{store: store}
	for prefix := range strings.SplitSeq(prefixes, ",") {
		at, ok := parseLocation(strings.TrimSpace(prefix))
		if !ok {
			return nil, fmt.Errorf("read S3 prefixes: %q is not s3://bucket/prefix", prefix)
		}
		s.prefixes = append(s.prefixes, at)
	}
	if results == "" {
		return s, nil
	}
	var ok bool
	if s.results, ok = parseLocation(results); !ok {
		return nil, fmt.Errorf("read place of S3 results: %q is not s3://bucket/prefix", results)
	}
	return s, nil
}

// location is an object, or as a prefix all objects whose keys start with key.
type location struct{ bucket, key string }

// parseLocation reads s3://bucket/key. The key stands as it is, without any
// escapes.
func parseLocation(uri string) (location, bool) {
	rest, ok := strings.CutPrefix(uri, "s3://")
	bucket, key, _ := strings.Cut(rest, "/")
	return location{bucket, key}, ok && bucket != ""
}

func (l location) String() string { return "s3://" + l.bucket + "/" + l.key }

func (l location) holds(object location) bool {
	return l.bucket == object.bucket && strings.HasPrefix(object.key, l.key)
}

// checkKey refuses keys that S3 does not take, and those with segments . and .., which
// HTTP clients on the way may take for folders: below a prefix that would be a way out.
func (l location) checkKey() error {
	if len(l.key) > maxKey {
		return api.Errorf(api.InvalidRequest, "the picture's key has %d bytes; S3 allows %d", len(l.key), maxKey)
	}
	for segment := range strings.SplitSeq(l.key, "/") {
		if segment == "." || segment == ".." {
			return api.Errorf(api.InvalidRequest, "the picture is given as %.200q; a key with the segment %q is not read", l.String(), segment)
		}
	}
	return nil
}

// locate refuses what is not under one of the prefixes.
func (s *S3) locate(uri string) (location, error) {
	if s == nil {
		return location{}, api.Errorf(api.InvalidRequest,
			"the picture is given as %.200q; this function reads no pictures by their address: send the bytes, or deploy with batch or trigger", uri)
	}
	at, ok := parseLocation(uri)
	if ok {
		if err := at.checkKey(); err != nil {
			return location{}, err
		}
	}
	for _, prefix := range s.prefixes {
		if ok && at.key != "" && prefix.holds(at) {
			return at, nil
		}
	}
	allowed := make([]string, len(s.prefixes))
	for i, prefix := range s.prefixes {
		allowed[i] = prefix.String()
	}
	return location{}, api.Errorf(api.InvalidRequest,
		"the picture is given as %.200q; this function reads pictures under %s only", uri, strings.Join(allowed, ", "))
}

// fetch gives the bytes of a picture, which may be in S3.
func (s *S3) fetch(ctx context.Context, p api.Picture) ([]byte, error) {
	if p.URI == "" {
		return p.Data, nil
	}
	return s.read(ctx, p.URI)
}

// fetched is a picture's bytes and the address that it has, or why they are not to be
// had.
type fetched struct {
	uri  string
	data []byte
	err  error
}

// fetchSafely turns a panic into an error: in a goroutine of its own it would
// end the process.
func (s *S3) fetchSafely(ctx context.Context, p api.Picture) (f fetched) {
	f.uri = p.URI
	defer rescue("fetch picture", &f.err)
	f.data, f.err = s.fetch(ctx, p)
	return f
}

// read downloads a picture. One that is too large is refused by its size, before
// any of it is downloaded.
func (s *S3) read(ctx context.Context, uri string) ([]byte, error) {
	at, err := s.locate(uri)
	if err != nil {
		return nil, err
	}
	body, size, err := s.store.Open(ctx, at.bucket, at.key)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return nil, api.Errorf(api.InvalidRequest, "there is no object %s, or the function may not read it", at)
	case errors.Is(err, fs.ErrInvalid):
		return nil, api.Errorf(api.InvalidRequest, "S3 refuses to give %s: is the bucket's name right, and the bucket in the function's region?", at)
	case err != nil:
		return nil, err
	}
	defer body.Close()
	if size > maxObject {
		return nil, api.Errorf(api.TooLarge, "the object %s has %d bytes, the limit is %d", at, size, maxObject)
	}
	data, err := io.ReadAll(io.LimitReader(body, maxObject+1))
	if err != nil {
		return nil, fmt.Errorf("download %s: %w", at, err)
	}
	if len(data) > maxObject { // its size was not told
		return nil, api.Errorf(api.TooLarge, "the object %s has more than %d bytes, the limit", at, maxObject)
	}
	return data, nil
}

// put writes the reply to a new picture below the results, under the picture's key.
func (s *S3) put(ctx context.Context, uri, contentType string, body []byte) error {
	object, ok := parseLocation(uri)
	if s == nil || s.results.bucket == "" || !ok {
		return errors.New("write reply to a new picture: YOLAMBDA_S3_RESULTS does not say where")
	}
	if s.results.holds(object) {
		return fmt.Errorf("%s is a reply itself, not a new picture", object)
	}
	return s.store.Put(ctx, s.results.bucket, s.results.key+object.key+".json", contentType, body)
}
