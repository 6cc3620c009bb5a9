package sigv4

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"testing"
	"time"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestBotocoreRandom signs random requests with botocore: the verifier lets
// those pass whose time is right, and AWS's SDK for Go, with which the client
// signs, makes the same signatures of them.
func TestBotocoreRandom(t *testing.T) {
	python := yolotest.Python(t, "python")
	n := 10_000
	if testing.Short() {
		n = 500
	}
	rng := rand.New(rand.NewPCG(8, 6))
	requests := make([]randomRequest, n)
	var lines bytes.Buffer
	for i := range requests {
		requests[i] = newRandomRequest(rng)
		if err := json.NewEncoder(&lines).Encode(requests[i]); err != nil {
			t.Fatal(err)
		}
	}
	sign := exec.Command(python, "testdata/botocore_sign.py")
	sign.Stdin = &lines
	out, err := output(sign)
	if err != nil {
		t.Fatal(err)
	}

	replies := bufio.NewScanner(bytes.NewReader([]byte(out)))
	replies.Buffer(nil, 1<<20)
	var passed, refused, same int
	for i, want := range requests {
		if !replies.Scan() {
			t.Fatalf("botocore signed %d requests of %d", i, n)
		}
		var signed struct {
			Target  string
			Headers [][2]string
		}
		if err := json.Unmarshal(replies.Bytes(), &signed); err != nil {
			t.Fatal(err)
		}
		header := http.Header{}
		for _, h := range signed.Headers {
			header.Add(h[0], h[1])
		}
		r := request(t, want.Method, signed.Target, string(want.Body), header)

		v := verifier()
		now, ok := randomClock(rng, want)
		v.Now = func() time.Time { return now }
		_, err := v.Verify(r, want.Body)
		if (err == nil) != ok {
			t.Fatalf("request %d, %s after it was signed: %v, want ok %v\n%v", i, now.Sub(time.Unix(want.Time, 0)), err, ok, want)
		}
		if ok {
			passed++
		} else {
			refused++
		}

		if want.Expires == 0 && want.plain() {
			theirs := r.Header.Get("Authorization")
			for _, name := range []string{"Authorization", "X-Amz-Date", "X-Amz-Security-Token"} {
				r.Header.Del(name)
			}
			signSDKAt(t, r, string(want.Body), credentialsOf(want), time.Unix(want.Time, 0))
			if ours := r.Header.Get("Authorization"); ours != theirs {
				t.Fatalf("request %d: the SDK signs\n%s\nbotocore\n%s\n%v", i, ours, theirs, want)
			}
			same++
		}
	}
	t.Logf("of %d requests %d pass and %d are out of time; %d of the SDK's signatures are botocore's", n, passed, refused, same)
	if passed < n/2 || refused == 0 || same < n/10 {
		t.Error("too few of one kind")
	}
}

// randomClock gives the verifier's time and whether the request is in time
// then: within five minutes, or for a presigned URL until it expires. One in
// ten is not.
func randomClock(rng *rand.Rand, r randomRequest) (now time.Time, ok bool) {
	const skew = 5 * 60
	oldest := skew
	if r.Expires > 0 {
		oldest = r.Expires
	}
	age := rng.IntN(skew+oldest+1) - skew
	ok = rng.IntN(10) > 0
	if !ok {
		age = oldest + 1 + rng.IntN(1000)
		if rng.IntN(2) == 0 {
			age = -skew - 1 - rng.IntN(1000)
		}
	}
	return time.Unix(r.Time+int64(age), 0), ok
}
