package yolambda_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/yolambda/yolambda/infra/yolambda"
)

// Only origins that Lambda takes and browsers send get into a template.
func TestOrigins(t *testing.T) {
	many := make([]string, 101)
	for i := range many {
		many[i] = fmt.Sprintf("https://%d.example.org", i)
	}
	token := *awscdk.NewCfnParameter(newStack(t), jsii.String("Page"), nil).ValueAsString()
	var list []string
	for _, item := range *awscdk.NewCfnParameter(newStack(t), jsii.String("Pages"), &awscdk.CfnParameterProps{Type: jsii.String("CommaDelimitedList")}).ValueAsList() {
		list = append(list, *item)
	}
	for _, test := range []struct {
		origins []string
		want    string
	}{
		{nil, ""},
		{[]string{"*"}, ""},
		{[]string{"https://example.org", "http://localhost:8080", "https://xn--mnchen-3ya.example:8443", token}, ""},
		{list, ""},
		{[]string{"http://[::1]:5173", "https://my_app.example.org", "capacitor://localhost", "chrome-extension://abcdefghijklmnop"}, ""},
		{[]string{"http://[::1"}, "is not an origin"},
		{[]string{"//example.org"}, "is not an origin"},
		{many[:100], ""},
		{many, "101 origins: Lambda takes 100"},
		{[]string{"*", "https://example.org"}, "needs no other beside it"},
		{[]string{"https://example.org", "https://example.org"}, "named twice"},
		{[]string{"https://*.example.org"}, "no pattern"},
		{[]string{"https://example.org:*"}, "no pattern"},
		{[]string{"example.org"}, "is not an origin"},
		{[]string{"https://example.org/"}, "is not an origin"},
		{[]string{"https://Example.org"}, "small letters"},
		{[]string{""}, "is not an origin"},
		{[]string{"https://" + strings.Repeat("a", 250)}, "is not an origin"},
		{[]string{"https://example.org:443"}, "usual port"},
		{[]string{"http://example.org:80"}, "usual port"},
		{[]string{"http://example.org:443"}, ""},
	} {
		message := failure(t, func() {
			props := cats()
			props.CORSOrigins = test.origins
			yolambda.NewEndpoint(newStack(t), jsii.String("Cats"), props)
		})
		if (message == "") != (test.want == "") || !strings.Contains(message, test.want) {
			t.Errorf("%q: %q, want %q", test.origins, message, test.want)
		}
	}
}
