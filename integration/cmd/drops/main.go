// Command drops compares a deployed stack with the CloudFormation template that is to take its
// place. It fails, and names them, where the deployment would take away a bucket or something that
// somebody may rely on. The CDK app runs it (infra/drop.go).
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/yolambda/yolambda/integration/client"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// relied has the types of resources that are missed, with what their loss means.
var relied = map[string]string{
	"AWS::S3::Bucket":                  "it stays with all that is in it, but the stack forgets it; -c bucket=NAME adopts one for results",
	"AWS::StepFunctions::StateMachine": "batches end",
	"AWS::Events::Rule":                "new pictures are no longer detected",
	"AWS::SQS::Queue":                  "its events are deleted",
	"AWS::SNS::Topic":                  "alarms send no mail",
	"AWS::Lambda::Url":                 "callers lose the address",
	"AWS::CloudFront::Distribution":    "callers lose the address",
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("drops", flag.ContinueOnError)
	stack := flags.String("stack", "", "name of the deployed stack")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *stack == "" || flags.NArg() != 1 {
		return errors.New("usage: drops -stack NAME TEMPLATE.json")
	}
	text, err := os.ReadFile(flags.Arg(0))
	if err != nil {
		return err
	}
	deployed, err := resources(ctx, *stack)
	if err != nil {
		fmt.Fprintf(out, "Whether this takes anything away from the deployed stack %s could not be checked: %v\n", *stack, err)
		return nil
	}
	lost, err := missing(deployed, text)
	if err != nil || len(lost) == 0 {
		return err
	}
	return fmt.Errorf("the stack %s has what these settings take away:\n%s\n"+
		"Give the settings that it was deployed with (-c key=value, or a file of environments), or confirm with -c drop=true",
		*stack, strings.Join(lost, "\n"))
}

// resources are those of the deployed stack; none where it does not exist. The CDK's command line
// says in its environment which account and region it is about.
func resources(ctx context.Context, stack string) ([]types.StackResourceSummary, error) {
	cfg, err := client.LoadAWS(ctx)
	if err != nil {
		return nil, err
	}
	cfg.Region = cmp.Or(os.Getenv("CDK_DEFAULT_REGION"), cfg.Region)
	who, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return nil, err
	}
	if account := os.Getenv("CDK_DEFAULT_ACCOUNT"); account != "" && account != aws.ToString(who.Account) {
		return nil, fmt.Errorf("the CDK deploys to account %s, the credentials here are of %s: set AWS_PROFILE instead of --profile", account, aws.ToString(who.Account))
	}
	all, err := client.StackResources(ctx, cfg, stack)
	if errors.Is(err, client.ErrNoStack) {
		return nil, nil
	}
	return all, err
}

// missing tells, one a line, what is relied upon and not in the template. A bucket that the
// template names is adopted.
func missing(deployed []types.StackResourceSummary, template []byte) ([]string, error) {
	var next struct {
		Resources map[string]struct{ Type string }
	}
	if err := json.Unmarshal(template, &next); err != nil {
		return nil, fmt.Errorf("read template: %w", err)
	}
	var lost []string
	for _, r := range deployed {
		id, kind, name := aws.ToString(r.LogicalResourceId), aws.ToString(r.ResourceType), aws.ToString(r.PhysicalResourceId)
		loss := relied[kind]
		if loss == "" || next.Resources[id].Type == kind || r.ResourceStatus == types.ResourceStatusDeleteComplete {
			continue
		}
		if kind == "AWS::S3::Bucket" && strings.Contains(string(template), name) {
			continue
		}
		lost = append(lost, fmt.Sprintf("  %s %s: %s", kind, name, loss))
	}
	return lost, nil
}
