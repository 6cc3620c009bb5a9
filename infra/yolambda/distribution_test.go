package yolambda_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/yolambda/yolambda/infra/yolambda"
)

// Without a name a distribution has the one of CloudFront, and callers sign.
func TestDistributionWithoutName(t *testing.T) {
	stack := newStack(t)
	e := yolambda.NewEndpoint(stack, jsii.String("Cats"), cats())
	d := yolambda.NewDistribution(stack, jsii.String("Edge"), &yolambda.DistributionProps{Endpoint: e})
	awscdk.NewCfnOutput(stack, jsii.String("Url"), &awscdk.CfnOutputProps{Value: d.Url})
	found := resources(t, stack)
	if len(found["AWS::CloudFront::Distribution"]) != 1 || len(found["AWS::CloudFront::OriginAccessControl"]) != 0 || len(found["AWS::Lambda::Permission"]) != 0 {
		t.Errorf("%v", found)
	}
	for _, props := range found["AWS::CloudFront::Distribution"] {
		if config := props["DistributionConfig"].(map[string]any); config["Aliases"] != nil || config["WebACLId"] != nil {
			t.Errorf("distribution: %v", config)
		}
	}
}

// A name, its certificate and its zone lack none of the others that they need.
func TestDistributionRefuses(t *testing.T) {
	stack := newStack(t)
	e := yolambda.NewEndpoint(stack, jsii.String("Cats"), cats())
	certificate := awscertificatemanager.Certificate_FromCertificateArn(stack, jsii.String("Certificate"), jsii.String("arn:aws:acm:us-east-1:123456789012:certificate/a"))
	zone := awsroute53.HostedZone_FromHostedZoneId(stack, jsii.String("Zone"), jsii.String("Z0123456789ABCDEFGHIJ"))
	for want, props := range map[string]yolambda.DistributionProps{
		"Edge: the domain name cats.example.org needs a certificate": {DomainName: "cats.example.org", HostedZone: zone},
		"Edge: a certificate, and no domain name that it is for":     {Certificate: certificate},
		"Edge: a hosted zone, and no domain name to write into it":   {HostedZone: zone},
	} {
		props.Endpoint = e
		if message := failure(t, func() { yolambda.NewDistribution(stack, jsii.String("Edge"), &props) }); message != want {
			t.Errorf("%q, want %q", message, want)
		}
	}
}

// What everybody may call reads no pictures from S3, whichever is asked for first.
func TestPublicReadsNoPictures(t *testing.T) {
	for name, order := range map[string][]string{"distribution first": {"public", "read"}, "distribution last": {"read", "public"}} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if failure, ok := recover().(yolambda.BuildError); !ok || !strings.Contains(failure.Error(), "Team/Cats is public") {
					t.Errorf("got %v", failure)
				}
			}()
			stack := newStack(t)
			e := yolambda.NewEndpoint(stack, jsii.String("Cats"), cats())
			for _, step := range order {
				switch step {
				case "public":
					yolambda.NewDistribution(stack, jsii.String("Edge"), &yolambda.DistributionProps{Endpoint: e, Public: true})
				case "read":
					e.ReadPictures(yolambda.Location{Bucket: awss3.Bucket_FromBucketName(stack, jsii.String("Ours"), jsii.String("ours"))})
				}
			}
		})
	}
}
