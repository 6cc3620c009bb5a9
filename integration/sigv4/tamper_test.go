package sigv4

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// tampering changes what a signed request means, in one random way of its kind.
// It returns false where the request has no such part.
type tampering struct {
	name string
	do   func(rng *rand.Rand, s *sentRequest) bool
}

// sentRequest is a request on its way to the verifier.
type sentRequest struct {
	r         *http.Request
	body      []byte
	presigned bool
}

// query changes the decoded query.
func (s *sentRequest) query(edit func(url.Values) bool) bool {
	values, err := url.ParseQuery(s.r.URL.RawQuery)
	if err != nil || !edit(values) {
		return false
	}
	s.r.URL.RawQuery = values.Encode()
	return true
}

// claimed changes a part of what the request says of its signature: the part
// of a presigned URL's query, or its counterpart in the headers.
func (s *sentRequest) claimed(part string, edit func(string) string) bool {
	if s.presigned {
		return s.query(func(q url.Values) bool {
			if !q.Has("X-Amz-" + part) {
				return false
			}
			q.Set("X-Amz-"+part, edit(q.Get("X-Amz-"+part)))
			return true
		})
	}
	header := s.r.Header
	switch part {
	case "Date", "Security-Token":
		if header.Get("X-Amz-"+part) == "" {
			return false
		}
		header.Set("X-Amz-"+part, edit(header.Get("X-Amz-"+part)))
		return true
	}
	found := regexp.MustCompile(part + `=([^,]*)`).FindStringSubmatchIndex(header.Get("Authorization"))
	if found == nil {
		return false
	}
	value := header.Get("Authorization")
	header.Set("Authorization", value[:found[2]]+edit(value[found[2]:found[3]])+value[found[3]:])
	return true
}

// signedHeader picks one of the headers that the client signed besides the
// signature's own, or returns "".
func (s *sentRequest) signedHeader(rng *rand.Rand) string {
	var names []string
	for _, name := range []string{"Content-Type", "X-Custom", "My-Header1", "Accept", "If-None-Match"} {
		if len(s.r.Header.Values(name)) > 0 {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return names[rng.IntN(len(names))]
}

// anyName picks one of the query's names that are not the signature's own.
func anyName(rng *rand.Rand, q url.Values) (name string, ok bool) {
	names := slices.Sorted(maps.Keys(q))
	names = slices.DeleteFunc(names, func(name string) bool { return strings.HasPrefix(name, "X-Amz-") })
	if len(names) == 0 {
		return "", false
	}
	return names[rng.IntN(len(names))], true
}

// otherByte replaces one byte of the text by another letter or digit.
func otherByte(rng *rand.Rand, text string) string {
	b := []byte(text)
	i := rng.IntN(len(b))
	const hexDigits = "0123456789abcdef"
	old := b[i]
	for b[i] == old {
		b[i] = hexDigits[rng.IntN(len(hexDigits))]
	}
	return string(b)
}

var tamperings = []tampering{
	{"method", func(rng *rand.Rand, s *sentRequest) bool {
		old := s.r.Method
		for s.r.Method == old {
			s.r.Method = []string{"GET", "POST", "PUT", "DELETE", "PATCH"}[rng.IntN(5)]
		}
		return true
	}},
	{"host", func(rng *rand.Rand, s *sentRequest) bool { s.r.Host = otherByte(rng, s.r.Host); return true }},
	{"segment of the path", func(rng *rand.Rand, s *sentRequest) bool {
		s.r.URL.Path, s.r.URL.RawPath = "/"+randomText(rng, 3)+"x"+s.r.URL.Path, ""
		return true
	}},
	{"query's value", func(rng *rand.Rand, s *sentRequest) bool {
		return s.query(func(q url.Values) bool {
			name, ok := anyName(rng, q)
			if ok {
				q[name][rng.IntN(len(q[name]))] += letters[rng.IntN(len(letters))]
			}
			return ok
		})
	}},
	{"query's name", func(rng *rand.Rand, s *sentRequest) bool {
		return s.query(func(q url.Values) bool {
			name, ok := anyName(rng, q)
			if ok {
				q[name+"x"] = append(q[name+"x"], q[name]...)
				q.Del(name)
			}
			return ok
		})
	}},
	{"query has more", func(rng *rand.Rand, s *sentRequest) bool {
		return s.query(func(q url.Values) bool { q.Add("conf", "0.1"); return true })
	}},
	{"query has less", func(rng *rand.Rand, s *sentRequest) bool {
		return s.query(func(q url.Values) bool {
			name, ok := anyName(rng, q)
			q.Del(name)
			return ok
		})
	}},
	{"header's value", func(rng *rand.Rand, s *sentRequest) bool {
		name := s.signedHeader(rng)
		if name == "" {
			return false
		}
		values := s.r.Header[name]
		values[rng.IntN(len(values))] += "x"
		return true
	}},
	{"header repeated", func(rng *rand.Rand, s *sentRequest) bool {
		name := s.signedHeader(rng)
		if name == "" {
			return false
		}
		s.r.Header.Add(name, randomText(rng, 2))
		return true
	}},
	{"header gone", func(rng *rand.Rand, s *sentRequest) bool {
		name := s.signedHeader(rng)
		s.r.Header.Del(name)
		return name != ""
	}},
	{"unsigned x-amz header", func(rng *rand.Rand, s *sentRequest) bool { s.r.Header.Set("X-Amz-Other", "1"); return true }},
	{"signed headers' names", func(rng *rand.Rand, s *sentRequest) bool {
		return s.claimed("SignedHeaders", func(names string) string {
			if rng.IntN(2) == 0 {
				return names + ";x-zzz"
			}
			list := strings.Split(names, ";")
			i := rng.IntN(len(list))
			return strings.Join(append(list[:i], list[i+1:]...), ";")
		})
	}},
	{"body changed", func(rng *rand.Rand, s *sentRequest) bool {
		if len(s.body) == 0 {
			return false
		}
		s.body[rng.IntN(len(s.body))] ^= 1 << rng.IntN(8)
		return true
	}},
	{"body longer", func(rng *rand.Rand, s *sentRequest) bool { s.body = append(s.body, 0); return true }},
	{"body cut", func(rng *rand.Rand, s *sentRequest) bool {
		if len(s.body) == 0 {
			return false
		}
		s.body = s.body[:rng.IntN(len(s.body))]
		return true
	}},
	{"date", func(rng *rand.Rand, s *sentRequest) bool {
		return s.claimed("Date", func(date string) string {
			at, err := time.Parse(timeFormat, date)
			if err != nil {
				return ""
			}
			return at.Add(time.Duration(1+rng.IntN(10)) * time.Second).Format(timeFormat)
		})
	}},
	{"credential", func(rng *rand.Rand, s *sentRequest) bool {
		return s.claimed("Credential", func(credential string) string { return otherByte(rng, credential) })
	}},
	{"another's key", func(rng *rand.Rand, s *sentRequest) bool {
		return s.claimed("Credential", strings.NewReplacer("AKID", "ASIA", "ASIA", "AKID").Replace)
	}},
	{"token", func(rng *rand.Rand, s *sentRequest) bool {
		return s.claimed("Security-Token", func(token string) string { return otherByte(rng, token) })
	}},
	{"token gone", func(rng *rand.Rand, s *sentRequest) bool {
		return s.claimed("Security-Token", func(string) string { return "" })
	}},
	{"life of a URL", func(rng *rand.Rand, s *sentRequest) bool {
		return s.presigned && s.claimed("Expires", func(seconds string) string { return "1" + seconds })
	}},
	{"signature", func(rng *rand.Rand, s *sentRequest) bool {
		return s.claimed("Signature", func(hex string) string { return otherByte(rng, hex) })
	}},
	{"signature cut", func(rng *rand.Rand, s *sentRequest) bool {
		return s.claimed("Signature", func(hex string) string { return hex[:rng.IntN(len(hex))] })
	}},
	{"signature longer", func(rng *rand.Rand, s *sentRequest) bool {
		return s.claimed("Signature", func(hex string) string { return hex + "0" })
	}},
	{"signature in capitals", func(rng *rand.Rand, s *sentRequest) bool {
		return s.claimed("Signature", strings.ToUpper)
	}},
	{"signature of another request", func(rng *rand.Rand, s *sentRequest) bool {
		return s.claimed("Signature", func(hex string) string { return hexSHA256([]byte(hex)) })
	}},
}

// TestVerifyTamperedRandom changes random signed requests in random ways, none
// of which may pass.
func TestVerifyTamperedRandom(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 61))
	kinds := map[string]int{}
	for done := 0; done < 1000; {
		s := signRandom(t, rng)
		if _, err := verifier().Verify(s.r, s.body); err != nil {
			t.Fatalf("untampered: %v", err)
		}
		kind := tamperings[rng.IntN(len(tamperings))]
		was := s.r.Method + " " + s.r.URL.String()
		if !kind.do(rng, &s) {
			continue
		}
		if key, err := verifier().Verify(s.r, s.body); err == nil {
			t.Errorf("%s: Verify lets %s pass; signed was\n%s\nsent is\n%s %s\n%v", kind.name, key, was, s.r.Method, s.r.URL, s.r.Header)
		}
		kinds[kind.name]++
		done++
	}
	for _, kind := range tamperings {
		if kinds[kind.name] == 0 {
			t.Errorf("%s: never tried", kind.name)
		}
	}
}

// signRandom returns a random request, signed by AWS's SDK at signedAt.
func signRandom(t *testing.T, rng *rand.Rand) sentRequest {
	t.Helper()
	random := newRandomRequest(rng)
	for !random.plain() {
		random = newRandomRequest(rng)
	}
	target := "/"
	for i, segment := range random.Segments {
		target += strings.Repeat("/", min(i, 1)) + url.PathEscape(segment)
	}
	query := url.Values{}
	for _, q := range random.Query {
		query.Add(q[0], q[1])
	}
	if random.Expires > 0 {
		query.Set("X-Amz-Expires", "600")
	}
	header := http.Header{}
	for _, h := range random.Headers {
		header.Add(h[0], h[1])
	}
	r := request(t, random.Method, target+"?"+query.Encode(), string(random.Body), header)
	if random.Expires > 0 {
		r = presignSDK(t, r, string(random.Body), credentialsOf(random))
	} else {
		signSDK(t, r, string(random.Body), credentialsOf(random))
	}
	return sentRequest{r, bytes.Clone(random.Body), random.Expires > 0}
}

// TestVerifyEveryByte changes each byte of a signature's header, and each of a
// presigned URL's query.
func TestVerifyEveryByte(t *testing.T) {
	signed := request(t, "GET", "/", "", nil)
	signSDK(t, signed, "", temporary)
	for _, name := range []string{"Authorization", "X-Amz-Date", "X-Amz-Security-Token"} {
		value := signed.Header.Get(name)
		for i := range len(value) {
			b := []byte(value)
			b[i] ^= 1
			r := signed.Clone(t.Context())
			r.Header.Set(name, string(b))
			if _, err := verifier().Verify(r, nil); err == nil {
				t.Errorf("Verify lets %s: %s pass", name, b)
			}
		}
	}
	presigned := presignSDK(t, request(t, "GET", "/?X-Amz-Expires=60", "", nil), "", temporary)
	query := presigned.URL.RawQuery
	for i := range len(query) {
		b := []byte(query)
		b[i] ^= 1
		r := presigned.Clone(t.Context())
		r.URL.RawQuery = string(b)
		if _, err := verifier().Verify(r, nil); err == nil {
			t.Errorf("Verify lets ?%s pass", b)
		}
	}
}
