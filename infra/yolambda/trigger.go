package yolambda

import (
	"cmp"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseventstargets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambdaeventsources"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// TriggerProps is what can be said about a trigger. Endpoint has to be.
type TriggerProps struct {
	// Endpoint is called for each new picture. It takes one trigger.
	Endpoint *Endpoint

	// Storage has the pictures, and takes the replies; nil: one is made. A bucket
	// that is not made by it must send its events to EventBridge.
	Storage *Storage

	// MaxConcurrency is how many new pictures are in work at once, 2 to 1000; 0:
	// DefaultConcurrency. The others wait in a queue, so that a mass upload leaves room
	// for callers of the URL.
	MaxConcurrency int
}

// Trigger lets each new picture call an endpoint once, with S3's own "Object Created" event:
//
//	S3 → EventBridge → queue → alias, at most MaxConcurrency at once
//
// Lambda would start as many environments as there are events if EventBridge called the
// function itself, and leave none for callers of the URL. The function writes its reply to
// results/trigger/KEY.json, so an event that comes twice changes nothing.
type Trigger struct {
	Construct constructs.Construct // the scope of all that belongs to it

	Rule    awsevents.Rule
	Storage *Storage

	// Waiting has the events that wait for their turn, Failed those that failed maxReceives
	// times or could not be delivered, both for QueueRetentionDays. They can be sent to
	// the function again as they are.
	Waiting, Failed awssqs.Queue
}

// QueueRetentionDays is how long queues keep events: SQS' most.
const QueueRetentionDays = 14

// maxReceives is how often an event is tried. Being throttled counts, so fewer would
// give up on pictures that nothing is wrong with.
const maxReceives = 5

// NewTrigger makes a trigger. EventBridge carries the events, because S3's own notifications
// would need a custom resource to be set on a bucket that is not the stack's.
func NewTrigger(scope constructs.Construct, id *string, props *TriggerProps) *Trigger {
	t := &Trigger{Construct: constructs.NewConstruct(scope, id)}
	t.Storage = storageOf(t.Construct, props.Storage)
	e := props.Endpoint
	e.ReadPictures(t.Storage.Pictures)
	e.writeReplies(t.Storage.TriggerResults())
	t.Storage.sendEvents()
	t.Failed = t.newQueue("FailedPictures", &awssqs.QueueProps{})
	t.Waiting = t.newQueue("NewPictures", &awssqs.QueueProps{
		// Lambda asks for six times the function's timeout, for calls that it has to repeat.
		VisibilityTimeout: awscdk.Duration_Seconds(jsii.Number(6 * e.props.TimeoutSeconds)),
		DeadLetterQueue:   &awssqs.DeadLetterQueue{Queue: t.Failed, MaxReceiveCount: jsii.Number(maxReceives)},
	})
	t.Rule = awsevents.NewRule(t.Construct, jsii.String("NewPicture"), &awsevents.RuleProps{
		Description: jsii.String("A new picture for " + e.label),
		EventPattern: &awsevents.EventPattern{
			Source:     jsii.Strings("aws.s3"),
			DetailType: jsii.Strings("Object Created"),
			Detail:     newObjects(t.Storage.Pictures),
		},
		Targets: &[]awsevents.IRuleTarget{
			awseventstargets.NewSqsQueue(t.Waiting, &awseventstargets.SqsQueueProps{DeadLetterQueue: t.Failed}),
		},
	})
	e.Alias.AddEventSource(awslambdaeventsources.NewSqsEventSource(t.Waiting, &awslambdaeventsources.SqsEventSourceProps{
		BatchSize:      jsii.Number(1), // the function takes one picture a call
		MaxConcurrency: jsii.Number(cmp.Or(props.MaxConcurrency, DefaultConcurrency)),
	}))
	return t
}

func (t *Trigger) newQueue(id string, p *awssqs.QueueProps) awssqs.Queue {
	p.EnforceSSL = jsii.Bool(true)
	p.Encryption = awssqs.QueueEncryption_SQS_MANAGED
	p.RetentionPeriod = awscdk.Duration_Days(jsii.Number(QueueRetentionDays))
	return awssqs.NewQueue(t.Construct, jsii.String(id), p)
}

// storageOf is the given storage, or one that is made for whoever got none.
func storageOf(scope constructs.Construct, given *Storage) *Storage {
	if given != nil {
		return given
	}
	return NewStorage(scope, jsii.String("Storage"), nil)
}

// newObjects matches the detail of S3's events for objects there.
func newObjects(pictures Location) *map[string]any {
	detail := map[string]any{
		"bucket": map[string]any{"name": []*string{pictures.Bucket.BucketName()}},
	}
	if pictures.Prefix != "" { // EventBridge refuses an empty one
		detail["object"] = map[string]any{"key": awsevents.Match_Prefix(jsii.String(pictures.Prefix))}
	}
	return &detail
}
