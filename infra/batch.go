package main

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	sfn "github.com/aws/aws-cdk-go/awscdk/v2/awsstepfunctions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsstepfunctionstasks"
	"github.com/aws/jsii-runtime-go"
)

const (
	// batchSize pictures go to the function in one call. A call of ten pictures
	// stays far below the five minutes of an express workflow, and its result
	// below Step Functions' 256 KB.
	batchSize = 10
	// batchToleratedFailures is the percentage of batches that may fail before
	// the run is given up. A picture that cannot be read fails no batch.
	batchToleratedFailures = 5
)

// newBatch makes the state machine that runs all pictures under a prefix
// through the function. The input of an execution is optional:
//
//	{"prefix": "pictures/2026/", "options": {"conf": 0.5}}
//
// Each call of the function gets {"images": ["s3://bucket/key", ...],
// "options": {...}} and answers with an array that has one object a picture.
// These become JSON lines under results/batch/NAME/, beside a manifest, where
// NAME is that of the execution. Step Functions starts a name once only, so a
// start that is tried again does no work twice.
func newBatch(stack awscdk.Stack, f deployed, s storage, c Config) {
	name := f.name + "-batch"
	role := newBatchRole(stack, f, s, c, name)

	defaults, err := json.Marshal(map[string]any{"prefix": s.picturesPrefix, "options": map[string]any{}})
	if err != nil {
		panic(err) // not possible with these types
	}
	input := sfn.NewPass(stack, jsii.String("Fill in defaults"), &sfn.PassProps{
		Parameters: &map[string]any{
			"input": sfn.JsonPath_JsonMerge(
				sfn.JsonPath_StringToJson(jsii.String(string(defaults))),
				sfn.JsonPath_ObjectAt(jsii.String("$$.Execution.Input"))),
		},
		OutputPath: jsii.String("$.input"),
	})
	detect := awsstepfunctionstasks.NewLambdaInvoke(stack, jsii.String("Detect"), &awsstepfunctionstasks.LambdaInvokeProps{
		LambdaFunction: f.alias,
		Payload: sfn.TaskInput_FromObject(&map[string]any{
			"images":  sfn.JsonPath_ListAt(jsii.String("$.Items[*].image")),
			"options": sfn.JsonPath_ObjectAt(jsii.String("$.BatchInput.options")),
		}),
		OutputPath:               jsii.String("$.Payload"),
		RetryOnServiceExceptions: jsii.Bool(false), // said in full below
	})
	detect.AddRetry(&sfn.RetryProps{
		Errors: jsii.Strings("Lambda.TooManyRequestsException", "Lambda.ServiceException",
			"Lambda.AWSLambdaException", "Lambda.SdkClientException", "Lambda.ClientExecutionTimeoutException"),
		Interval:       awscdk.Duration_Seconds(jsii.Number(2)),
		BackoffRate:    jsii.Number(2),
		MaxAttempts:    jsii.Number(6),
		JitterStrategy: sfn.JitterType_FULL,
	})
	pictures := sfn.NewDistributedMap(stack, jsii.String("For each batch"), &sfn.DistributedMapProps{
		Label:            jsii.String("Pictures"),
		MapExecutionType: sfn.StateMachineType_EXPRESS,
		MaxConcurrency:   jsii.Number(c.BatchConcurrency),
		ItemReader: sfn.NewS3ObjectsItemReader(&sfn.S3ObjectsItemReaderProps{
			Bucket: s.pictures,
			Prefix: sfn.JsonPath_StringAt(jsii.String("$.prefix")),
		}),
		ItemSelector: &map[string]any{
			"image": sfn.JsonPath_Format(jsii.String("s3://{}/{}"), s.pictures.BucketName(),
				sfn.JsonPath_StringAt(jsii.String("$$.Map.Item.Value.Key"))),
		},
		ItemBatcher: sfn.NewItemBatcher(&sfn.ItemBatcherProps{
			MaxItemsPerBatch: jsii.Number(batchSize),
			// Spelt out, as the CDK renders no JsonPath in this place.
			BatchInput: &map[string]any{"options.$": "$.options"},
		}),
		ToleratedFailurePercentage: jsii.Number(batchToleratedFailures),
		ResultWriterV2: sfn.NewResultWriterV2(&sfn.ResultWriterV2Props{
			Bucket: s.results,
			Prefix: sfn.JsonPath_Format(jsii.String(batchResultsPrefix+"{}"), sfn.JsonPath_ExecutionName()),
			WriterConfig: sfn.NewWriterConfig(&sfn.WriterConfigProps{
				OutputType:     sfn.OutputType_JSONL,
				Transformation: sfn.Transformation_FLATTEN,
			}),
		}),
	})
	pictures.ItemProcessor(detect, nil)

	machine := sfn.NewStateMachine(stack, jsii.String("Batch"), &sfn.StateMachineProps{
		StateMachineName: jsii.String(name),
		DefinitionBody:   sfn.DefinitionBody_FromChainable(input.Next(pictures)),
		Role:             role.WithoutPolicyUpdates(nil),
		TracingEnabled:   jsii.Bool(c.Tracing),
		Logs: &sfn.LogOptions{
			Level:                sfn.LogLevel_ALL,
			IncludeExecutionData: jsii.Bool(false),
			Destination: awslogs.NewLogGroup(stack, jsii.String("BatchLogs"), &awslogs.LogGroupProps{
				LogGroupName:  jsii.String("/aws/vendedlogs/states/" + name),
				Retention:     logRetention[c.LogRetentionDays],
				RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
			}),
		},
	})
	machine.Node().AddDependency(role)
	output(stack, "BatchStateMachineArn", "Start executions of this to run a batch", machine.StateMachineArn())
	output(stack, "BatchResultsLocation", "Batches leave their results here", s.results.S3UrlForObject(jsii.String(batchResultsPrefix)))
}

// newBatchRole gives the state machine what it needs and nothing more. The
// CDK's own grants would let it list and write whole buckets.
func newBatchRole(stack awscdk.Stack, f deployed, s storage, c Config, machineName string) awsiam.Role {
	role := awsiam.NewRole(stack, jsii.String("BatchRole"), &awsiam.RoleProps{
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("states.amazonaws.com"), nil),
		Description: jsii.String("Rights of the state machine " + machineName),
	})
	allow := func(conditions *map[string]any, resources []*string, actions ...string) {
		role.AddToPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Actions: jsii.Strings(actions...), Resources: &resources, Conditions: conditions,
		}))
	}
	states := func(resource, rest string) *string {
		return stack.FormatArn(&awscdk.ArnComponents{
			Service: jsii.String("states"), Resource: jsii.String(resource), ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME,
			ResourceName: jsii.String(machineName + rest),
		})
	}
	allow(nil, []*string{f.alias.FunctionArn()}, "lambda:InvokeFunction")
	allow(&map[string]any{"StringLike": map[string]any{"s3:prefix": s.picturesPrefix + "*"}},
		[]*string{s.pictures.BucketArn()}, "s3:ListBucket")
	allow(nil, []*string{s.results.ArnForObjects(jsii.String(batchResultsPrefix + "*"))},
		"s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload")
	allow(nil, []*string{states("stateMachine", "")}, "states:StartExecution")
	allow(nil, []*string{states("execution", ":*"), states("execution", "/Pictures:*")},
		"states:DescribeExecution", "states:StopExecution", "states:RedriveExecution")
	// AWS lets neither of these two be narrowed to a resource.
	allow(nil, []*string{jsii.String("*")},
		"logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery",
		"logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups")
	if c.Tracing {
		allow(nil, []*string{jsii.String("*")},
			"xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets")
	}
	return role
}
