package yolambda

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/yolambda/yolambda/lambda/names"
)

const (
	ownPicturesPrefix    = "pictures/"
	triggerResultsPrefix = "results/trigger/"
)

// Location is the part of a bucket whose keys start with Prefix, which ends in "/" or is empty
// for the whole bucket.
type Location struct {
	Bucket awss3.IBucket
	Prefix string
}

// Check refuses a prefix that is not that of a folder, or that policies and event patterns would read as
// something else. A token it takes as it is.
func (l Location) Check() error {
	switch {
	case l.Bucket == nil:
		return fmt.Errorf("the location of prefix %q has no bucket", l.Prefix)
	case *awscdk.Token_IsUnresolved(l.Prefix):
		return nil
	}
	return CheckPrefix(l.Prefix)
}

// CheckPrefix refuses what Location.Check does, of a prefix alone.
func CheckPrefix(prefix string) error {
	switch {
	case prefix != "" && !strings.HasSuffix(prefix, "/"):
		return fmt.Errorf("%q does not end in /", prefix)
	case len(prefix) > 1024:
		return fmt.Errorf("a prefix of %d bytes: keys of objects have 1024 at most", len(prefix))
	case strings.HasPrefix(prefix, "/"):
		return fmt.Errorf("%q starts with /, as no key of an object does that was uploaded as usual", prefix)
	case strings.ContainsAny(prefix, "*?,${}'\"\\"):
		return fmt.Errorf("%q has a character that policies and patterns read as something else", prefix)
	}
	return nil
}

// CheckApart refuses a prefix of pictures below which results would lie as well, where both are in one
// bucket: each reply would then be taken for a new picture, and each result for one of a batch.
func CheckApart(pictures string) error {
	for _, results := range []string{names.PrefixBatchResults, triggerResultsPrefix} {
		if strings.HasPrefix(results, pictures) || strings.HasPrefix(pictures, results) {
			return fmt.Errorf("what lies below %q and the results below %q would be taken for one another: "+
				"give the pictures a folder of their own, such as %s, or the results another bucket", pictures, results, ownPicturesPrefix)
		}
	}
	return nil
}

// URL is the location as an s3:// address.
func (l Location) URL() *string { return l.Bucket.S3UrlForObject(jsii.String(l.Prefix)) }

// objects is the ARN of all objects there.
func (l Location) objects() *string { return l.Bucket.ArnForObjects(jsii.String(l.Prefix + "*")) }

// StorageProps is what can be said about where pictures and results lie.
type StorageProps struct {
	// Pictures are read from here; nil: from pictures/ of the bucket of results.
	Pictures *Location

	// Results is a bucket that takes the results; nil: one is made.
	Results awss3.IBucket

	// EncryptionKey is for the bucket that is made; nil: a key of S3. The access log has a key
	// of S3 in any case: S3 writes it with no other.
	EncryptionKey awskms.IKey

	// AccessLogDays is how long the bucket that is made keeps the log of who read and
	// wrote in it; 0: 30.
	AccessLogDays int
}

// Storage is where batches and triggers read pictures and leave results. Results have
// prefixes of their own, so that none is ever taken for a picture.
type Storage struct {
	Construct constructs.Construct // the scope of all that belongs to it

	Pictures Location
	Results  awss3.IBucket

	made bool // the bucket of the pictures, by NewStorage
}

// NewStorage makes a bucket unless one is given, with another for the log of who read and
// wrote in it. Buckets outlive the stack, for results are not thrown away with the
// program that made them. It panics with a [BuildError] where pictures and results would be taken for one another.
func NewStorage(scope constructs.Construct, id *string, props *StorageProps) *Storage {
	if props == nil {
		props = &StorageProps{}
	}
	stop(id, props.check())
	s := &Storage{Construct: newScope(scope, id), Results: props.Results}
	if s.Results == nil {
		s.Results = s.newBucket(cmp.Or(props.AccessLogDays, 30), props.EncryptionKey)
	}
	s.Pictures, s.made = Location{s.Results, ownPicturesPrefix}, props.Results == nil && props.Pictures == nil
	if props.Pictures != nil {
		s.Pictures = *props.Pictures
		err := s.Pictures.Check()
		if err == nil && *s.Pictures.Bucket.BucketName() == *s.Results.BucketName() {
			err = CheckApart(s.Pictures.Prefix)
		}
		stop(id, err)
	}
	return s
}

// check refuses what is for a bucket that is made, where none is.
func (p *StorageProps) check() error {
	switch err := checkToken("AccessLogDays", p.AccessLogDays); {
	case err != nil:
		return err
	case p.AccessLogDays < 0:
		return fmt.Errorf("AccessLogDays is %d", p.AccessLogDays)
	case p.Results != nil && (p.AccessLogDays != 0 || p.EncryptionKey != nil):
		return errors.New("AccessLogDays and EncryptionKey are for the bucket that is made: leave them out, or Results, which has a key and a log of its own")
	}
	return nil
}

// errNoStorage is what is wrong with the props of whatever got an empty one.
var errNoStorage = errors.New("no Storage: give it the one that NewStorage made, or none at all")

// usable reports whether NewStorage made it, or there is none.
func (s *Storage) usable() bool { return s == nil || s.Construct != nil }

func (s *Storage) newBucket(accessLogDays int, key awskms.IKey) awss3.Bucket {
	bucket := func(id string, rule awss3.LifecycleRule, accessLogs awss3.IBucket, key awskms.IKey) awss3.Bucket {
		encryption, bucketKey := awss3.BucketEncryption_S3_MANAGED, (*bool)(nil)
		if key != nil {
			encryption, bucketKey = awss3.BucketEncryption_KMS, jsii.Bool(true) // one call of KMS for many objects
		}
		rule.AbortIncompleteMultipartUploadAfter = awscdk.Duration_Days(jsii.Number(7))
		rule.NoncurrentVersionExpiration = awscdk.Duration_Days(jsii.Number(30))
		return awss3.NewBucket(s.Construct, jsii.String(id), &awss3.BucketProps{
			BlockPublicAccess:      awss3.BlockPublicAccess_BLOCK_ALL(),
			Encryption:             encryption,
			EncryptionKey:          key,
			BucketKeyEnabled:       bucketKey,
			EnforceSSL:             jsii.Bool(true),
			Versioned:              jsii.Bool(true),
			LifecycleRules:         &[]*awss3.LifecycleRule{&rule},
			ServerAccessLogsBucket: accessLogs,
			RemovalPolicy:          awscdk.RemovalPolicy_RETAIN,
		})
	}
	logs := bucket("AccessLogs", awss3.LifecycleRule{Expiration: awscdk.Duration_Days(jsii.Number(accessLogDays))}, nil, nil)
	return bucket("Bucket", awss3.LifecycleRule{}, logs, key)
}

// BatchResults is where batches leave their results, each execution in a folder of its name.
func (s *Storage) BatchResults() Location { return Location{s.Results, names.PrefixBatchResults} }

// TriggerResults is where replies to new pictures go.
func (s *Storage) TriggerResults() Location { return Location{s.Results, triggerResultsPrefix} }

// sendEvents makes S3 tell EventBridge of new objects, where the pictures' bucket is the app's: an imported one
// is not ours to set up. It refuses what an app has said of the resource itself that tells EventBridge nothing.
func (s *Storage) sendEvents() error {
	bucket, ok := s.Pictures.Bucket.(awss3.Bucket)
	if !ok {
		return nil
	}
	resource, ok := bucket.Node().DefaultChild().(awss3.CfnBucket)
	switch notified := setsNotifications(bucket); {
	case ok && resource.NotificationConfiguration() != nil && !notified:
		said, err := json.Marshal(awscdk.Stack_Of(bucket).Resolve(resource.NotificationConfiguration()))
		if err != nil {
			return fmt.Errorf("read the notifications of %s: %w", *bucket.Node().Path(), err)
		}
		text := strings.ToLower(string(said))
		if !strings.Contains(text, `"eventbridgeconfiguration":{`) || strings.Contains(text, `"eventbridgeenabled":false`) {
			return fmt.Errorf("%s has a NotificationConfiguration without EventBridge, so that nobody would hear of new pictures: "+
				"give it an EventBridgeConfiguration, or say where its events go by AddEventNotification alone", *bucket.Node().Path())
		}
	case ok && s.made && !notified:
		// One that we made, and CloudFormation can do it itself, without a custom resource.
		resource.SetNotificationConfiguration(&awss3.CfnBucket_NotificationConfigurationProperty{
			EventBridgeConfiguration: &awss3.CfnBucket_EventBridgeConfigurationProperty{EventBridgeEnabled: jsii.Bool(true)},
		})
	default: // the CDK's custom resource, whenever the app asks it for more
		bucket.EnableEventBridgeNotification()
		return nil
	}
	bucket.Node().AddValidation(&eventsKept{bucket})
	return nil
}

// setsNotifications reports whether the CDK's custom resource, made for AddEventNotification and the like, puts
// the whole of a bucket's notifications, whatever CloudFormation has put.
func setsNotifications(bucket awss3.Bucket) bool {
	return bucket.Node().TryFindChild(jsii.String("Notifications")) != nil
}

// eventsKept refuses, at the synthesis, a custom resource that came after CloudFormation was told of EventBridge.
type eventsKept struct{ bucket awss3.Bucket }

// Validate implements constructs.IValidation.
func (e *eventsKept) Validate() *[]*string {
	if !setsNotifications(e.bucket) {
		return &[]*string{}
	}
	return jsii.Strings("its notifications were added after the trigger was made, and would replace that to EventBridge: add them before")
}
