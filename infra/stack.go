package main

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/yolambda/yolambda/infra/yolambda"
	"github.com/yolambda/yolambda/lambda/names"
)

// cache is where a synthesis leaves for the next one what takes time to make.
const cache = "build/synth"

// NewStack makes the one stack of YOLambda in scope: an endpoint, and what else c asks for.
//
// Each part is called Default and lies in the one before. The CDK leaves such names out of
// logical ids, so that resources keep those they had when all lay in the stack itself: a bucket
// with another one would be another bucket, and what has a name of its own could not be made twice.
func NewStack(scope constructs.Construct, c Config) awscdk.Stack {
	stack := awscdk.NewStack(scope, jsii.String(c.StackName), &awscdk.StackProps{
		Description: jsii.String("YOLambda: YOLO models behind a signed HTTPS URL"),
		Synthesizer: synthesizer(c.Qualifier),
	})
	for _, tag := range c.Tags {
		key, value, _ := strings.Cut(tag, "=")
		awscdk.Tags_Of(stack).Add(jsii.String(key), jsii.String(value), nil)
	}
	if c.PermissionsBoundary != "" {
		awsiam.PermissionsBoundary_Of(stack).Apply(awsiam.ManagedPolicy_FromManagedPolicyArn(stack,
			jsii.String("PermissionsBoundary"), jsii.String(c.PermissionsBoundary)))
	}
	key := keyOf(stack, c.KMSKey)
	e := newEndpoint(stack, key, c)
	outputsOf(stack, e, c)
	if c.Domain != "" {
		newDistribution(stack, e, c)
	}
	w := watched{Endpoint: e, name: c.StackName}
	if c.usesS3() {
		s := newStorage(e.Construct, stack, key, c)
		output(stack, "PicturesLocation", "Pictures are read from here", s.Pictures.URL())
		within := s.Construct
		if c.Batch {
			w.batch = newBatch(within, stack, e, s, c)
			within = w.batch.Construct
		}
		if c.Trigger == "s3" {
			w.trigger = newTrigger(within, stack, e, s, c)
		}
	}
	alarms := newAlarms(stack, key, w, c)
	newDashboard(stack, w, alarms)
	if c.Rollout == "canary" {
		yolambda.NewRollout(stack, jsii.String("Rollout"), &yolambda.RolloutProps{
			Endpoint: e, Answers: c.Answers, Alarms: stopsRollout(alarms),
		})
	}
	return stack
}

// synthesizer is that of an account's bootstrap; nil for the usual one.
func synthesizer(qualifier string) awscdk.IStackSynthesizer {
	if qualifier == "" {
		return nil
	}
	return awscdk.NewDefaultStackSynthesizer(&awscdk.DefaultStackSynthesizerProps{Qualifier: jsii.String(qualifier)})
}

// keyOf is the key of that ARN; nil without one.
func keyOf(stack awscdk.Stack, arn string) awskms.IKey {
	if arn == "" {
		return nil
	}
	return awskms.Key_FromKeyArn(stack, jsii.String("Key"), jsii.String(arn))
}

func newEndpoint(stack awscdk.Stack, key awskms.IKey, c Config) *yolambda.Endpoint {
	props := &yolambda.EndpointProps{
		Models:                 c.Models,
		PlainModels:            !c.Optimize,
		Architecture:           c.Architecture,
		MemoryMB:               c.MemoryMB,
		TimeoutSeconds:         c.TimeoutSeconds,
		ReservedConcurrency:    c.ReservedConcurrency,
		ProvisionedConcurrency: c.ProvisionedConcurrency,
		Scaling:                c.scaling(),
		FunctionName:           c.StackName,
		CORSOrigins:            c.CORSOrigins,
		LogRetention:           logRetention[c.LogRetentionDays],
		Tracing:                tracing(c.Tracing),
		EncryptionKey:          key,
		Source:                 "lambda",
		Cache:                  cache,
	}
	addNetwork(stack, c, props)
	e := yolambda.NewEndpoint(stack, jsii.String("Default"), props)
	for _, arn := range c.Invokers {
		e.GrantInvokeUrl(awsiam.NewArnPrincipal(jsii.String(arn)))
	}
	return e
}

func outputsOf(stack awscdk.Stack, e *yolambda.Endpoint, c Config) {
	callers := awsiam.NewManagedPolicy(stack, jsii.String("CallerPolicy"), &awsiam.ManagedPolicyProps{
		Description: jsii.String("May call the YOLambda function URL"),
	})
	e.GrantInvokeUrl(callers)
	labels := make([]string, len(c.Models))
	for i, m := range c.Models {
		labels[i] = modelLabel(m)
	}
	output(stack, names.OutputURL, "Send signed requests here", e.Url.Url())
	output(stack, names.OutputFunctionName, "Name of the function", e.Function.FunctionName())
	output(stack, names.OutputAlias, "Alias that the URL calls", e.Alias.AliasName())
	output(stack, names.OutputCallerPolicy, "Attach this policy to whoever calls the URL", callers.ManagedPolicyArn())
	output(stack, "Region", "Region to sign requests for", stack.Region())
	output(stack, names.OutputLogGroup, "Where the function logs", e.LogGroup.LogGroupName())
	if c.Version != "" {
		output(stack, names.OutputVersion, "Version of YOLambda that deployed this", jsii.String(c.Version))
	}
	output(stack, "Model", "Models in the layers, the default first", jsii.String(strings.Join(labels, ", ")))
}

func newDistribution(stack awscdk.Stack, e *yolambda.Endpoint, c Config) {
	props := &yolambda.DistributionProps{
		Endpoint:    e,
		DomainName:  c.Domain,
		Certificate: awscertificatemanager.Certificate_FromCertificateArn(stack, jsii.String("Certificate"), jsii.String(c.Certificate)),
		WebAclArn:   c.WebACL,
		Public:      c.Public,
	}
	if c.HostedZone != "" {
		props.HostedZone = awsroute53.HostedZone_FromHostedZoneId(stack, jsii.String("HostedZone"), jsii.String(c.HostedZone))
	}
	d := yolambda.NewDistribution(stack, jsii.String("Domain"), props)
	sent := "Send requests here, signed for the host of FunctionUrl"
	if c.Public {
		sent = "Everybody may send requests here"
	}
	output(stack, "DomainUrl", sent, d.Url)
	output(stack, "DistributionDomainName", "The domain's name leads here", d.Distribution.DistributionDomainName())
}

func newStorage(within constructs.Construct, stack awscdk.Stack, key awskms.IKey, c Config) *yolambda.Storage {
	bucket := func(id, name string) awss3.IBucket { // which may be encrypted by that key, as one of an earlier deployment's
		return awss3.Bucket_FromBucketAttributes(stack, jsii.String(id), &awss3.BucketAttributes{BucketName: jsii.String(name), EncryptionKey: key})
	}
	props := &yolambda.StorageProps{}
	if c.Bucket != "" {
		props.Results = bucket("Results", c.Bucket)
	} else {
		props.AccessLogDays, props.EncryptionKey = c.LogRetentionDays, key
	}
	if c.Pictures != nil {
		props.Pictures = &yolambda.Location{
			Bucket: bucket("Pictures", c.Pictures.Bucket),
			Prefix: c.Pictures.Prefix,
		}
	}
	return yolambda.NewStorage(within, jsii.String("Default"), props)
}

func newBatch(within constructs.Construct, stack awscdk.Stack, e *yolambda.Endpoint, s *yolambda.Storage, c Config) *yolambda.Batch {
	b := yolambda.NewBatch(within, jsii.String("Default"), &yolambda.BatchProps{
		Endpoint: e, Storage: s,
		MaxConcurrency:   c.BatchConcurrency,
		StateMachineName: c.StackName + "-batch",
		LogRetention:     logRetention[c.LogRetentionDays],
		Tracing:          tracing(c.Tracing),
	})
	output(stack, names.OutputBatch, "Start executions of this to run a batch", b.StateMachine.StateMachineArn())
	output(stack, "BatchResultsLocation", "Batches leave their results here", s.BatchResults().URL())
	return b
}

func newTrigger(within constructs.Construct, stack awscdk.Stack, e *yolambda.Endpoint, s *yolambda.Storage, c Config) *yolambda.Trigger {
	t := yolambda.NewTrigger(within, jsii.String("Default"), &yolambda.TriggerProps{Endpoint: e, Storage: s, MaxConcurrency: c.TriggerConcurrency})
	output(stack, names.OutputTrigger, "Replies to new pictures are written here", s.TriggerResults().URL())
	output(stack, "FailedPicturesQueueUrl", "Events of pictures that could not be handled", t.Failed.QueueUrl())
	return t
}

func tracing(on bool) awslambda.Tracing {
	if on {
		return awslambda.Tracing_ACTIVE
	}
	return awslambda.Tracing_DISABLED
}

func output(stack awscdk.Stack, id, description string, value *string) {
	awscdk.NewCfnOutput(stack, jsii.String(id), &awscdk.CfnOutputProps{
		Description: jsii.String(description),
		Value:       value,
	})
}
