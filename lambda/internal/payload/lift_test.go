package payload

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/yolambda/yolambda/lambda/api"
)

// long is base64 that is worth lifting; urlLong has the other alphabet.
var (
	long    = strings.Repeat("QUJ/", minLift/4) + "QQ=="
	longer  = strings.Repeat("+0FB", minLift/2)
	urlLong = strings.ReplaceAll(long, "/", "_")
	slashes = strings.Repeat(`\`, 2*minLift)
)

// enlarge puts long strings in place of signs, so that short texts describe
// large events.
var enlarge = strings.NewReplacer("~", long, "^", longer, "`", urlLong, "|", slashes)

var liftCases = []struct {
	name, payload string
	lifted        int // strings
}{
	{"a request", `{"image":"~","conf":0.5}`, 1},
	{"a data URL", `{"image":"data:image/png;base64,~"}`, 1},
	{"a data URL in an event", `{"requestContext":{"http":{"method":"POST"}},"body":"{\"image\":\"data:;base64,^\"}"}`, 1},
	{"several", `{"images":["~","^","QQ=="]}`, 2},
	{"a JSON body", `{"requestContext":{"http":{"method":"POST"}},"body":"{\"image\":\"~\"}"}`, 1},
	{"a binary body", `{"requestContext":{"http":{"method":"POST"}},"body":"~","isBase64Encoded":true}`, 1},
	{"a body that says it is binary after all", `{"isBase64Encoded":true,"requestContext":{"http":{"method":"POST"}},"body":"^"}`, 1},
	{"a text body of base64 alone", `{"requestContext":{"http":{"method":"POST"}},"body":"~"}`, 1},
	{"a text body that is a data URL", `{"requestContext":{"http":{"method":"POST"}},"body":"data:image/png;base64,~"}`, 1},
	{"the last of equal keys", `{"image":"~","image":"^"}`, 2},
	{"the last, a short one", `{"image":"~","image":"QQ=="}`, 1},
	{"a key in other letters", `{"Body":"~","requestContext":{"http":{"method":"POST"}},"ISBASE64ENCODED":true}`, 1},
	{"a header", `{"requestContext":{"http":{"method":"POST"}},"headers":{"cookie":"~"},"body":"{\"image\":\"^\"}"}`, 2},
	{"an option", `{"image":"~","conf":"^"}`, 2},
	{"a key", `{"image":"~","^":1}`, 2},
	{"surrounded", `{"image":"x~"}`, 0}, // x makes four no more
	{"blanks around", `{"image":" ~ "}`, 0},
	{"the other alphabet", "{\"image\":\"`\"}", 0},
	{"without padding", `{"image":"^QQ"}`, 0},
	{"an escape within", `{"image":"^\/^"}`, 0},
	{"an escape before", `{"image":"\u0041^"}`, 0},
	{"an escaped quote after", `{"image":"~\"x"}`, 1},
	{"a line break", `{"image":"~\n"}`, 0},
	{"a raw line break, which JSON does not allow", "{\"image\":\"^\n\"}", 0},
	{"four raw line breaks", "{\"image\":\"^\n\n\n\n\"}", 0},
	{"no string at all", "[\"a\"~\"b\"]", 1},
	{"nothing after", `{"image":"~`, 0},
	{"backslashes alone", `{"image":"|"}`, 0},
	{"a data URL of backslashes", `{"image":"data:image/png;base64,|"}`, 0},
	{"an option of backslashes", `{"image":"QQ==","format":"|"}`, 0},
	{"an address", `{"image":"s3://photos/in/~"}`, 0},
	{"invalid UTF-8 beside", "{\"image\":\"~\",\"conf\":\"\xff\"}", 1},
	{"more than one CPU decodes", `{"image":"^^^^^^^^^^~"}`, 1},
	{"padding where two CPUs meet", `{"image":"^^^^^~^^^^^~"}`, 0},
	{"options of their own", `{"options":{"conf":0.25},"image":"~"}`, 1},
}

// TestLift compares what is read with lifting and without.
func TestLift(t *testing.T) {
	for _, tt := range liftCases {
		t.Run(tt.name, func(t *testing.T) {
			payload := []byte(enlarge.Replace(tt.payload))
			var l lift
			l.reset()
			if rest := l.cut(payload); len(l.found) != tt.lifted || len(rest) > len(payload) {
				t.Errorf("%d strings lifted, want %d; %d bytes left", len(l.found), tt.lifted, len(rest))
			}
			checkLift(t, payload)
		})
	}
}

// checkLift wants the same request and error with lifting and without.
func checkLift(t *testing.T, payload []byte) {
	t.Helper()
	before := bytes.Clone(payload)
	want, wantErr := read(payload, nil)
	got, gotErr := new(Reader).Read(payload)
	if !bytes.Equal(payload, before) {
		t.Fatal("the payload has changed")
	}
	if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) {
		t.Fatalf("error %.300v, want %.300v", gotErr, wantErr)
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Request{})); d != "" {
		t.Fatalf("request (-want +got)\n%.2000s", d)
	}
}

// Lifting changes nothing, whatever the event.
func FuzzLift(f *testing.F) {
	for _, tt := range liftCases {
		f.Add([]byte(tt.payload))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		if len(payload) > 1<<12 {
			t.Skip("each of its bytes may stand for many")
		}
		checkLift(t, []byte(enlarge.Replace(string(payload))))
	})
}

// A lift that is used again keeps its memory, and nothing of the request before.
func TestLiftAgain(t *testing.T) {
	var r Reader
	req, err := r.Read([]byte(enlarge.Replace(`{"images":["^","~"]}`)))
	if err != nil {
		t.Fatal(err)
	}
	memory := &req.lift.buffer[0]
	req.Release()
	if req, err = r.Read([]byte(enlarge.Replace(`{"image":"~"}`))); err != nil {
		t.Fatal(err)
	}
	if want, _ := base64.StdEncoding.DecodeString(long); !bytes.Equal(req.Image.Data, want) || &req.lift.buffer[0] != memory {
		t.Error("not the second request's picture in the first one's memory")
	}
}

// BenchmarkRead reads events of pictures of some hundred kilobytes (1280 x 720)
// and some megabytes (12 megapixels). Its ratio is to the same without lifting.
func BenchmarkRead(b *testing.B) {
	for _, bytes := range []int{200_000, 2_600_000} {
		image := make([]byte, bytes)
		for i := range image {
			image[i] = byte(i * i >> 8)
		}
		body, err := json.Marshal(api.Request{Image: api.Picture{Data: image}})
		if err != nil {
			b.Fatal(err)
		}
		for name, r := range map[string]sent{"json": {body: body}, "binary": {body: image, binary: true}, "json-binary": {body: body, binary: true}} {
			payload := r.event()
			b.Run(fmt.Sprintf("%s/%dkB", name, bytes/1000), func(b *testing.B) {
				b.ReportAllocs()
				var reader Reader
				for b.Loop() {
					req, err := reader.Read(payload)
					if err != nil {
						b.Fatal(err)
					}
					req.Release()
				}
				lifted := b.Elapsed().Seconds() / float64(b.N)
				b.StopTimer()
				const plain = 5
				start := time.Now()
				for range plain {
					if _, err := read(payload, nil); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(lifted/(time.Since(start).Seconds()/plain), "of-plain")
			})
		}
	}
}
