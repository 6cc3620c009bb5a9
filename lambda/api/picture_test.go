package api

import (
	"encoding/json"
	"regexp"
	"testing"
)

func TestNewPicture(t *testing.T) {
	for _, tt := range []struct {
		body string
		uri  bool
	}{
		{"s3://bucket/a.jpg", true},
		{"S3://bucket/a.jpg", true},
		{"http://example.org", true},
		{"x-y+z.1://", true},
		{"file:///etc/passwd", true},
		{"", false},
		{"://", false},
		{"1s://a", false},
		{"s3:/a", false},
		{"s3//a", false},
		{"\xff\xd8\xff\xe0", false},
		{"Qk0=", false},
		{"a b://c", false},
		{"@://c", false},
		{"a-scheme-of-more-than-32-characters://x", false},
	} {
		p := NewPicture([]byte(tt.body))
		if got := p.URI != ""; got != tt.uri || (tt.uri && p.URI != tt.body) || (!tt.uri && string(p.Data) != tt.body) {
			t.Errorf("%q: %+v", tt.body, p)
		}
	}
}

// The rule in the words of RFC 3986.
func FuzzIsURI(f *testing.F) {
	for _, s := range []string{"s3://a", "a+1://", "://", "A.-b://c"} {
		f.Add(s)
	}
	scheme := regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://`)
	f.Fuzz(func(t *testing.T, text string) {
		if got, want := IsURI(text), scheme.MatchString(text[:min(len(text), maxScheme)]); got != want {
			t.Errorf("%q: %t, want %t", text, got, want)
		}
	})
}

func TestPictureJSON(t *testing.T) {
	for want, p := range map[string]Picture{
		`"s3://a/b"`: {URI: "s3://a/b"}, `"YWJj"`: {Data: []byte("abc")},
	} {
		if got, err := json.Marshal(p); err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}
