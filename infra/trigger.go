package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseventstargets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambdaeventsources"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"
)

// trigger is the way of a new picture to the function.
type trigger struct {
	rule    awsevents.Rule
	waiting awssqs.Queue // events that wait for their turn
	failed  awssqs.Queue // events that could not be handled
}

// newTrigger lets each new picture under the prefix call the function once, with S3's own
// "Object Created" event:
//
//	S3 → EventBridge → queue → alias, at most c.TriggerConcurrency at once
//
// Lambda would start as many environments as there are events if EventBridge called the
// function itself, and leave none for callers of the URL. The function writes its reply
// to results/trigger/KEY.json, so an event that comes twice changes nothing. Events that
// fail maxReceives times, or cannot be delivered, go to the queue of failed ones.
//
// EventBridge carries the events, because S3's own notifications would need a
// custom resource to be set on a bucket that is not the stack's.
func newTrigger(stack awscdk.Stack, f deployed, s *storage, c Config) *trigger {
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
	failed := newQueue(stack, "FailedPictures", &awssqs.QueueProps{})
	waiting := newQueue(stack, "NewPictures", &awssqs.QueueProps{
		// Lambda asks for six times the function's timeout, for calls that it has to repeat.
		VisibilityTimeout: awscdk.Duration_Seconds(jsii.Number(6 * c.TimeoutSeconds)),
		DeadLetterQueue:   &awssqs.DeadLetterQueue{Queue: failed, MaxReceiveCount: jsii.Number(maxReceives)},
	})
	rule := awsevents.NewRule(stack, jsii.String("NewPicture"), &awsevents.RuleProps{
		Description: jsii.String("A new picture for " + f.name),
		EventPattern: &awsevents.EventPattern{
			Source:     jsii.Strings("aws.s3"),
			DetailType: jsii.Strings("Object Created"),
			Detail:     &detail,
		},
		Targets: &[]awsevents.IRuleTarget{
			awseventstargets.NewSqsQueue(waiting, &awseventstargets.SqsQueueProps{DeadLetterQueue: failed}),
		},
	})
	f.alias.AddEventSource(awslambdaeventsources.NewSqsEventSource(waiting, &awslambdaeventsources.SqsEventSourceProps{
		BatchSize:      jsii.Number(1), // the function takes one picture a call
		MaxConcurrency: jsii.Number(c.TriggerConcurrency),
	}))
	output(stack, "TriggerResultsLocation", "Replies to new pictures are written here", s.repliesURL())
	output(stack, "FailedPicturesQueueUrl", "Events of pictures that could not be handled", failed.QueueUrl())
	return &trigger{rule: rule, waiting: waiting, failed: failed}
}

// queueRetention is how long queues keep events, in days: SQS' most.
const queueRetention = 14

// maxReceives is how often an event is tried. Being throttled counts, so fewer would
// give up on pictures that nothing is wrong with.
const maxReceives = 5

// newQueue makes a queue that keeps events for queueRetention. Events can be sent to
// the function again as they are.
func newQueue(stack awscdk.Stack, id string, p *awssqs.QueueProps) awssqs.Queue {
	p.EnforceSSL = jsii.Bool(true)
	p.Encryption = awssqs.QueueEncryption_SQS_MANAGED
	p.RetentionPeriod = awscdk.Duration_Days(jsii.Number(queueRetention))
	return awssqs.NewQueue(stack, jsii.String(id), p)
}
