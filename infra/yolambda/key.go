package yolambda

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// checkKey refuses an alias, which has no policy, and which CloudWatch Logs does not take for the key.
func checkKey(key awskms.IKey) error {
	if key != nil && strings.Contains(*key.KeyArn(), ":alias/") {
		return errors.New("EncryptionKey is an alias, which CloudWatch Logs does not take: give the key itself")
	}
	return nil
}

// grantKey lets somebody use the key, where there is one.
func grantKey(key awskms.IKey, grantee awsiam.IGrantable, actions ...string) {
	if key != nil {
		key.Grant(grantee, *jsii.Strings(actions...)...)
	}
}

// letInLogs has the policy of a key of the app's let CloudWatch Logs use it for groups of the account, as
// no group can be made with it otherwise. The CDK does not, and that of an imported key is not ours to change.
func letInLogs(scope constructs.Construct, key awskms.IKey) {
	if key == nil {
		return
	}
	stack := awscdk.Stack_Of(scope)
	groups := stack.FormatArn(&awscdk.ArnComponents{Service: jsii.String("logs"), Resource: jsii.String("log-group"),
		ResourceName: jsii.String("*"), ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME})
	const imported = true // is no fault
	key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(
			jsii.String(fmt.Sprintf("logs.%s.%s", *stack.Region(), *stack.UrlSuffix())), nil)},
		Actions:    jsii.Strings("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"),
		Resources:  jsii.Strings("*"),
		Conditions: &map[string]any{"ArnLike": map[string]any{"kms:EncryptionContext:aws:logs:arn": groups}},
	}), jsii.Bool(imported))
}
