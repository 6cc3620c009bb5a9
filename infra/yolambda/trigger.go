package yolambda

import (
	"cmp"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseventstargets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
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
	// of the app's is set up to send its events to EventBridge; an imported one has to do so.
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
// Lambda would start as many execution environments as there are events if EventBridge called the
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

// check refuses what AWS would refuse, and what the endpoint would throttle.
func (p *TriggerProps) check() error {
	if p == nil || !p.Endpoint.made() {
		return errNoEndpoint
	}
	if !p.Storage.usable() {
		return errNoStorage
	}
	return p.Endpoint.checkConcurrency(p.MaxConcurrency, 2, 1000)
}

// NewTrigger makes a trigger. It panics with a [BuildError] where the props are wrong.
// EventBridge carries the events, because S3's own notifications would need a custom resource
// to be set on a bucket that is not the stack's.
func NewTrigger(scope constructs.Construct, id *string, props *TriggerProps) *Trigger {
	stop(id, props.check())
	t := &Trigger{Construct: newScope(scope, id)}
	e := props.Endpoint
	t.Storage = storageOf(t.Construct, props.Storage, e)
	e.ReadPictures(t.Storage.Pictures)
	e.writeReplies(t.Storage.TriggerResults())
	stop(id, t.Storage.sendEvents())
	// Which queues may use it as theirs of failed messages, its RedriveAllowPolicy could say: by their ARNs, of which the
	// other one waits for this one's. Without it those of this account and region may.
	t.Failed = t.newQueue("FailedPictures", &awssqs.QueueProps{EncryptionMasterKey: e.props.EncryptionKey})
	t.Waiting = t.newQueue("NewPictures", &awssqs.QueueProps{
		EncryptionMasterKey: e.props.EncryptionKey,
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
	t.refuseOtherRules()
	e.Alias.AddEventSource(awslambdaeventsources.NewSqsEventSource(t.Waiting, &awslambdaeventsources.SqsEventSourceProps{
		BatchSize:      jsii.Number(1), // the function takes one picture a call
		MaxConcurrency: jsii.Number(cmp.Or(props.MaxConcurrency, DefaultConcurrency)),
	}))
	return t
}

// refuseOtherRules keeps the events of other rules out of the queue. Where that is encrypted by a key, the CDK
// lets in every rule of EventBridge: to name one would be a circle, if the key were of the same stack.
func (t *Trigger) refuseOtherRules() {
	t.Waiting.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("NoOtherRule"),
		Effect:     awsiam.Effect_DENY,
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("events.amazonaws.com"), nil)},
		Actions:    jsii.Strings("sqs:SendMessage"),
		Resources:  &[]*string{t.Waiting.QueueArn()},
		Conditions: &map[string]any{"ArnNotEquals": map[string]any{"aws:SourceArn": t.Rule.RuleArn()}},
	}))
}

func (t *Trigger) newQueue(id string, p *awssqs.QueueProps) awssqs.Queue {
	p.EnforceSSL = jsii.Bool(true)
	p.Encryption = awssqs.QueueEncryption_SQS_MANAGED
	if p.EncryptionMasterKey != nil {
		p.Encryption = awssqs.QueueEncryption_KMS
	}
	p.RetentionPeriod = awscdk.Duration_Days(jsii.Number(QueueRetentionDays))
	return awssqs.NewQueue(t.Construct, jsii.String(id), p)
}

// storageOf is the given storage, or one that is made for whoever got none.
func storageOf(scope constructs.Construct, given *Storage, e *Endpoint) *Storage {
	if given != nil {
		return given
	}
	return NewStorage(scope, jsii.String("Storage"), &StorageProps{EncryptionKey: e.props.EncryptionKey})
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
