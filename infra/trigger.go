package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseventstargets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"
)

// newTrigger makes the rule that calls the function once for each new picture, with S3's own
// "Object Created" event. The function writes its reply to
// results/trigger/KEY.json, so an event that comes twice changes nothing.
// Events that fail three times (Lambda's rule), or cannot be delivered, go to
// the queue failed.
//
// EventBridge carries the events, because S3's own notifications would need a
// custom resource to be set on a bucket that is not the stack's.
func newTrigger(stack awscdk.Stack, f deployed, s *storage, failed awssqs.Queue) awsevents.Rule {
	if s.pictures == awss3.IBucket(s.results) {
		// The CDK's EventBridgeEnabled adds a custom resource; CloudFormation can do it itself.
		bucket := s.results.Node().DefaultChild().(awss3.CfnBucket)
		bucket.SetNotificationConfiguration(&awss3.CfnBucket_NotificationConfigurationProperty{
			EventBridgeConfiguration: &awss3.CfnBucket_EventBridgeConfigurationProperty{EventBridgeEnabled: jsii.Bool(true)},
		})
	}
	detail := map[string]any{
		"bucket": map[string]any{"name": []*string{s.pictures.BucketName()}},
	}
	if s.picturesPrefix != "" {
		detail["object"] = map[string]any{"key": awsevents.Match_Prefix(jsii.String(s.picturesPrefix))}
	}
	rule := awsevents.NewRule(stack, jsii.String("NewPicture"), &awsevents.RuleProps{
		Description: jsii.String("A new picture for " + f.name),
		EventPattern: &awsevents.EventPattern{
			Source:     jsii.Strings("aws.s3"),
			DetailType: jsii.Strings("Object Created"),
			Detail:     &detail,
		},
		Targets: &[]awsevents.IRuleTarget{
			awseventstargets.NewLambdaFunction(f.alias, &awseventstargets.LambdaFunctionProps{
				DeadLetterQueue: failed,
				RetryAttempts:   jsii.Number(3),
			}),
		},
	})
	output(stack, "TriggerResultsLocation", "Replies to new pictures are written here", s.repliesURL())
	output(stack, "FailedPicturesQueueUrl", "Events of pictures that could not be handled", failed.QueueUrl())
	return rule
}

// failedRetention is how long events of failed pictures are kept, in days: SQS' most.
const failedRetention = 14

// newFailedQueue keeps the events of pictures that could not be handled, for
// failedRetention. They can be sent to the function again as they are.
func newFailedQueue(stack awscdk.Stack) awssqs.Queue {
	return awssqs.NewQueue(stack, jsii.String("FailedPictures"), &awssqs.QueueProps{
		EnforceSSL:      jsii.Bool(true),
		Encryption:      awssqs.QueueEncryption_SQS_MANAGED,
		RetentionPeriod: awscdk.Duration_Days(jsii.Number(failedRetention)),
	})
}
