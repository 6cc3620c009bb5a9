// Package plan says what a batch of pictures will take, before it is paid for: hours,
// dollars, and what limits it first. It plays the batch's calls against AWS' documented
// quotas, one event after the other:
//
//	objects listed → children of the Distributed Map → calls of the function → pictures read from S3
//
// Waiting for a quota is simulated, not estimated: a refused call tries again as the
// state machine tells it to (infra/yolambda/batch.asl.json), and fails as it would there. What a
// picture takes is measured elsewhere and given (yolambda bench). What AWS does not
// document is an assumption, and named as one.
package plan

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/yolambda/yolambda/integration/price"
)

// Batch is what is to be run, and how.
type Batch struct {
	Pictures int
	// Size is how many pictures one call looks at, 1 to 64.
	Size int
	// Children is how many calls the state machine makes at once: maxConcurrency.
	Children int
	// Prefixes is over how many prefixes of the bucket the pictures are spread: S3's
	// rate of reading counts for each.
	Prefixes int
	// Picture is what the function takes for one picture of a call, in the mean.
	Picture time.Duration
	// ColdStart is what the first call of an environment takes longer.
	ColdStart time.Duration

	MemoryMB     int64
	Architecture string // arm64 or x86_64
	Region       string // whose prices count
	Quotas       Quotas
}

// Quotas are AWS' limits, those of an account's region.
type Quotas struct {
	// Concurrency is the account's concurrent executions, less what other functions use.
	// New accounts have 10, others 1,000 unless they asked for more.
	Concurrency int
	// Environments may be made at once, and so many more in each ten seconds ("Lambda
	// scaling behavior", Lambda Developer Guide).
	Environments int
	// Children of a Distributed Map at once ("Step Functions service quotas").
	Children int
	// ChildTime is how long an Express child may live, its retries included.
	ChildTime time.Duration
	// Reads a second and prefix ("Best practices design patterns", S3 User Guide).
	Reads float64
	// Listed keys a second. This is an assumption: Step Functions does not say how
	// fast it lists; a page has 1,000 keys and takes S3 some 100 ms.
	Listed float64
}

// AWS are the documented quotas for an account of so many concurrent executions.
func AWS(concurrency int) Quotas {
	return Quotas{
		Concurrency: concurrency, Environments: 1000, Children: 10_000, ChildTime: 5 * time.Minute,
		Reads: 5500, Listed: 10_000,
	}
}

// Limit is what a batch waits for most.
type Limit string

// The limits.
const (
	ByChildren     Limit = "calls at once (maxConcurrency)"
	ByConcurrency  Limit = "the account's concurrent executions"
	ByEnvironments Limit = "new environments (1,000 in 10 s)"
	ByReads        Limit = "reading from S3 (5,500 a second and prefix)"
	ByListing      Limit = "listing the objects"
)

// Outcome is what a batch takes.
type Outcome struct {
	Duration time.Duration `json:"-"`
	Seconds  float64       `json:"seconds"`
	// PerSecond is pictures a second, in the mean.
	PerSecond float64 `json:"pictures_per_second"`
	// Calls of the function that ran, Refused ones that were tried again, and calls that
	// Failed for good, with all their pictures.
	Calls   int `json:"calls"`
	Refused int `json:"refused"`
	Failed  int `json:"failed"`
	// Environments is how many there were at the most.
	Environments int   `json:"environments"`
	Limit        Limit `json:"limit"`
	Cost         Cost  `json:"cost_usd"`
}

// Cost is in US dollars.
type Cost struct {
	Lambda        float64 `json:"lambda"`
	StepFunctions float64 `json:"step_functions"`
	S3            float64 `json:"s3"`
}

// Total is the sum.
func (c Cost) Total() float64 { return c.Lambda + c.StepFunctions + c.S3 }

// Advise changes how a batch is run, so that it is as fast as its quotas allow and no call
// is refused: as many calls at once as the account has executions, and no more than read
// from S3 without waiting; and forty pictures a call, since each call costs a state
// transition, and the replies for forty are well below the 256 KB that a child may answer
// with (masks have more: take fewer).
func (b Batch) Advise() Batch {
	b.Size = min(40, max(1, int(b.Quotas.ChildTime/2/b.Picture)))
	b.Children = min(b.Quotas.Concurrency, b.Quotas.Children)
	if b.Prefixes > 0 {
		readers := int(b.Quotas.Reads * float64(b.Prefixes) * b.Picture.Seconds())
		b.Children = max(1, min(b.Children, readers))
	}
	return b
}

// Check says what is not possible in a batch, without running it.
func (b Batch) Check() error {
	switch {
	case b.Pictures < 1:
		return errors.New("plan a batch: there are no pictures")
	case b.Size < 1 || b.Size > 64:
		return fmt.Errorf("plan a batch: %d pictures a call; 1 to 64 are allowed", b.Size)
	case b.Children < 1 || b.Children > b.Quotas.Children:
		return fmt.Errorf("plan a batch: %d calls at once; 1 to %d are allowed", b.Children, b.Quotas.Children)
	case b.Prefixes < 1 || b.Quotas.Concurrency < 1 || b.Picture <= 0:
		return errors.New("plan a batch: prefixes, concurrency and a picture's time must be above zero")
	}
	if call := b.ColdStart + time.Duration(b.Size)*b.Picture; call > b.Quotas.ChildTime {
		return fmt.Errorf("plan a batch: a call of %d pictures takes %s, more than the %s of an Express child; take fewer pictures a call",
			b.Size, call.Round(time.Second), b.Quotas.ChildTime)
	}
	return nil
}

// Run plays the batch. The same batch has the same outcome each time.
func Run(ctx context.Context, b Batch) (Outcome, error) {
	if err := b.Check(); err != nil {
		return Outcome{}, err
	}
	s := newSimulation(b)
	if err := s.run(ctx); err != nil {
		return Outcome{}, fmt.Errorf("plan a batch: %w", err)
	}
	out := Outcome{
		Duration: seconds(s.now), Seconds: s.now, PerSecond: float64(b.Pictures) / max(s.now, 1e-9),
		Calls: s.calls, Refused: s.refused, Failed: s.failed, Environments: s.made, Limit: s.limit(),
	}
	out.Cost = b.cost(s)
	return out, nil
}

// cost is AWS' list price of what was played. A child is billed from its start to its
// end, waiting included, in chunks of 64 MB.
func (b Batch) cost(s *simulation) Cost {
	list, _ := price.In(b.Region)
	const childGB = 64. / 1024
	children := float64(s.calls + s.failed)
	return Cost{
		Lambda:        s.busy*list.Second(b.Architecture, b.MemoryMB) + float64(s.calls)*list.Call,
		StepFunctions: children*(list.Transition+list.Child) + s.childTime*childGB*list.ChildTime,
		S3:            float64(b.Pictures)*list.Read + float64(b.Pictures)/1000*list.List + children*list.Write,
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
