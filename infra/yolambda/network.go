package yolambda

import "github.com/aws/jsii-runtime-go"

// allowNetwork lets Lambda keep the function's network interfaces in a VPC. EC2 takes no
// resource for some of these rights. The function's own code gets none of them: its calls, and
// not those of Lambda, name the function that they come from.
func (e *Endpoint) allowNetwork() {
	e.Role.AddToPolicy(statement(&map[string]any{"Null": map[string]any{"lambda:SourceFunctionArn": "true"}}, []*string{jsii.String("*")},
		"ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets",
		"ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"))
}
