package yolambda

import (
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// flags are feature flags of the CDK that the constructs count on, and how they are to be. An app of one's
// own may have a cdk.json with others, and would get, without a word:
var flags = map[string]bool{
	// a model or an ONNX Runtime that is exchanged, and no new version, so that the alias stays at the old ones;
	"@aws-cdk/aws-lambda:recognizeLayerVersion": true,
	"@aws-cdk/aws-lambda:recognizeVersionProps": true,
	// an access log that needs access control lists, which many accounts forbid;
	"@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": true,
	// a trigger that loses its events, where a key of the app's encrypts its queue: this one binds EventBridge to
	// the account in the key's policy as well, where AWS does not support it. Which rule may send, the
	// queue's policy says.
	"@aws-cdk/aws-events:eventsTargetQueueSameAccount": false,
}

// newScope is that of a construct with all that belongs to it, in which the flags are set.
func newScope(scope constructs.Construct, id *string) constructs.Construct {
	c := constructs.NewConstruct(scope, id)
	for flag, on := range flags {
		c.Node().SetContext(jsii.String(flag), on)
	}
	return c
}

// labelOf is for descriptions: the name, or else the end of the path. Of these CloudFront takes 128
// characters, and IAM Latin ones only.
func labelOf(name string, scope constructs.Construct) string {
	if name != "" {
		return name
	}
	const most = 100
	path := []rune(strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '-'
		}
		return r
	}, *scope.Node().Path()))
	return string(path[max(0, len(path)-most):])
}
