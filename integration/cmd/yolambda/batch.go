package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/yolambda/yolambda/integration/batch"
	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/price"
	"github.com/yolambda/yolambda/integration/terminal"
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
	Concurrency int           `placeholder:"N" help:"Calls of the function at once (half of what it can run, 100 at most)."`
	BatchSize   int           `placeholder:"N" help:"Pictures a call, 1 to 64 (12)."`
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
	job, err := b.job()
	if err != nil {
		return err
	}
	cfg, err := client.LoadAWS(ctx)
	if err != nil {
		return err
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
	machine, err := batch.Open(ctx, cfg, b.StateMachine)
	if err != nil {
		return err
	}
	bucket, prefix, _ := strings.Cut(strings.TrimPrefix(b.Input, "s3://"), "/")
	if bucket != machine.Pictures {
		return usagef("--input %s: this state machine reads the bucket %s", b.Input, machine.Pictures)
	}
	job.Prefix = prefix
	if job.Concurrency, err = machine.Fit(ctx, job.Concurrency); err != nil {
		return fmt.Errorf("--concurrency: %w", err)
	}
	execution, err := machine.Start(ctx, job)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.err, "Started %s\n", execution)
	const unknown = -1 // until the execution tells
	progress := terminal.NewProgress(std.err, unknown, "pictures")
	summary, err := machine.Watch(ctx, execution, b.Poll, func(s batch.Summary) {
		progress.Set(s.Done, s.Pictures, fmt.Sprintf("%d failed", s.Failed))
	})
	progress.Clear()
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted; the batch goes on. To stop it:\n  aws stepfunctions stop-execution --execution-arn %s", execution)
	}
	if err != nil {
		return err
	}
	if err := showBatch(std, summary, b.JSON); err != nil {
		return fmt.Errorf("print summary: %w", err)
	}
	if err := summary.Err(); err != nil {
		return err
	}
	if b.Output != "" {
		return machine.Download(ctx, summary, b.Output)
	}
	return nil
}

// job is what the command line asks, without the prefix.
func (b *batchCommand) job() (batch.Job, error) {
	options, err := b.options()
	if err != nil {
		return batch.Job{}, err
	}
	switch {
	case !strings.HasPrefix(b.Input, "s3://"):
		return batch.Job{}, usagef("--input %s is not s3://BUCKET/PREFIX", b.Input)
	case b.Concurrency < 0 || b.Concurrency > 10_000:
		return batch.Job{}, usagef("--concurrency %d is not from 1 to 10000", b.Concurrency)
	case b.BatchSize < 0 || b.BatchSize > api.MaxImages:
		return batch.Job{}, usagef("--batch-size %d is not from 1 to %d", b.BatchSize, api.MaxImages)
	}
	if b.Name == "" {
		b.Name = time.Now().UTC().Format("20060102-150405")
	}
	return batch.Job{Name: b.Name, Options: options, Concurrency: b.Concurrency, Size: b.BatchSize}, nil
}

func showBatch(std *streams, s *batch.Summary, asJSON bool) error {
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
