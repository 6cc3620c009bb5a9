package handler

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// fakeStore has objects by their locations.
type fakeStore map[location][]byte

func (s fakeStore) Open(_ context.Context, bucket, key string) (io.ReadCloser, int64, error) {
	data, ok := s[location{bucket, key}]
	switch {
	case key == "in/huge.jpg":
		return io.NopCloser(unread{}), maxObject + 1, nil
	case key == "in/forbidden.jpg":
		return nil, 0, fs.ErrPermission
	case key == "in/refused.jpg":
		return nil, 0, fs.ErrInvalid
	case key == "in/unlucky.jpg":
		return nil, 0, errors.New("SlowDown")
	case !ok:
		return nil, 0, fmt.Errorf("read object: %w", fs.ErrNotExist)
	}
	return io.NopCloser(bytes.NewReader(data)), int64(len(data)), nil
}

func (s fakeStore) Put(_ context.Context, bucket, key, _ string, data []byte) error {
	if strings.Contains(key, "unwritable") {
		return errors.New("no write")
	}
	s[location{bucket, key}] = data
	return nil
}

// unread fails when any of it is downloaded.
type unread struct{}

func (unread) Read([]byte) (int, error) {
	return 0, errors.New("downloaded an object that is too large")
}

// s3Detector is a detector that reads below s3://photos/in/ and s3://more/.
func s3Detector(t testing.TB) (*Handler, fakeStore) {
	t.Helper()
	store := fakeStore{
		{"photos", "in/a b+%.png"}:        photo,
		{"photos", "in/text.txt"}:         []byte("hello"),
		{"photos", "private/b.png"}:       photo,
		{"photos", "in/unwritable.png"}:   photo,
		{"photos", "results/in/back.png"}: photo,
		{"more", "c.png"}:                 photo,
	}
	s, err := NewS3(store, "s3://photos/in/, s3://more", "s3://photos/results/")
	if err != nil {
		t.Fatal(err)
	}
	h := detector(t)
	h.s3 = s
	return h, store
}

func TestPicturesByAddress(t *testing.T) {
	h, _ := s3Detector(t)
	const a = "s3://photos/in/a b+%.png"
	tests := []struct {
		name    string
		payload []byte
	}{
		{"direct", []byte(`{"image":"` + a + `","classes":["person"]}`)},
		{"options apart", []byte(`{"image":"` + a + `","options":{"classes":["person"]}}`)},
		{"whole bucket", []byte(`{"image":"s3://more/c.png","classes":["person"]}`)},
		{"function URL", request{body: []byte(`{"image":"` + a + `","classes":["person"]}`)}.event()},
		{"as the body", request{body: []byte(a), query: "classes=person"}.event()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := h.Invoke(invocation(), tt.payload)
			if err != nil {
				t.Fatal(err)
			}
			var envelope struct{ Body string }
			decode(t, out, &envelope)
			if envelope.Body != "" {
				out = []byte(envelope.Body)
			}
			var resp api.Response
			decode(t, out, &resp)
			if diff := cmp.Diff(found, resp.Detections); diff != "" {
				t.Errorf("%s: %s", diff, out)
			}
		})
	}
}

func TestAddressesRefused(t *testing.T) {
	with, _ := s3Detector(t)
	without := detector(t)
	const allowed = "s3://photos/in/, s3://more/ only"
	tests := []struct {
		name, address string
		handler       *Handler
		code          api.Code
		text          string
	}{
		{"outside the prefixes", "s3://photos/private/b.png", with, api.InvalidRequest, allowed},
		{"prefix without its slash", "s3://photos/in", with, api.InvalidRequest, allowed},
		{"other bucket", "s3://photos2/in/a.png", with, api.InvalidRequest, allowed},
		{"bucket alone", "s3://more", with, api.InvalidRequest, allowed},
		{"no bucket", "s3:///in/a.png", with, api.InvalidRequest, allowed},
		{"http", "http://169.254.169.254/latest/meta-data", with, api.InvalidRequest, allowed},
		{"file", "file:///etc/passwd", with, api.InvalidRequest, allowed},
		{"upper case", "S3://photos/in/a b+%.png", with, api.InvalidRequest, allowed},
		{"a key too long for S3", "s3://photos/in/" + strings.Repeat("x", maxKey), with, api.InvalidRequest, "S3 allows 1024"},
		{"a way out of the prefix", "s3://photos/in/../private/b.png", with, api.InvalidRequest, `".."`},
		{"a segment of one dot", "s3://more/./c.png", with, api.InvalidRequest, `"."`},
		{"a key that S3 refuses", "s3://photos/in/refused.jpg", with, api.InvalidRequest, "function's region"},
		{"missing", "s3://photos/in/none.png", with, api.InvalidRequest, "no object s3://photos/in/none.png"},
		{"not allowed by its role", "s3://photos/in/forbidden.jpg", with, api.InvalidRequest, "may not read"},
		{"too large", "s3://photos/in/huge.jpg", with, api.TooLarge, "limit is 50000000"},
		{"no picture", "s3://photos/in/text.txt", with, api.UnsupportedPicture, ""},
		{"fault of S3", "s3://photos/in/unlucky.jpg", with, api.Internal, "log"},
		{"not configured", "s3://photos/in/a.png", without, api.InvalidRequest, "send the bytes"},
		{"not configured, http", "http://example.org/a.png", without, api.InvalidRequest, "send the bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			payload, err := json.Marshal(map[string]string{"image": tt.address})
			if err != nil {
				t.Fatal(err)
			}
			out, err := tt.handler.Invoke(invocation(), payload)
			if err != nil {
				t.Fatal(err)
			}
			var body api.ErrorBody
			decode(t, out, &body)
			if body.Error == nil || body.Error.Code != tt.code || !strings.Contains(body.Error.Message, tt.text) {
				t.Errorf("got %s, want %s and %q", out, tt.code, tt.text)
			}
		})
	}
}

// The request is what the state machine of a batch sends; it takes the list of
// results out of the reply.
func TestBatchOfAddresses(t *testing.T) {
	h, _ := s3Detector(t)
	req := []byte(`{"images":["s3://photos/in/a b+%.png","s3://photos/in/none.png","` + encoded + `"],"options":{"classes":["person"]}}`)
	out, err := h.Invoke(invocation(), req)
	if err != nil {
		t.Fatal(err)
	}
	var batch api.Batch
	decode(t, out, &batch)
	if len(batch.Results) != 3 {
		t.Fatalf("got %s", out)
	}
	for i, want := range []string{"s3://photos/in/a b+%.png", "s3://photos/in/none.png", ""} {
		if got := batch.Results[i].ImageURI; got != want {
			t.Errorf("address %d: got %q, want %q", i, got, want)
		}
	}
	if diff := cmp.Diff(found, batch.Results[0].Detections); diff != "" {
		t.Error(diff)
	}
	if e := batch.Results[1].Error; e == nil || e.Code != api.InvalidRequest {
		t.Errorf("missing object: %s", out)
	}
}

// funcStore is a Store made of a function.
type funcStore func(key string) []byte

func (f funcStore) Open(_ context.Context, _, key string) (io.ReadCloser, int64, error) {
	data := f(key)
	return io.NopCloser(bytes.NewReader(data)), int64(len(data)), nil
}

func (funcStore) Put(context.Context, string, string, string, []byte) error { return nil }

// The first picture is looked at until the second is being fetched: a batch that
// did one after the other would wait for ever, which synctest reports.
func TestBatchFetchesAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		second := make(chan struct{})
		runs := 0
		network := runner(func(context.Context, yolo.Tensor) ([]yolo.Tensor, error) {
			if runs++; runs == 2 { // after the warm-up
				<-second
			}
			return []yolo.Tensor{detections}, nil
		})
		h := newHandler(t, file("detect", nil, detections), network)
		s, err := NewS3(funcStore(func(key string) []byte {
			if key == "2" {
				close(second)
			}
			return photo
		}), "s3://a/", "")
		if err != nil {
			t.Fatal(err)
		}
		h.s3 = s
		out, err := h.Invoke(invocation(), []byte(`{"images":["s3://a/1","s3://a/2"]}`))
		if err != nil {
			t.Fatal(err)
		}
		var batch api.Batch
		decode(t, out, &batch)
		if len(batch.Results) != 2 || batch.Results[0].Response == nil || batch.Results[1].Response == nil {
			t.Errorf("got %s", out)
		}
	})
}

func TestPanicWhileFetching(t *testing.T) {
	h, _ := s3Detector(t)
	h.s3.store = funcStore(func(string) []byte { panic("out of luck") })
	for _, payload := range []string{`{"image":"s3://more/a"}`, `{"images":["s3://more/a"]}`} {
		out, err := h.Invoke(invocation(), []byte(payload))
		if err != nil || !bytes.Contains(out, []byte(`"internal"`)) || bytes.Contains(out, []byte("luck")) {
			t.Errorf("%s: got %s, %v", payload, out, err)
		}
	}
}

// What api writes for an address, the handler reads.
func TestAddressOnTheWire(t *testing.T) {
	h, _ := s3Detector(t)
	payload, err := json.Marshal(api.Request{Images: []api.Picture{{URI: "s3://more/c.png"}, {Data: photo}}})
	if err != nil {
		t.Fatal(err)
	}
	out, err := h.Invoke(invocation(), payload)
	if err != nil {
		t.Fatal(err)
	}
	var batch api.Batch
	decode(t, out, &batch)
	for _, result := range batch.Results {
		if result.Response == nil {
			t.Errorf("got %s", out)
		}
	}
}

// newObject is EventBridge's event, as the User Guide of Amazon S3 shows it.
func newObject(bucket, key string) []byte {
	name, _ := json.Marshal(key)
	return fmt.Appendf(nil, `{"version":"0","id":"17793124-05d4-b198-2fde-7ededc63b103","detail-type":"Object Created","source":"aws.s3",
		"account":"111122223333","time":"2021-11-12T00:00:00Z","region":"ca-central-1","resources":["arn:aws:s3:::%s"],
		"detail":{"version":"0","bucket":{"name":%q},"object":{"key":%s,"size":5,"etag":"b1946ac92492d2347c6235b4d2611184",
		"sequencer":"00617F08299329D189"},"request-id":"N4N7GDK58NMKJ12R","requester":"123456789012",
		"source-ip-address":"1.2.3.4","reason":"PutObject"}}`, bucket, bucket, name)
}

// queued is what Lambda hands on of a queue with messages of these bodies.
func queued(bodies ...[]byte) []byte {
	var event events.SQSEvent
	for i, body := range bodies {
		event.Records = append(event.Records, events.SQSMessage{
			MessageId: fmt.Sprint(i), Body: string(body), EventSource: "aws:sqs", EventSourceARN: "arn:aws:sqs:us-east-1:123456789012:new",
		})
	}
	text, _ := json.Marshal(event)
	return text
}

// What waits in a queue is answered as what comes without one.
func TestQueuedObject(t *testing.T) {
	h, store := s3Detector(t)
	if _, err := h.Invoke(invocation(), queued(newObject("photos", "in/a b+%.png"))); err != nil {
		t.Fatal(err)
	}
	var result api.BatchResult
	decode(t, store[location{"photos", "results/in/a b+%.png.json"}], &result)
	if result.ImageURI != "s3://photos/in/a b+%.png" || result.Response == nil || len(result.Detections) != 3 {
		t.Errorf("wrote %+v", result)
	}
}

// A reply would be taken for a success, and the message deleted.
func TestQueuedObjectFails(t *testing.T) {
	h, store := s3Detector(t)
	before := len(store)
	for name, event := range map[string][]byte{
		"missing":          queued(newObject("photos", "in/none.png")),
		"two messages":     queued(newObject("photos", "in/a b+%.png"), newObject("photos", "in/a b+%.png")),
		"another event":    queued([]byte(`{"source":"aws.s3","detail-type":"Object Deleted","detail":{"bucket":{"name":"photos"},"object":{"key":"in/a b+%.png"}}}`)),
		"not JSON":         queued([]byte("hello")),
		"a request":        queued([]byte(`{"image":"s3://photos/in/a b+%.png"}`)),
		"an empty message": queued([]byte("")),
	} {
		if out, err := h.Invoke(invocation(), event); err == nil {
			t.Errorf("%s: no error; %s", name, out)
		}
	}
	if len(store) != before {
		t.Error("something was written")
	}
}

func TestNewObject(t *testing.T) {
	h, store := s3Detector(t)
	for range 2 { // EventBridge may deliver an event twice
		if _, err := h.Invoke(invocation(), newObject("photos", "in/a b+%.png")); err != nil {
			t.Fatal(err)
		}
	}
	var result api.BatchResult
	decode(t, store[location{"photos", "results/in/a b+%.png.json"}], &result)
	if result.ImageURI != "s3://photos/in/a b+%.png" || result.Response == nil || len(result.Detections) != 3 {
		t.Errorf("wrote %+v", result)
	}
	// A picture that can't be read stays so: trying again is no use.
	if _, err := h.Invoke(invocation(), newObject("photos", "in/text.txt")); err != nil {
		t.Fatal(err)
	}
	result = api.BatchResult{}
	decode(t, store[location{"photos", "results/in/text.txt.json"}], &result)
	if result.Error == nil || result.Error.Code != api.UnsupportedPicture {
		t.Errorf("wrote %+v", result)
	}
}

// Lambda tries these events again, and then keeps them in a queue.
func TestNewObjectFails(t *testing.T) {
	with, store := s3Detector(t)
	noResults, _ := s3Detector(t)
	noResults.s3.results = location{}
	cycle, _ := s3Detector(t)
	cycle.s3.prefixes = []location{{"photos", ""}}
	before := len(store)
	tests := []struct {
		name, key string
		handler   *Handler
	}{
		{"missing", "in/none.png", with},
		{"outside the prefixes", "private/b.png", with},
		{"fault of S3", "in/unlucky.jpg", with},
		{"reply can't be written", "in/unwritable.png", with},
		{"nowhere to write", "in/a b+%.png", noResults},
		{"reply taken for a picture", "results/in/back.png", cycle},
		{"not configured", "in/a b+%.png", detector(t)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if out, err := tt.handler.Invoke(invocation(), newObject("photos", tt.key)); err == nil {
				t.Errorf("no error; %s", out)
			}
		})
	}
	if len(store) != before {
		t.Error("something was written")
	}
}

func TestNewS3(t *testing.T) {
	for _, setting := range [][2]string{{"photos/in/", ""}, {"s3://", ""}, {"s3://a/,", ""}, {"s3://a/", "b"}, {"https://a/", ""}} {
		if _, err := NewS3(nil, setting[0], setting[1]); err == nil {
			t.Errorf("%q is accepted", setting)
		}
	}
}

// Whatever the event, only what lies under the prefixes is read, and only what
// lies under the results is written.
func FuzzNewObject(f *testing.F) {
	f.Add(newObject("photos", "in/a b+%.png"))
	f.Add(newObject("photos", "in/../private/b.png"))
	f.Add(newObject("photos", "results/in/back.png"))
	f.Add(queued(newObject("photos", "in/../private/b.png")))
	f.Add([]byte(`{"source":"aws.s3","detail-type":"Object Created","detail":{"object":7}}`))
	f.Add([]byte(`{"image":"s3://photos/private/b.png"}`))
	h, store := s3Detector(f)
	guarded := guardedStore{fakeStore: store, t: f}
	f.Fuzz(func(t *testing.T, payload []byte) {
		guarded.t = t
		h.s3.store = guarded
		h.Invoke(invocation(), payload)
	})
}

// guardedStore fails the test when something else is read or written.
type guardedStore struct {
	fakeStore
	t testing.TB
}

func (s guardedStore) Open(ctx context.Context, bucket, key string) (io.ReadCloser, int64, error) {
	if (bucket != "photos" || !strings.HasPrefix(key, "in/")) && bucket != "more" {
		s.t.Errorf("read s3://%s/%s", bucket, key)
	}
	return s.fakeStore.Open(ctx, bucket, key)
}

func (s guardedStore) Put(_ context.Context, bucket, key, _ string, _ []byte) error {
	if bucket != "photos" || !strings.HasPrefix(key, "results/") || !strings.HasSuffix(key, ".json") {
		s.t.Errorf("wrote s3://%s/%s", bucket, key)
	}
	return nil
}

// slowStore opens no object before its context is done, and then takes a while.
type slowStore struct {
	fakeStore
	busy *atomic.Bool
}

func (s slowStore) Open(ctx context.Context, _, _ string) (io.ReadCloser, int64, error) {
	s.busy.Store(true)
	defer s.busy.Store(false)
	<-ctx.Done()
	time.Sleep(time.Millisecond) // of the bubble
	return nil, 0, ctx.Err()
}

// A batch that ends early waits for the picture that is being fetched, since the
// memory which that is read from is used again.
func TestBatchEndsFetching(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var busy atomic.Bool
		s, err := NewS3(slowStore{busy: &busy}, "s3://photos", "")
		if err != nil {
			t.Fatal(err)
		}
		h := newHandler(t, file("detect", nil, detections), failing(func(context.Context) ([]yolo.Tensor, error) {
			synctest.Wait() // for the next picture's Open
			return nil, errors.New("no answer")
		}))
		h.s3 = s
		body := []byte(`{"images":["` + encoded + `","s3://photos/a.png"],"format":"roboflow"}`)
		if reply := (request{body: body}).send(t, h); reply.StatusCode != 500 {
			t.Errorf("status %d: %s", reply.StatusCode, reply.Body)
		}
		if busy.Load() {
			t.Error("a picture is still being fetched")
		}
	})
}
