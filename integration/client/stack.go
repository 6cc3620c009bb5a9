package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/smithy-go"
)

// StackOutputs reads the outputs of a CloudFormation stack, by key. It needs
// the permission cloudformation:DescribeStacks.
func StackOutputs(ctx context.Context, cfg aws.Config, stack string) (map[string]string, error) {
	if cfg.Region == "" {
		return nil, fmt.Errorf("stack %s: set AWS_REGION to the region that it is in", stack)
	}
	out, err := cloudformation.NewFromConfig(cfg).DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &stack})
	var refusal smithy.APIError
	switch {
	// CloudFormation has no error code of its own for a missing stack.
	case errors.As(err, &refusal) && refusal.ErrorCode() == "ValidationError":
		return nil, fmt.Errorf("no stack %s in region %s: is AWS_REGION right, and the stack deployed?", stack, cfg.Region)
	case err != nil:
		return nil, fmt.Errorf("read outputs of stack %s: %w", stack, err)
	case len(out.Stacks) == 0:
		return nil, fmt.Errorf("no stack %s in region %s", stack, cfg.Region)
	}
	outputs := map[string]string{}
	for _, o := range out.Stacks[0].Outputs {
		outputs[aws.ToString(o.OutputKey)] = aws.ToString(o.OutputValue)
	}
	return outputs, nil
}
