package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"
)

const (
	ownPicturesPrefix    = "pictures/"
	batchResultsPrefix   = "results/batch/"
	triggerResultsPrefix = "results/trigger/"
)

// storage is where batch and trigger read pictures and leave results. Results
// are always in the stack's own bucket, so no result is ever taken for a picture.
type storage struct {
	pictures       awss3.IBucket
	picturesPrefix string
	results        awss3.Bucket
}

// newStorage makes the bucket, with another for the log of who read and wrote
// in it. The buckets outlive the stack, for results are not thrown away with the
// program that made them.
func newStorage(stack awscdk.Stack, c Config) *storage {
	bucket := func(id string, rule awss3.LifecycleRule, accessLogs awss3.IBucket) awss3.Bucket {
		rule.AbortIncompleteMultipartUploadAfter = awscdk.Duration_Days(jsii.Number(7))
		rule.NoncurrentVersionExpiration = awscdk.Duration_Days(jsii.Number(30))
		return awss3.NewBucket(stack, jsii.String(id), &awss3.BucketProps{
			BlockPublicAccess:      awss3.BlockPublicAccess_BLOCK_ALL(),
			Encryption:             awss3.BucketEncryption_S3_MANAGED,
			EnforceSSL:             jsii.Bool(true),
			Versioned:              jsii.Bool(true),
			LifecycleRules:         &[]*awss3.LifecycleRule{&rule},
			ServerAccessLogsBucket: accessLogs,
			RemovalPolicy:          awscdk.RemovalPolicy_RETAIN,
		})
	}
	logs := bucket("AccessLogs", awss3.LifecycleRule{Expiration: awscdk.Duration_Days(jsii.Number(c.LogRetentionDays))}, nil)
	own := bucket("Bucket", awss3.LifecycleRule{}, logs)
	s := &storage{pictures: own, picturesPrefix: ownPicturesPrefix, results: own}
	if c.Pictures != nil {
		s.pictures = awss3.Bucket_FromBucketName(stack, jsii.String("Pictures"), jsii.String(c.Pictures.Bucket))
		s.picturesPrefix = c.Pictures.Prefix
	}
	return s
}

// grant lets the function read pictures, those under the prefix only, and write the
// replies to new ones where there is a trigger. A nil storage grants nothing.
func (s *storage) grant(role awsiam.Role, trigger bool) {
	if s == nil {
		return
	}
	allow := func(action string, objects *string) {
		role.AddToPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Actions: jsii.Strings(action), Resources: &[]*string{objects},
		}))
	}
	allow("s3:GetObject", s.pictures.ArnForObjects(jsii.String(s.picturesPrefix+"*")))
	if trigger {
		allow("s3:PutObject", s.results.ArnForObjects(jsii.String(triggerResultsPrefix+"*")))
	}
}

// picturesURL is the s3:// address below which pictures are read.
func (s *storage) picturesURL() *string {
	return s.pictures.S3UrlForObject(jsii.String(s.picturesPrefix))
}

// repliesURL is the s3:// address below which replies to new pictures are written.
func (s *storage) repliesURL() *string {
	return s.results.S3UrlForObject(jsii.String(triggerResultsPrefix))
}
