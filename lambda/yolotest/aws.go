package yolotest

import "testing"

// FakeAWS lets AWS' SDK ask the server at url, and nobody else, until the test ends. What
// it signs with is AKIDEXAMPLE.
func FakeAWS(t testing.TB, url string) {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL":          url,
		"AWS_REGION":                "us-east-1",
		"AWS_ACCESS_KEY_ID":         "AKIDEXAMPLE",
		"AWS_SECRET_ACCESS_KEY":     "secret",
		"AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
}
