package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// NewStack makes the one stack of YOLambda in scope: the function with its two
// layers and its URL, and what c asks for beside them.
func NewStack(scope constructs.Construct, c Config, assets Assets) awscdk.Stack {
	stack := awscdk.NewStack(scope, jsii.String(c.StackName), &awscdk.StackProps{
		Description: jsii.String("YOLambda: YOLO models behind a signed HTTPS URL"),
	})
	var failed awssqs.Queue
	if c.Trigger == "s3" {
		failed = newFailedQueue(stack)
	}
	f := newFunction(stack, c, assets, failed)
	url := newURL(stack, f.alias, c)
	callers := newCallerPolicy(stack, url)

	output(stack, "FunctionUrl", "Send signed requests here", url.Url())
	output(stack, "FunctionName", "Name of the function", f.function.FunctionName())
	output(stack, "Alias", "Alias that the URL calls", f.alias.AliasName())
	output(stack, "CallerPolicyArn", "Attach this policy to whoever calls the URL", callers.ManagedPolicyArn())
	output(stack, "Region", "Region to sign requests for", stack.Region())
	output(stack, "LogGroup", "Where the function logs", f.logs.LogGroupName())
	output(stack, "Model", "Model in the layer", jsii.String(assets.ModelName))

	alarms := newAlarms(stack, f, c)
	newDashboard(stack, f, alarms)

	if c.usesS3() {
		s := newStorage(stack, f, c)
		if c.Batch {
			newBatch(stack, f, s, c)
		}
		if c.Trigger == "s3" {
			newTrigger(stack, f, s, failed)
		}
	}
	return stack
}

// deployed is the function with what belongs to it.
type deployed struct {
	function awslambda.Function
	alias    awslambda.Alias // "live", the only thing that is called
	role     awsiam.Role
	logs     awslogs.LogGroup
	name     string
}

// newFunction makes the function and its alias. The queue failed takes events
// that the function could not do; it may be nil.
func newFunction(stack awscdk.Stack, c Config, assets Assets, failed awssqs.Queue) deployed {
	architecture := map[Architecture]awslambda.Architecture{
		Arm64: awslambda.Architecture_ARM_64(),
		X86:   awslambda.Architecture_X86_64(),
	}[c.Architecture]
	layer := func(id, dir, description string) awslambda.LayerVersion {
		return awslambda.NewLayerVersion(stack, jsii.String(id), &awslambda.LayerVersionProps{
			Code:                    awslambda.Code_FromAsset(jsii.String(dir), nil),
			CompatibleArchitectures: &[]awslambda.Architecture{architecture},
			CompatibleRuntimes:      &[]awslambda.Runtime{awslambda.Runtime_PROVIDED_AL2023()},
			Description:             jsii.String(description),
		})
	}
	// A role of our own, for the ready-made one may write to any log group.
	role := awsiam.NewRole(stack, jsii.String("Role"), &awsiam.RoleProps{
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
		Description: jsii.String("Rights of the function " + c.StackName),
	})
	logs := awslogs.NewLogGroup(stack, jsii.String("Logs"), &awslogs.LogGroupProps{
		LogGroupName:  jsii.String("/aws/lambda/" + c.StackName),
		Retention:     logRetention[c.LogRetentionDays],
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	logs.GrantWrite(role)

	properties := &awslambda.FunctionProps{
		FunctionName: jsii.String(c.StackName),
		Description:  jsii.String("Detects objects in pictures with a YOLO model"),
		Runtime:      awslambda.Runtime_PROVIDED_AL2023(),
		Architecture: architecture,
		Handler:      jsii.String("bootstrap"),
		Code:         handlerCode(assets.Handler, c.Architecture),
		Layers: &[]awslambda.ILayerVersion{
			layer("RuntimeLayer", assets.Runtime, "ONNX Runtime: /opt/lib/libonnxruntime.so"),
			layer("ModelLayer", assets.Model, "Model: /opt/model.onnx"),
		},
		MemorySize:                   jsii.Number(c.MemoryMB),
		Timeout:                      awscdk.Duration_Seconds(jsii.Number(c.TimeoutSeconds)),
		ReservedConcurrentExecutions: optionalNumber(c.ReservedConcurrency),
		Environment: &map[string]*string{
			"ORT_DISABLE_TELEMETRY": jsii.String("1"),
		},
		Role:                  role,
		Tracing:               tracing(c.Tracing),
		LogGroup:              logs,
		LoggingFormat:         awslambda.LoggingFormat_JSON,
		SystemLogLevelV2:      awslambda.SystemLogLevel_INFO, // has the report lines that the memory alarm reads
		ApplicationLogLevelV2: awslambda.ApplicationLogLevel_INFO,
	}
	if failed != nil {
		properties.DeadLetterQueue = failed
	}
	function := awslambda.NewFunction(stack, jsii.String("Function"), properties)
	alias := awslambda.NewAlias(stack, jsii.String("Live"), &awslambda.AliasProps{
		AliasName:                       jsii.String("live"),
		Version:                         function.CurrentVersion(),
		ProvisionedConcurrentExecutions: optionalNumber(c.ProvisionedConcurrency),
	})
	return deployed{function: function, alias: alias, role: role, logs: logs, name: c.StackName}
}

// newURL lets only signed requests in. Whom it lets in is said by the caller
// policy, and by the setting invokers.
func newURL(stack awscdk.Stack, alias awslambda.Alias, c Config) awslambda.FunctionUrl {
	options := &awslambda.FunctionUrlOptions{AuthType: awslambda.FunctionUrlAuthType_AWS_IAM}
	if len(c.CORSOrigins) > 0 {
		options.Cors = &awslambda.FunctionUrlCorsOptions{
			AllowedOrigins: jsii.Strings(c.CORSOrigins...),
			AllowedMethods: &[]awslambda.HttpMethod{awslambda.HttpMethod_GET, awslambda.HttpMethod_POST},
			AllowedHeaders: jsii.Strings("authorization", "content-type",
				"x-amz-content-sha256", "x-amz-date", "x-amz-security-token"),
			MaxAge: awscdk.Duration_Hours(jsii.Number(1)),
		}
	}
	url := alias.AddFunctionUrl(options)
	for _, arn := range c.Invokers {
		url.GrantInvokeUrl(awsiam.NewArnPrincipal(jsii.String(arn)))
	}
	return url
}

// newCallerPolicy holds the two rights that a caller of a function URL needs
// since October 2025, and nothing else: lambda:InvokeFunctionUrl, and
// lambda:InvokeFunction for calls that come through the URL.
func newCallerPolicy(stack awscdk.Stack, url awslambda.FunctionUrl) awsiam.ManagedPolicy {
	policy := awsiam.NewManagedPolicy(stack, jsii.String("CallerPolicy"), &awsiam.ManagedPolicyProps{
		Description: jsii.String("May call the YOLambda function URL"),
	})
	url.GrantInvokeUrl(policy)
	return policy
}

func output(stack awscdk.Stack, id, description string, value *string) {
	awscdk.NewCfnOutput(stack, jsii.String(id), &awscdk.CfnOutputProps{
		Description: jsii.String(description),
		Value:       value,
	})
}

func optionalNumber(n int) *float64 {
	if n == 0 {
		return nil
	}
	return jsii.Number(n)
}

func tracing(on bool) awslambda.Tracing {
	if on {
		return awslambda.Tracing_ACTIVE
	}
	return awslambda.Tracing_DISABLED
}

// logRetention has the periods that CloudWatch Logs knows, by days.
var logRetention = map[int]awslogs.RetentionDays{
	1:    awslogs.RetentionDays_ONE_DAY,
	3:    awslogs.RetentionDays_THREE_DAYS,
	5:    awslogs.RetentionDays_FIVE_DAYS,
	7:    awslogs.RetentionDays_ONE_WEEK,
	14:   awslogs.RetentionDays_TWO_WEEKS,
	30:   awslogs.RetentionDays_ONE_MONTH,
	60:   awslogs.RetentionDays_TWO_MONTHS,
	90:   awslogs.RetentionDays_THREE_MONTHS,
	120:  awslogs.RetentionDays_FOUR_MONTHS,
	150:  awslogs.RetentionDays_FIVE_MONTHS,
	180:  awslogs.RetentionDays_SIX_MONTHS,
	365:  awslogs.RetentionDays_ONE_YEAR,
	400:  awslogs.RetentionDays_THIRTEEN_MONTHS,
	545:  awslogs.RetentionDays_EIGHTEEN_MONTHS,
	731:  awslogs.RetentionDays_TWO_YEARS,
	1096: awslogs.RetentionDays_THREE_YEARS,
	1827: awslogs.RetentionDays_FIVE_YEARS,
	2192: awslogs.RetentionDays_SIX_YEARS,
	2557: awslogs.RetentionDays_SEVEN_YEARS,
	2922: awslogs.RetentionDays_EIGHT_YEARS,
	3288: awslogs.RetentionDays_NINE_YEARS,
	3653: awslogs.RetentionDays_TEN_YEARS,
}
