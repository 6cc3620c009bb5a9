package plan

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

// batch is one of an old account, in which nothing but the children limits.
func batch() Batch {
	return Batch{
		Pictures: 100_000, Size: 10, Children: 100, Prefixes: 1, Picture: 50 * time.Millisecond,
		MemoryMB: 10240, Architecture: "arm64", Region: "us-east-1", Quotas: AWS(1000),
	}
}

func run(t *testing.T, b Batch) Outcome {
	t.Helper()
	out, err := Run(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A batch that would be played for days ends with the caller's patience.
func TestRunCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b := batch()
	b.Pictures = 1 << 50
	if out, err := Run(ctx, b); !errors.Is(err, context.Canceled) {
		t.Errorf("got %+v and %v", out, err)
	}
}

// Where nothing is waited for, the time is that of a division.
func TestChildrenLimit(t *testing.T) {
	out := run(t, batch())
	want := 100_000. / 100 * 0.05
	if got := out.Duration.Seconds(); math.Abs(got-want) > 0.02*want {
		t.Errorf("took %.1f s, want %.1f", got, want)
	}
	if out.Limit != ByChildren || out.Calls != 10_000 || out.Refused != 0 || out.Environments != 100 {
		t.Errorf("%+v", out)
	}
	// 10 GB at 0.0000133334 dollars a second for 5,000 s, and 10,000 calls.
	if want := 5000*10*0.0000133334 + 10_000*0.2e-6; math.Abs(out.Cost.Lambda-want) > 0.01*want {
		t.Errorf("Lambda costs %.3f, want %.3f", out.Cost.Lambda, want)
	}
}

func TestLimits(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Batch)
		limit  Limit
		check  func(Outcome) bool
	}{
		{"more children than the account has", func(b *Batch) { b.Quotas.Concurrency = 90 },
			ByConcurrency, func(o Outcome) bool { return o.Refused > 0 && o.Environments == 90 }},
		{"a new account: most calls are refused for good", func(b *Batch) { b.Quotas.Concurrency = 10; b.Picture = 5 * time.Second },
			ByConcurrency, func(o Outcome) bool { return o.Failed > 0 }},
		{"a new account, asked for what it has", func(b *Batch) { b.Quotas.Concurrency, b.Children = 10, 10 },
			ByChildren, func(o Outcome) bool { return o.Failed == 0 && o.Refused == 0 && o.Environments == 10 }},
		{"more at once than environments can be made", func(b *Batch) { b.Quotas, b.Children = AWS(10_000), 10_000; b.Quotas.Listed = 1e9 },
			ByEnvironments, func(o Outcome) bool { return o.Refused > 0 }},
		{"one prefix", func(b *Batch) { b.Children, b.Pictures, b.Quotas.Listed = 1000, 1_000_000, 1e9 },
			ByReads, func(o Outcome) bool { return o.PerSecond < 5510 && o.PerSecond > 5000 }},
		{"many prefixes", func(b *Batch) { b.Children, b.Pictures, b.Prefixes = 1000, 1_000_000, 8 },
			ByListing, func(o Outcome) bool { return o.PerSecond < 10_010 && o.PerSecond > 9000 }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := batch()
			test.change(&b)
			out := run(t, b)
			if out.Limit != test.limit || !test.check(out) {
				t.Errorf("limited by %s: %+v", out.Limit, out)
			}
			if again := run(t, b); again != out {
				t.Errorf("another outcome the second time: %+v and %+v", out, again)
			}
			if pictures := (out.Calls + out.Failed) * b.Size; pictures != b.Pictures {
				t.Errorf("%d pictures were in calls, want %d", pictures, b.Pictures)
			}
		})
	}
}

// More of a quota never makes a batch slower, but for the chance of its retries.
func TestMoreIsFaster(t *testing.T) {
	last := math.Inf(1)
	for _, concurrency := range []int{10, 30, 100, 300, 1000} {
		b := batch()
		b.Quotas.Concurrency, b.Children = concurrency, concurrency
		took := run(t, b).Duration.Seconds()
		if took > last {
			t.Errorf("%d at once took %.1f s, fewer %.1f", concurrency, took, last)
		}
		last = took
	}
}

// Advice is never refused a call, and never slower than what it was given.
func TestAdvise(t *testing.T) {
	for _, concurrency := range []int{10, 1000, 10_000} {
		b := batch()
		b.Pictures, b.Quotas = 1_000_000, AWS(concurrency)
		given, advised := run(t, b), run(t, b.Advise())
		if advised.Failed > 0 || advised.Limit == ByConcurrency {
			t.Errorf("%d: the advice %+v comes to %+v", concurrency, b.Advise(), advised)
		}
		if given.Failed == 0 && advised.Duration > given.Duration {
			t.Errorf("%d: as advised %s, as given %s", concurrency, advised.Duration, given.Duration)
		}
		if advised.Cost.StepFunctions > given.Cost.StepFunctions {
			t.Errorf("%d: as advised Step Functions costs %.2f, as given %.2f", concurrency, advised.Cost.StepFunctions, given.Cost.StepFunctions)
		}
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		change func(*Batch)
		want   string
	}{
		{func(b *Batch) { b.Pictures = 0 }, "no pictures"},
		{func(b *Batch) { b.Size = 65 }, "1 to 64"},
		{func(b *Batch) { b.Children = 10_001 }, "1 to 10000"},
		{func(b *Batch) { b.Prefixes = 0 }, "above zero"},
		{func(b *Batch) { b.Size, b.Picture = 64, 5*time.Second }, "fewer pictures a call"},
	}
	for _, test := range tests {
		b := batch()
		test.change(&b)
		if _, err := Run(t.Context(), b); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error %v, want %q", err, test.want)
		}
	}
}
