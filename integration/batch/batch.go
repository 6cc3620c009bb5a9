// Package batch runs all pictures below a prefix of a bucket through the function, by the
// state machine that a stack with batch=true has (infra/yolambda/batch.asl.json).
//
//	Open → Start → Watch → Download
package batch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/names"
)

// Machine is a state machine of YOLambda.
type Machine struct {
	// Pictures and Results are the buckets that it reads from and writes to.
	Pictures, Results string

	cfg      aws.Config
	states   *sfn.Client
	arn      string
	function string // ARN of the alias that is called
}

// Open finds out what a state machine does, by its definition.
func Open(ctx context.Context, cfg aws.Config, arn string) (*Machine, error) {
	m := &Machine{cfg: cfg, states: sfn.NewFromConfig(cfg), arn: arn}
	out, err := m.states.DescribeStateMachine(ctx, &sfn.DescribeStateMachineInput{StateMachineArn: &arn})
	if err != nil {
		return nil, fmt.Errorf("describe state machine %s: %w", arn, err)
	}
	type bucket struct{ Parameters struct{ Bucket string } }
	var definition struct {
		States struct {
			Pictures struct {
				ItemReader, ResultWriter bucket
				ItemProcessor            struct {
					States struct {
						Detect struct{ Parameters struct{ FunctionName string } }
					}
				}
			}
		}
	}
	err = json.Unmarshal([]byte(aws.ToString(out.Definition)), &definition)
	p := definition.States.Pictures
	m.Pictures, m.Results = p.ItemReader.Parameters.Bucket, p.ResultWriter.Parameters.Bucket
	m.function = p.ItemProcessor.States.Detect.Parameters.FunctionName
	if err != nil || m.Pictures == "" || m.Results == "" || m.function == "" {
		return nil, fmt.Errorf("%s is not a state machine of YOLambda", arn)
	}
	return m, nil
}

// Job is what to run. What is zero, infra/yolambda/batch.asl.json fills in.
type Job struct {
	// Name is what the batch is called, and its results' folder; a name is taken once.
	Name string
	// Prefix is the start of the pictures' keys.
	Prefix  string
	Options api.Options
	// Concurrency is how many calls are made at once, Size how many pictures one has.
	Concurrency, Size int
}

// ErrNameTaken says that there was a batch of this name.
var ErrNameTaken = errors.New("its results are kept; choose another --name")

// Start begins a batch and gives the ARN of its execution. The same job again joins one
// that still runs.
func (m *Machine) Start(ctx context.Context, job Job) (execution string, err error) {
	input, err := job.input()
	if err != nil {
		return "", err
	}
	out, err := m.states.StartExecution(ctx, &sfn.StartExecutionInput{
		StateMachineArn: &m.arn, Name: &job.Name, Input: aws.String(string(input)),
	})
	var taken *types.ExecutionAlreadyExists
	if errors.As(err, &taken) {
		return "", fmt.Errorf("there was a batch named %s already: %w", job.Name, ErrNameTaken)
	}
	if err != nil {
		return "", fmt.Errorf("start batch: %w", err)
	}
	return aws.ToString(out.ExecutionArn), nil
}

// input is that of the execution.
func (j Job) input() ([]byte, error) {
	request, err := json.Marshal(api.Request{Options: j.Options})
	if err != nil {
		return nil, fmt.Errorf("write options: %w", err)
	}
	options := map[string]any{}
	if err := json.Unmarshal(request, &options); err != nil {
		return nil, fmt.Errorf("write options: %w", err)
	}
	delete(options, "image")
	input := map[string]any{"prefix": j.Prefix, "options": options}
	if j.Concurrency > 0 {
		input["maxConcurrency"] = j.Concurrency
	}
	if j.Size > 0 {
		input["batchSize"] = j.Size
	}
	text, err := json.Marshal(input)
	if err != nil {
		return nil, fmt.Errorf("write input: %w", err)
	}
	return text, nil
}

// results is where those of an execution lie.
func (m *Machine) results(execution string) string {
	name := path.Base(strings.ReplaceAll(execution, ":", "/"))
	return "s3://" + m.Results + "/" + names.PrefixBatchResults + name + "/"
}

// Watch waits until the batch has ended, and tells how far it is, each poll. Only its
// last summary has a cost.
func (m *Machine) Watch(ctx context.Context, execution string, poll time.Duration, tell func(Summary)) (*Summary, error) {
	for {
		summary, err := m.describe(ctx, execution)
		if err != nil {
			return nil, err
		}
		if !summary.Running() {
			m.estimate(ctx, summary)
			return summary, nil
		}
		tell(*summary)
		select {
		case <-time.After(poll):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
