package batch

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// Summary is what became of a batch, or how far it is.
type Summary struct {
	Execution string                `json:"execution"`
	Status    types.ExecutionStatus `json:"status"`
	Pictures  int64                 `json:"pictures"`
	Failed    int64                 `json:"failed"` // pictures of failed calls
	Calls     int64                 `json:"calls"`
	Seconds   float64               `json:"seconds"`
	Results   string                `json:"results"`
	Cost      *Cost                 `json:"cost_at_most,omitempty"`
	Error     string                `json:"error,omitempty"`
	Cause     string                `json:"cause,omitempty"`

	// Done are the pictures of calls that have ended.
	Done int64 `json:"-"`

	output      string
	concurrency int64
}

// Running reports whether the batch goes on.
func (s *Summary) Running() bool { return s.Status == types.ExecutionStatusRunning }

// Err is why a batch that has ended did not succeed.
func (s *Summary) Err() error {
	if s.Status == types.ExecutionStatusSucceeded {
		return nil
	}
	return fmt.Errorf("the batch ended as %s: %s %s", s.Status, s.Error, s.Cause)
}

// describe asks how far a batch is.
func (m *Machine) describe(ctx context.Context, execution string) (*Summary, error) {
	run, err := m.states.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &execution})
	if err != nil {
		return nil, fmt.Errorf("describe execution: %w", err)
	}
	s := &Summary{Execution: execution, Status: run.Status, Error: aws.ToString(run.Error), Cause: aws.ToString(run.Cause), output: aws.ToString(run.Output), Results: m.results(execution)}
	end := time.Now()
	if run.StopDate != nil {
		end = *run.StopDate
	}
	if run.StartDate != nil {
		s.Seconds = end.Sub(*run.StartDate).Seconds()
	}
	maps, err := m.states.ListMapRuns(ctx, &sfn.ListMapRunsInput{ExecutionArn: &execution})
	if err != nil {
		return nil, fmt.Errorf("list map runs: %w", err)
	}
	for _, run := range maps.MapRuns { // one, as soon as the state is reached
		out, err := m.states.DescribeMapRun(ctx, &sfn.DescribeMapRunInput{MapRunArn: run.MapRunArn})
		if err != nil {
			return nil, fmt.Errorf("describe map run: %w", err)
		}
		if items := out.ItemCounts; items != nil {
			s.Pictures = items.Total
			s.Failed = items.Failed + items.TimedOut + items.Aborted
			s.Done = s.Failed + items.Succeeded
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
func (m *Machine) estimate(ctx context.Context, s *Summary) {
	f, err := lambda.NewFromConfig(m.cfg).GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &m.function})
	if err != nil || len(f.Architectures) == 0 {
		return
	}
	c := estimateCost(m.cfg.Region, string(f.Architectures[0]), int64(aws.ToInt32(f.MemorySize)), *s)
	s.Cost = &c
}
