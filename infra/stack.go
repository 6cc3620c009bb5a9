package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// NewStack makes the one stack of YOLambda in scope: the function with its
// layers and its URL, and what else c asks for.
func NewStack(scope constructs.Construct, c Config, assets Assets) awscdk.Stack {
	stack := awscdk.NewStack(scope, jsii.String(c.StackName), &awscdk.StackProps{
		Description: jsii.String("YOLambda: YOLO models behind a signed HTTPS URL"),
	})
	// What the function is to know of is made before it, so that it is complete at birth.
	var s *storage
	if c.usesS3() {
		s = newStorage(stack, c)
	}
	f := newFunction(stack, c, assets, s)
	url := newURL(stack, f.alias, c)
	callers := newCallerPolicy(stack, url)

	output(stack, "FunctionUrl", "Send signed requests here", url.Url())
	output(stack, "FunctionName", "Name of the function", f.function.FunctionName())
	output(stack, "Alias", "Alias that the URL calls", f.alias.AliasName())
	output(stack, "CallerPolicyArn", "Attach this policy to whoever calls the URL", callers.ManagedPolicyArn())
	output(stack, "Region", "Region to sign requests for", stack.Region())
	output(stack, "LogGroup", "Where the function logs", f.logs.LogGroupName())
	output(stack, "Model", "Models in the layers, the default first", jsii.String(modelLabels(assets.Models)))

	if s != nil {
		output(stack, "PicturesLocation", "Pictures are read from here", s.picturesURL())
	}
	w := watched{deployed: f}
	if c.Batch {
		w.batch = newBatch(stack, f, s, c)
	}
	if c.Trigger == "s3" {
		w.trigger = newTrigger(stack, f, s, c)
	}
	newDashboard(stack, f, newAlarms(stack, w, c))
	return stack
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
