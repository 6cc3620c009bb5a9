package main

import (
	_ "embed"
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsstepfunctions"
	"github.com/aws/jsii-runtime-go"
)

// batchDefinition is in the Amazon States Language, with ${NAME} for what is
// known only when deploying. The CDK's own constructs for it would add rights
// to list and write whole buckets.
//
//go:embed batch.asl.json
var batchDefinition string

// newBatch makes the state machine that runs all pictures under a prefix
// through the function. The input of an execution may set any of the defaults
// of batch.asl.json, for example
//
//	{"prefix": "pictures/2026/", "options": {"conf": 0.5}, "maxConcurrency": 500}
//
// Each call of the function gets {"images": ["s3://bucket/key", ...],
// "options": {...}} and answers with {"results": [...]}, one object a picture.
// These become JSON lines under results/batch/NAME/, next to a manifest, where
// NAME is that of the execution. Step Functions starts a name once only, so a
// start that is tried again does no work twice. A call that is refused as a
// whole, for an unknown option for example, fails with the function's words.
//
// Ten pictures a call stay far below the five minutes of an express workflow,
// and their result below the 256 KB that Step Functions hands on.
func newBatch(stack awscdk.Stack, f deployed, s *storage, c Config) awsstepfunctions.StateMachine {
	name := f.name + "-batch"
	role := newBatchRole(stack, f, s, name)
	machine := awsstepfunctions.NewStateMachine(stack, jsii.String("Batch"), &awsstepfunctions.StateMachineProps{
		StateMachineName: jsii.String(name),
		DefinitionBody:   awsstepfunctions.DefinitionBody_FromString(jsii.String(batchDefinition)),
		DefinitionSubstitutions: &map[string]*string{
			"Alias":          f.alias.FunctionArn(),
			"MaxConcurrency": jsii.String(strconv.Itoa(c.BatchConcurrency)),
			"Partition":      stack.Partition(),
			"PicturesBucket": s.pictures.BucketName(),
			"Prefix":         jsii.String(s.picturesPrefix),
			"ResultsBucket":  s.results.BucketName(),
		},
		Role:           role,
		TracingEnabled: jsii.Bool(c.Tracing),
		Logs: &awsstepfunctions.LogOptions{
			Level:                awsstepfunctions.LogLevel_ALL,
			IncludeExecutionData: jsii.Bool(false), // pictures' keys stay out of the log
			Destination: awslogs.NewLogGroup(stack, jsii.String("BatchLogs"), &awslogs.LogGroupProps{
				LogGroupName:  jsii.String("/aws/vendedlogs/states/" + name),
				Retention:     logRetention[c.LogRetentionDays],
				RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
			}),
		},
	})
	output(stack, "BatchStateMachineArn", "Start executions of this to run a batch", machine.StateMachineArn())
	output(stack, "BatchResultsLocation", "Batches leave their results here", s.results.S3UrlForObject(jsii.String(batchResultsPrefix)))
	return machine
}

// newBatchRole gives the state machine what it needs on the named prefixes and
// nothing more. The CDK adds the rights to log and trace.
func newBatchRole(stack awscdk.Stack, f deployed, s *storage, machineName string) awsiam.Role {
	role := awsiam.NewRole(stack, jsii.String("BatchRole"), &awsiam.RoleProps{
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("states.amazonaws.com"), nil),
		Description: jsii.String("Rights of the state machine " + machineName),
	})
	allow := func(conditions *map[string]any, resources []*string, actions ...string) {
		role.AddToPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Actions: jsii.Strings(actions...), Resources: &resources, Conditions: conditions,
		}))
	}
	states := func(resource, name string) *string {
		return stack.FormatArn(&awscdk.ArnComponents{
			Service: jsii.String("states"), Resource: jsii.String(resource), ResourceName: jsii.String(name),
			ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME,
		})
	}
	allow(nil, []*string{f.alias.FunctionArn()}, "lambda:InvokeFunction")
	allow(&map[string]any{"StringLike": map[string]any{"s3:prefix": s.picturesPrefix + "*"}},
		[]*string{s.pictures.BucketArn()}, "s3:ListBucket")
	allow(nil, []*string{s.results.ArnForObjects(jsii.String(batchResultsPrefix + "*"))},
		"s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload")
	allow(nil, []*string{states("stateMachine", machineName)}, "states:StartExecution")
	allow(nil, []*string{states("execution", machineName+":*"), states("execution", machineName+"/Pictures:*")},
		"states:DescribeExecution", "states:StopExecution", "states:RedriveExecution")
	return role
}
