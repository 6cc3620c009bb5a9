package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"
)

// ErrNoStack is that of a stack which does not exist in the region.
var ErrNoStack = errors.New("is AWS_REGION right, and the stack deployed?")

// StackResources lists what a CloudFormation stack has. It needs the permission
// cloudformation:ListStackResources.
func StackResources(ctx context.Context, cfg aws.Config, stack string) ([]types.StackResourceSummary, error) {
	var all []types.StackResourceSummary
	pages := cloudformation.NewListStackResourcesPaginator(cloudformation.NewFromConfig(cfg), &cloudformation.ListStackResourcesInput{StackName: &stack})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, ofStack(err, "list resources", stack, cfg.Region)
		}
		all = append(all, page.StackResourceSummaries...)
	}
	return all, nil
}

// ofStack says what the error means: CloudFormation has no code of its own for a missing stack.
func ofStack(err error, did, stack, region string) error {
	var refusal smithy.APIError
	if errors.As(err, &refusal) && refusal.ErrorCode() == "ValidationError" {
		return fmt.Errorf("no stack %s in region %s: %w", stack, region, ErrNoStack)
	}
	return fmt.Errorf("%s of stack %s: %w", did, stack, err)
}

// StackOutputs reads the outputs of a CloudFormation stack, by key. It needs
// the permission cloudformation:DescribeStacks.
func StackOutputs(ctx context.Context, cfg aws.Config, stack string) (map[string]string, error) {
	if cfg.Region == "" {
		return nil, fmt.Errorf("stack %s: set AWS_REGION to the region that it is in", stack)
	}
	out, err := cloudformation.NewFromConfig(cfg).DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &stack})
	switch {
	case err != nil:
		return nil, ofStack(err, "read outputs", stack, cfg.Region)
	case len(out.Stacks) == 0:
		return nil, fmt.Errorf("no stack %s in region %s: %w", stack, cfg.Region, ErrNoStack)
	}
	outputs := map[string]string{}
	for _, o := range out.Stacks[0].Outputs {
		outputs[aws.ToString(o.OutputKey)] = aws.ToString(o.OutputValue)
	}
	return outputs, nil
}
