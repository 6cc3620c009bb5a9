package yolambda

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
)

// maxOrigins and maxOrigin are what Lambda takes: so many, of so many characters.
const maxOrigins, maxOrigin = 100, 253

// origin is one as browsers write it, in small letters, where Lambda compares the whole. Extensions and apps
// have schemes of their own.
var origin = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://([a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:]+\])(:[1-9]\d{0,4})?$`)

// usualPort is one that browsers leave out.
var usualPort = regexp.MustCompile(`^(http://.*:80|https://.*:443)$`)

// CheckOrigins refuses origins that Lambda does not take, or that no browser ever sends.
func CheckOrigins(origins []string) error {
	if len(origins) > maxOrigins {
		return fmt.Errorf("%d origins: Lambda takes %d", len(origins), maxOrigins)
	}
	for i, o := range origins {
		switch {
		case o == "*" && len(origins) > 1:
			return fmt.Errorf("* stands for every origin, and needs no other beside it")
		case o == "*":
		case slices.Contains(origins[:i], o):
			return fmt.Errorf("%s is named twice", o)
		case strings.Contains(o, "*"):
			return fmt.Errorf("%q: Lambda knows whole origins and * alone, no pattern: name each, or take *", o)
		case len(o) > maxOrigin || !origin.MatchString(o):
			return fmt.Errorf("%q is not an origin such as https://example.org or http://localhost:8080, in small letters and without a path", o)
		case usualPort.MatchString(o):
			return fmt.Errorf("%q: browsers leave out the usual port", o)
		}
	}
	return nil
}

// known are the texts without the CDK's tokens, which can't be looked at yet: a token each, or all of them one.
func known(texts []string) []string {
	if *awscdk.Token_IsUnresolved(jsii.Strings(texts...)) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return *awscdk.Token_IsUnresolved(text) })
}

// urlOptions let only signed requests in.
func urlOptions(origins []string) *awslambda.FunctionUrlOptions {
	options := &awslambda.FunctionUrlOptions{AuthType: awslambda.FunctionUrlAuthType_AWS_IAM}
	if len(origins) > 0 {
		options.Cors = &awslambda.FunctionUrlCorsOptions{
			AllowedOrigins: jsii.Strings(origins...),
			AllowedMethods: &[]awslambda.HttpMethod{awslambda.HttpMethod_GET, awslambda.HttpMethod_POST},
			AllowedHeaders: jsii.Strings("authorization", "content-type",
				"x-amz-content-sha256", "x-amz-date", "x-amz-security-token"),
			MaxAge: awscdk.Duration_Hours(jsii.Number(1)),
		}
	}
	return options
}
