// Command pretraffic is the Lambda function that CodeDeploy calls before it shifts traffic
// to a new version: it asks that version about pictures with known answers, and tells
// CodeDeploy to go on or to stop.
//
// What it asks lies beside the program in checks.json, which the CDK app writes: a list of
// [check]. The version is named by YOLAMBDA_NEW_VERSION, an ARN.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	runtime "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codedeploy"
	"github.com/aws/aws-sdk-go-v2/service/codedeploy/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

func main() {
	h := newHook(aws.Config{
		Region:      os.Getenv("AWS_REGION"),
		Credentials: aws.CredentialsProviderFunc(environmentCredentials),
	})
	runtime.Start(h.handle)
}

// environmentCredentials are those that Lambda gives the function's role. The SDK's package
// config reads them too, and brings all other ways to sign in.
func environmentCredentials(context.Context) (aws.Credentials, error) {
	return aws.Credentials{
		AccessKeyID:     os.Getenv("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
		SessionToken:    os.Getenv("AWS_SESSION_TOKEN"),
	}, nil
}

// hook asks one version.
type hook struct {
	functions   *lambda.Client
	deployments *codedeploy.Client
	version     string // ARN
	checks      string // path of checks.json
}

func newHook(cfg aws.Config) *hook {
	return &hook{
		functions:   lambda.NewFromConfig(cfg),
		deployments: codedeploy.NewFromConfig(cfg),
		version:     os.Getenv("YOLAMBDA_NEW_VERSION"),
		checks:      filepath.Join(os.Getenv("LAMBDA_TASK_ROOT"), "checks.json"),
	}
}

// lifecycleEvent is what CodeDeploy sends.
type lifecycleEvent struct {
	DeploymentID    string `json:"DeploymentId"`
	HookExecutionID string `json:"LifecycleEventHookExecutionId"`
}

// handle tells CodeDeploy how the checks came out. The error is that of telling: without
// word CodeDeploy waits for an hour and then rolls back.
func (h *hook) handle(ctx context.Context, event lifecycleEvent) error {
	status := types.LifecycleEventStatusSucceeded
	if err := h.run(ctx); err != nil {
		slog.Error("the new version does not get any traffic", "version", h.version, "error", err)
		status = types.LifecycleEventStatusFailed
	}
	_, err := h.deployments.PutLifecycleEventHookExecutionStatus(ctx, &codedeploy.PutLifecycleEventHookExecutionStatusInput{
		DeploymentId:                  &event.DeploymentID,
		LifecycleEventHookExecutionId: &event.HookExecutionID,
		Status:                        status,
	})
	if err != nil {
		return fmt.Errorf("tell CodeDeploy that the checks %s: %w", status, err)
	}
	return nil
}

// run makes all checks, and fails with the first that does.
func (h *hook) run(ctx context.Context) error {
	text, err := os.ReadFile(h.checks)
	if err != nil {
		return fmt.Errorf("read checks: %w", err)
	}
	var checks []check
	if err := json.Unmarshal(text, &checks); err != nil {
		return fmt.Errorf("read checks: %w", err)
	}
	if len(checks) == 0 {
		return fmt.Errorf("%s has no checks", h.checks)
	}
	for _, c := range checks {
		if err := h.ask(ctx, c); err != nil {
			return fmt.Errorf("ask model %s about %s: %w", c.Answer.Model, c.Picture, err)
		}
	}
	return nil
}

// ask sends the picture and compares the answer with the known one.
func (h *hook) ask(ctx context.Context, c check) error {
	request, err := json.Marshal(map[string]any{"image": c.Image, "model": c.Answer.Model})
	if err != nil {
		return fmt.Errorf("write request: %w", err)
	}
	out, err := h.functions.Invoke(ctx, &lambda.InvokeInput{FunctionName: &h.version, Payload: request})
	if err != nil {
		return fmt.Errorf("invoke %s: %w", h.version, err)
	}
	if out.FunctionError != nil {
		return fmt.Errorf("the function failed: %.1000s", out.Payload)
	}
	return c.compare(out.Payload)
}
