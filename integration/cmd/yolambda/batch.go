package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/price"
	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/names"
)

type batchCommand struct {
	Stack        string `xor:"where" required:"" placeholder:"NAME" help:"The CloudFormation stack, deployed with batch=true."`
	StateMachine string `xor:"where" required:"" placeholder:"ARN" help:"The state machine that the stack made."`

	optionFlags

	Input       string        `required:"" placeholder:"s3://BUCKET/PREFIX" help:"The pictures: all objects of the stack's bucket whose keys start so."`
	Output      string        `short:"o" type:"path" placeholder:"FILE.jsonl" help:"Download the results: one line a picture, in no order."`
	Name        string        `placeholder:"NAME" help:"The batch's name, under which its results lie; a name is taken once only (the time)."`
	Concurrency int           `placeholder:"N" help:"Calls of the function at once (100)."`
	BatchSize   int           `placeholder:"N" help:"Pictures a call, 1 to 64 (10)."`
	JSON        bool          `name:"json" help:"Print the summary as one JSON object."`
	Poll        time.Duration `hidden:"" default:"2s"`
}

func (batchCommand) Help() string {
	return `Examples:

  yolambda batch --stack yolambda --input s3://photos/2026/ --conf 0.5
  yolambda batch --stack yolambda --input s3://photos/2026/ --name holidays -o holidays.jsonl

Starts the state machine that runs every picture through the function, and
waits for its end. The results are JSON lines in S3; a picture that can't be
read has a line with the error, and does not count as failed: failed are the
pictures of calls that were refused or crashed. Giving the same --name and
settings again joins a batch that still runs.

The exit status is 0 when the batch succeeded, 1 when it didn't, 2 when the
command line is wrong.`
}

func (b *batchCommand) Run(ctx context.Context, std *streams) error {
	input, err := b.input()
	if err != nil {
		return err
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return fmt.Errorf("load AWS configuration: %w", err)
	}
	if b.StateMachine == "" {
		outputs, err := client.StackOutputs(ctx, cfg, b.Stack)
		if err != nil {
			return err
		}
		if b.StateMachine = outputs[names.OutputBatch]; b.StateMachine == "" {
			return fmt.Errorf("stack %s has no output %s: deploy it with -c batch=true", b.Stack, names.OutputBatch)
		}
	}
	states := sfn.NewFromConfig(cfg)
	machine, err := describeMachine(ctx, states, b.StateMachine)
	if err != nil {
		return err
	}
	bucket, prefix, _ := strings.Cut(strings.TrimPrefix(b.Input, "s3://"), "/")
	if bucket != machine.pictures {
		return usagef("--input %s: this state machine reads the bucket %s", b.Input, machine.pictures)
	}
	input["prefix"] = prefix
	execution, err := b.start(ctx, states, input)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.err, "Started %s\n", execution)
	summary, err := b.watch(ctx, std, states, execution)
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted; the batch goes on. To stop it:\n  aws stepfunctions stop-execution --execution-arn %s", execution)
	}
	if err != nil {
		return err
	}
	summary.Results = fmt.Sprintf("s3://%s/%s%s/", machine.results, names.PrefixBatchResults, path.Base(strings.ReplaceAll(execution, ":", "/")))
	b.estimate(ctx, cfg, machine.function, summary)
	if err := summary.show(std, b.JSON); err != nil {
		return fmt.Errorf("print summary: %w", err)
	}
	if summary.Status != types.ExecutionStatusSucceeded {
		return fmt.Errorf("the batch ended as %s: %s %s", summary.Status, summary.Error, summary.Cause)
	}
	if b.Output != "" {
		return download(ctx, cfg, summary.output, b.Output)
	}
	return nil
}

// input is that of the execution, without the prefix. What the command line
// leaves out, infra/batch.asl.json fills in.
func (b *batchCommand) input() (map[string]any, error) {
	options, err := b.options()
	if err != nil {
		return nil, err
	}
	switch {
	case !strings.HasPrefix(b.Input, "s3://"):
		return nil, usagef("--input %s is not s3://BUCKET/PREFIX", b.Input)
	case b.Concurrency < 0 || b.Concurrency > 10_000:
		return nil, usagef("--concurrency %d is not from 1 to 10000", b.Concurrency)
	case b.BatchSize < 0 || b.BatchSize > api.MaxImages:
		return nil, usagef("--batch-size %d is not from 1 to %d", b.BatchSize, api.MaxImages)
	}
	if b.Name == "" {
		b.Name = time.Now().UTC().Format("20060102-150405")
	}
	data, err := json.Marshal(api.Request{Options: options})
	if err != nil {
		return nil, fmt.Errorf("write options: %w", err)
	}
	fields := map[string]any{}
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, fmt.Errorf("write options: %w", err)
	}
	delete(fields, "image")
	input := map[string]any{"options": fields}
	if b.Concurrency > 0 {
		input["maxConcurrency"] = b.Concurrency
	}
	if b.BatchSize > 0 {
		input["batchSize"] = b.BatchSize
	}
	return input, nil
}

// machine is what the definition of the state machine says.
type machine struct {
	pictures, results string // buckets
	function          string // ARN of the alias that is called
}

func describeMachine(ctx context.Context, states *sfn.Client, arn string) (machine, error) {
	out, err := states.DescribeStateMachine(ctx, &sfn.DescribeStateMachineInput{StateMachineArn: &arn})
	if err != nil {
		return machine{}, fmt.Errorf("describe state machine %s: %w", arn, err)
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
	m := machine{p.ItemReader.Parameters.Bucket, p.ResultWriter.Parameters.Bucket, p.ItemProcessor.States.Detect.Parameters.FunctionName}
	if err != nil || m.pictures == "" || m.results == "" || m.function == "" {
		return machine{}, fmt.Errorf("%s is not a state machine of YOLambda", arn)
	}
	return m, nil
}

// start gives the ARN of the execution.
func (b *batchCommand) start(ctx context.Context, states *sfn.Client, input map[string]any) (string, error) {
	text, err := json.Marshal(input)
	if err != nil {
		return "", fmt.Errorf("write input: %w", err)
	}
	out, err := states.StartExecution(ctx, &sfn.StartExecutionInput{
		StateMachineArn: &b.StateMachine, Name: &b.Name, Input: aws.String(string(text)),
	})
	var taken *types.ExecutionAlreadyExists
	if errors.As(err, &taken) {
		return "", fmt.Errorf("there was a batch named %s already: its results are kept; choose another --name", b.Name)
	}
	if err != nil {
		return "", fmt.Errorf("start batch: %w", err)
	}
	return aws.ToString(out.ExecutionArn), nil
}

// batchSummary is what became of a batch.
type batchSummary struct {
	Execution string                `json:"execution"`
	Status    types.ExecutionStatus `json:"status"`
	Pictures  int64                 `json:"pictures"`
	Failed    int64                 `json:"failed"` // pictures of failed calls
	Calls     int64                 `json:"calls"`
	Seconds   float64               `json:"seconds"`
	Results   string                `json:"results"`
	Cost      *cost                 `json:"cost_at_most,omitempty"`
	Error     string                `json:"error,omitempty"`
	Cause     string                `json:"cause,omitempty"`

	output      string
	done        int64 // pictures of calls that ended
	concurrency int64
}

// watch waits for the end, and tells on a terminal how far the batch is.
func (b *batchCommand) watch(ctx context.Context, std *streams, states *sfn.Client, execution string) (*batchSummary, error) {
	progress := newProgress(std.err, 2) // 2: always something to wait for
	for {
		summary, err := describeBatch(ctx, states, execution)
		if err != nil {
			return nil, err
		}
		progress.clear()
		if summary.Status != types.ExecutionStatusRunning {
			return summary, nil
		}
		fmt.Fprintf(progress.w, "%d of %d pictures, %d failed", summary.done, summary.Pictures, summary.Failed)
		select {
		case <-time.After(b.Poll):
		case <-ctx.Done():
			progress.clear()
			return nil, ctx.Err()
		}
	}
}

func describeBatch(ctx context.Context, states *sfn.Client, execution string) (*batchSummary, error) {
	run, err := states.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &execution})
	if err != nil {
		return nil, fmt.Errorf("describe execution: %w", err)
	}
	s := &batchSummary{Execution: execution, Status: run.Status, Error: aws.ToString(run.Error), Cause: aws.ToString(run.Cause), output: aws.ToString(run.Output)}
	end := time.Now()
	if run.StopDate != nil {
		end = *run.StopDate
	}
	if run.StartDate != nil {
		s.Seconds = end.Sub(*run.StartDate).Seconds()
	}
	maps, err := states.ListMapRuns(ctx, &sfn.ListMapRunsInput{ExecutionArn: &execution})
	if err != nil {
		return nil, fmt.Errorf("list map runs: %w", err)
	}
	for _, m := range maps.MapRuns { // one, as soon as the state is reached
		out, err := states.DescribeMapRun(ctx, &sfn.DescribeMapRunInput{MapRunArn: m.MapRunArn})
		if err != nil {
			return nil, fmt.Errorf("describe map run: %w", err)
		}
		if items := out.ItemCounts; items != nil {
			s.Pictures = items.Total
			s.Failed = items.Failed + items.TimedOut + items.Aborted
			s.done = s.Failed + items.Succeeded
		}
		if calls := out.ExecutionCounts; calls != nil {
			s.Calls = calls.Total
		}
		s.concurrency = int64(out.MaxConcurrency)
	}
	return s, nil
}

// estimate adds the cost. It is a service to the user: where the function can't
// be described, the summary goes without.
func (b *batchCommand) estimate(ctx context.Context, cfg aws.Config, function string, s *batchSummary) {
	f, err := lambda.NewFromConfig(cfg).GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &function})
	if err != nil || len(f.Architectures) == 0 {
		return
	}
	c := estimateCost(cfg.Region, string(f.Architectures[0]), int64(aws.ToInt32(f.MemorySize)), *s)
	s.Cost = &c
}

func (s *batchSummary) show(std *streams, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(std.out).Encode(s)
	}
	_, err := fmt.Fprintf(std.out, "%s: %d pictures in %d calls, %d failed, %s\nResults: %s\n",
		s.Status, s.Pictures, s.Calls, s.Failed, time.Duration(s.Seconds*float64(time.Second)).Round(time.Second), s.Results)
	if err == nil && s.Cost != nil {
		_, err = fmt.Fprintf(std.out, "Cost: at most $%.4f (Lambda $%.4f, Step Functions $%.4f; prices of %s, %s)\n",
			s.Cost.Lambda+s.Cost.StepFunctions, s.Cost.Lambda, s.Cost.StepFunctions, s.Cost.Region, price.Of)
	}
	return err
}
