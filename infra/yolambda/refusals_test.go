package yolambda_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/yolambda/yolambda/infra/yolambda"
)

// What would be dropped without a word, or end in a panic of the runtime or a deployment that fails, is refused
// in a sentence.
func TestRefusalsOfProps(t *testing.T) {
	id, zones := jsii.String("It"), awscdk.TimeZone_EUROPE_BERLIN()
	endpoint := func(change func(awscdk.Stack, *yolambda.EndpointProps)) func(awscdk.Stack) {
		return func(s awscdk.Stack) {
			props := cats()
			change(s, props)
			yolambda.NewEndpoint(s, id, props)
		}
	}
	scaling := func(warm int, scaling yolambda.Scaling) func(awscdk.Stack) {
		return endpoint(func(_ awscdk.Stack, p *yolambda.EndpointProps) { p.ProvisionedConcurrency, p.Scaling = warm, &scaling })
	}
	network := func(groups int) func(awscdk.Stack) {
		return endpoint(func(s awscdk.Stack, p *yolambda.EndpointProps) {
			p.Vpc = awsec2.Vpc_FromVpcAttributes(s, jsii.String("Vpc"), &awsec2.VpcAttributes{
				VpcId: jsii.String("vpc-1"), AvailabilityZones: jsii.Strings("a"), PrivateSubnetIds: jsii.Strings("subnet-1")})
			p.SecurityGroups = make([]awsec2.ISecurityGroup, groups)
		})
	}
	storage := func(props yolambda.StorageProps) func(awscdk.Stack) {
		return func(s awscdk.Stack) { yolambda.NewStorage(s, id, &props) }
	}
	given := func(change func(awscdk.Stack, *yolambda.StorageProps)) func(awscdk.Stack) {
		return func(s awscdk.Stack) {
			props := yolambda.StorageProps{Results: awss3.Bucket_FromBucketName(s, jsii.String("Ours"), jsii.String("ours"))}
			change(s, &props)
			yolambda.NewStorage(s, id, &props)
		}
	}
	domain := func(props yolambda.DistributionProps) func(awscdk.Stack) {
		return func(s awscdk.Stack) {
			props.Endpoint = yolambda.NewEndpoint(s, jsii.String("Cats"), cats())
			props.Certificate = awscertificatemanager.Certificate_FromCertificateArn(s, jsii.String("Certificate"),
				jsii.String("arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"))
			yolambda.NewDistribution(s, id, &props)
		}
	}
	empty := &yolambda.Endpoint{}
	const acl = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/limit/01234567-89ab-cdef-0123-456789abcdef"
	for name, test := range map[string]struct {
		make func(awscdk.Stack)
		want string
	}{
		"scaling of nothing":            {scaling(2, yolambda.Scaling{}), "changes nothing"},
		"utilization of nothing":        {scaling(2, yolambda.Scaling{Utilization: 0.5, Schedule: []yolambda.ScheduledLimits{{From: "cron(0 7 ? * MON-FRI *)", Min: 1, Max: 1}}}), "Utilization has no effect"},
		"a zone of nothing":             {scaling(2, yolambda.Scaling{Max: 5, TimeZone: zones}), "TimeZone has no effect"},
		"six security groups":           {network(6), "6 security groups: Lambda takes 5"},
		"no security group":             {network(1), "is nil"},
		"an empty endpoint of a batch":  {func(s awscdk.Stack) { yolambda.NewBatch(s, id, &yolambda.BatchProps{Endpoint: empty}) }, "no Endpoint"},
		"an empty one of a trigger":     {func(s awscdk.Stack) { yolambda.NewTrigger(s, id, &yolambda.TriggerProps{Endpoint: empty}) }, "no Endpoint"},
		"an empty one of a rollout":     {func(s awscdk.Stack) { yolambda.NewRollout(s, id, &yolambda.RolloutProps{Endpoint: empty}) }, "no Endpoint"},
		"an empty one of CloudFront":    {func(s awscdk.Stack) { yolambda.NewDistribution(s, id, &yolambda.DistributionProps{Endpoint: empty}) }, "no Endpoint"},
		"no id":                         {func(s awscdk.Stack) { yolambda.NewBatch(s, nil, nil) }, "no Endpoint"},
		"days of a bucket that is ours": {given(func(_ awscdk.Stack, p *yolambda.StorageProps) { p.AccessLogDays = 5 }), "for the bucket that is made"},
		"its key": {given(func(s awscdk.Stack, p *yolambda.StorageProps) {
			p.EncryptionKey = awskms.NewKey(s, jsii.String("Key"), nil)
		}), "for the bucket that is made"},
		"days before today":    {storage(yolambda.StorageProps{AccessLogDays: -1}), "AccessLogDays is -1"},
		"a URL for a domain":   {domain(yolambda.DistributionProps{DomainName: "https://detect.example.org/"}), "is not a domain name"},
		"a domain for many":    {domain(yolambda.DistributionProps{DomainName: "*.example.org"}), "stands for many names"},
		"a regional web ACL":   {domain(yolambda.DistributionProps{DomainName: "detect.example.org", WebAclArn: acl}), "of the scope CLOUDFRONT"},
		"a domain that is one": {domain(yolambda.DistributionProps{DomainName: "detect.example.org", WebAclArn: strings.Replace(acl, "regional", "global", 1)}), ""},
		"an empty storage": {func(s awscdk.Stack) {
			e := yolambda.NewEndpoint(s, jsii.String("Cats"), cats())
			yolambda.NewTrigger(s, id, &yolambda.TriggerProps{Endpoint: e, Storage: &yolambda.Storage{}})
		}, "no Storage"},
		"two rollouts of one endpoint": {func(s awscdk.Stack) {
			e := yolambda.NewEndpoint(s, jsii.String("Cats"), cats())
			yolambda.NewRollout(s, jsii.String("First"), &yolambda.RolloutProps{Endpoint: e})
			yolambda.NewRollout(s, id, &yolambda.RolloutProps{Endpoint: e})
		}, "Team/Cats has a rollout already"},
	} {
		t.Run(name, func(t *testing.T) {
			message := failure(t, func() { test.make(newStack(t)) })
			if (message == "") != (test.want == "") || !strings.Contains(message, test.want) {
				t.Errorf("%q, want %q", message, test.want)
			}
		})
	}
}
