package main

import (
	"regexp"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"github.com/yolambda/yolambda/infra/yolambda"
)

var (
	vpcPattern           = regexp.MustCompile(`^vpc-[0-9a-f]{8,17}$`)
	subnetPattern        = regexp.MustCompile(`^subnet-[0-9a-f]{8,17}$`)
	securityGroupPattern = regexp.MustCompile(`^sg-[0-9a-f]{8,17}$`)
)

// checkNetwork refuses a part of a network without the rest.
func (c Config) checkNetwork(refuse refuse) {
	refuse(c.VPC == "" && c.Subnets != nil, idle, "subnets", "vpc")
	refuse(c.VPC == "" && c.SecurityGroups != nil, idle, "securityGroups", "vpc")
	refuse(c.VPC != "" && c.Subnets == nil, "vpc: name its private subnets as well, with subnets")
}

// addNetwork puts the function into the VPC of the settings. All is named by ids: looking it
// up would need credentials for each synthesis.
func addNetwork(stack awscdk.Stack, c Config, props *yolambda.EndpointProps) {
	if c.VPC == "" {
		return
	}
	props.Vpc = awsec2.Vpc_FromVpcAttributes(stack, jsii.String("Vpc"), &awsec2.VpcAttributes{
		VpcId: jsii.String(c.VPC), PrivateSubnetIds: jsii.Strings(c.Subnets...),
		AvailabilityZones: jsii.Strings(c.Subnets...), // the CDK wants as many names as subnets, and puts them nowhere
	})
	awscdk.Annotations_Of(props.Vpc).AcknowledgeWarning(jsii.String("@aws-cdk/aws-ec2:noSubnetRouteTableId"),
		jsii.String("Nothing is routed here."))
	for _, id := range c.SecurityGroups {
		props.SecurityGroups = append(props.SecurityGroups, awsec2.SecurityGroup_FromSecurityGroupId(stack, jsii.String(id), jsii.String(id), nil))
	}
}
