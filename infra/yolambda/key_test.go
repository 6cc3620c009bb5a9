package yolambda_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"

	"github.com/yolambda/yolambda/infra/yolambda"
)

// A key of the app's lets CloudWatch Logs in, by the name that it has in the region, once for all log
// groups of the account. Without that CloudFormation could not make one.
func TestKeyLetsInLogs(t *testing.T) {
	for region, want := range map[string]string{
		"":              `{"Fn::Join":["",["logs.",{"Ref":"AWS::Region"},".",{"Ref":"AWS::URLSuffix"}]]}`,
		"eu-central-1":  `logs.eu-central-1.`,
		"us-gov-west-1": `logs.us-gov-west-1.`,
	} {
		app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(t.TempDir()), Context: &map[string]any{"aws:cdk:bundling-stacks": []any{}}})
		props := &awscdk.StackProps{}
		if region != "" {
			props.Env = &awscdk.Environment{Region: jsii.String(region), Account: jsii.String("123456789012")}
		}
		stack := awscdk.NewStack(app, jsii.String("Team"), props)
		with := cats()
		with.EncryptionKey = awskms.NewKey(stack, jsii.String("Key"), nil)
		for _, id := range []string{"Cats", "More"} {
			e := yolambda.NewEndpoint(stack, jsii.String(id), with)
			yolambda.NewRollout(stack, jsii.String(id+"Rollout"), &yolambda.RolloutProps{Endpoint: e})
		}
		for id, key := range resources(t, stack)["AWS::KMS::Key"] {
			text, err := json.Marshal(key["KeyPolicy"])
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(text), want) || strings.Count(string(text), "kms:EncryptionContext:aws:logs:arn") != 1 || !strings.Contains(string(text), ":log-group:*") {
				t.Errorf("%q: %s has the policy %s", region, id, text)
			}
		}
	}
}

// What stands for a key is none to CloudWatch Logs.
func TestAliasIsNoKey(t *testing.T) {
	stack, props := newStack(t), cats()
	props.EncryptionKey = awskms.Alias_FromAliasName(stack, jsii.String("Alias"), jsii.String("alias/team"))
	if message := failure(t, func() { yolambda.NewEndpoint(stack, jsii.String("Cats"), props) }); !strings.Contains(message, "is an alias") {
		t.Errorf("%q", message)
	}
}
