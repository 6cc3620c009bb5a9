package main

import (
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
)

// argued has the findings that we leave, by rule, with the reason. Each
// configuration has at most four of the rules.
var argued = []struct {
	finding *regexp.Regexp
	reason  string
}{
	{regexp.MustCompile(`^Serverless-LambdaDLQ:`),
		"Callers wait for the reply, and get the error. New pictures wait in a queue, which keeps what failed."},
	{regexp.MustCompile(`^Serverless-LambdaEventSourceMappingDestination:`),
		"A queue's mapping takes none. The queue itself hands what failed to another."},
	{regexp.MustCompile(`^Serverless-SQSRedrivePolicy:`),
		"The queue is the dead-letter queue itself. Nothing receives from it that could fail."},
	{regexp.MustCompile(`^AwsSolutions-IAM4\[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited\]:`),
		"What CodeDeploy does to an alias, AWS knows best: this policy is the narrower of its two."},
	{regexp.MustCompile(`^AwsSolutions-IAM5\[Resource::<RolloutCheck\w+\.Arn>:\*\]:`),
		"CodeDeploy calls the check, in any of its versions."},
	{regexp.MustCompile(`^AwsSolutions-IAM5\[Resource::\*\]:`),
		"X-Ray and the delivery of Step Functions' logs take no resource."},
	{regexp.MustCompile(`^AwsSolutions-IAM5\[Resource::<Bucket\w+\.Arn>/(pictures|results/batch|results/trigger)/\*\]:`),
		"The keys under a prefix have no other form. There is one prefix for each right."},
	{regexp.MustCompile(`^AwsSolutions-IAM5\[Resource::arn:.*:execution:<Batch\w+\.Name>(/Pictures)?:\*\]:`),
		"A distributed map watches its own child executions, whose names are made while it runs."},
}

func TestNag(t *testing.T) {
	tests := map[string]map[string]any{
		"default":    nil,
		"callers":    {"invokers": "arn:aws:iam::123456789012:role/app", "corsOrigins": "*", "alarmEmail": "ops@example.org"},
		"batch":      {"batch": "true"},
		"trigger":    {"trigger": "s3"},
		"canary":     {"rollout": "canary"},
		"everything": {"batch": "true", "trigger": "s3", "alarmEmail": "ops@example.org"},
	}
	for name, settings := range tests {
		t.Run(name, func(t *testing.T) {
			// Else the findings come as a report of the whole app, not as annotations.
			app := newApp(t, map[string]any{"@aws-cdk/core:annotationsInValidationReport": false})
			stack := newTestStack(t, app, settings)
			awscdk.Aspects_Of(stack).Add(cdknag.NewAwsSolutionsChecks(nil), nil)
			awscdk.Aspects_Of(stack).Add(cdknag.NewServerlessChecks(nil), nil)
			annotations := assertions.Annotations_FromStack(stack)
			everything, anything := jsii.String("*"), assertions.Match_AnyValue()
			rules := map[string]bool{}
			for _, found := range slices.Concat(*annotations.FindError(everything, anything), *annotations.FindWarning(everything, anything)) {
				//lint:ignore SA1019 the assertions still give their findings in this type
				path, text := *found.Id, fmt.Sprint(found.Entry.Data)
				if !isArgued(text) {
					t.Errorf("%s: %s", path, text)
				}
				rules[regexp.MustCompile(`^[\w-]+`).FindString(text)] = true
			}
			if len(rules) > 4 {
				t.Errorf("more than four rules are left: %v", rules)
			}
			if len(rules) == 0 {
				t.Error("no finding at all: are the checks running?")
			}
		})
	}
}

func isArgued(finding string) bool {
	for _, a := range argued {
		if a.finding.MatchString(finding) {
			return true
		}
	}
	return false
}
