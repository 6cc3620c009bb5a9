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
	{regexp.MustCompile(`^AwsSolutions-IAM5\[Resource::(<Bucket\w+\.Arn>|arn:<AWS::Partition>:s3:::my-(photos|results))/(in|pictures|results/batch|results/trigger)/\*\]:`),
		"The keys under a prefix have no other form. There is one prefix for each right."},
	{regexp.MustCompile(`^AwsSolutions-IAM5\[Resource::arn:.*:execution:<Batch\w+\.Name>(/Pictures)?:\*\]:`),
		"A distributed map watches its own child executions, whose names are made while it runs."},
	{regexp.MustCompile(`^AwsSolutions-CFR1:`),
		"Which countries may call is for the web ACL to say."},
	{regexp.MustCompile(`^AwsSolutions-CFR3:`),
		"The function writes a line for each request, and what WAF refuses is in its own log and metrics. CloudFront's would need a bucket with access control lists, or a second stack in us-east-1."},
	{regexp.MustCompile(`^(AwsSolutions-SF2|Serverless-(StepFunctionStateMachineXray|LambdaTracing)):`), turnedOff},
}

// turnedOff is what a setting asks for, and counts towards no limit.
const turnedOff = "tracing=false asks for it."

func TestNag(t *testing.T) {
	looked, needed := 0, map[int]bool{}
	for name, settings := range configurations {
		t.Run(name, func(t *testing.T) {
			looked++
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
				i := argument(text)
				if i < 0 {
					t.Errorf("%s: %s", path, text)
					continue
				}
				needed[i] = true
				if argued[i].reason != turnedOff {
					rules[regexp.MustCompile(`^[\w-]+`).FindString(text)] = true
				}
			}
			if len(rules) > 4 {
				t.Errorf("more than four rules are left: %v", rules)
			}
			if len(rules) == 0 {
				t.Error("no finding at all: are the checks running?")
			}
		})
	}
	for i, a := range argued {
		if looked == len(configurations) && !needed[i] {
			t.Errorf("nothing is found any more that needs this argument: %s", a.finding)
		}
	}
}

// argument is the index of the entry of argued that the finding falls under, or -1.
func argument(finding string) int {
	for i, a := range argued {
		if a.finding.MatchString(finding) {
			return i
		}
	}
	return -1
}
