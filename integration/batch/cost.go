package batch

import "github.com/yolambda/yolambda/integration/price"

// Cost is what a batch may cost in US dollars.
type Cost struct {
	Region        string  `json:"region"` // whose prices are taken
	Lambda        float64 `json:"lambda_usd"`
	StepFunctions float64 `json:"step_functions_usd"`
}

// estimateCost is an upper bound: it takes every call to last, and every place
// of the concurrency to be taken, from the batch's start to its end. Requests to
// S3, logs and metrics are not in it, nor are retried calls.
func estimateCost(region, architecture string, memoryMB int64, s Summary) Cost {
	list, region := price.In(region)
	atOnce := s.Calls
	if s.concurrency > 0 {
		atOnce = min(atOnce, s.concurrency)
	}
	busy := float64(atOnce) * s.Seconds
	calls := float64(s.Calls)
	const ownStates, childGB = 3, 64. / 1024 // express workflows are billed in chunks of 64 MB
	return Cost{
		Region:        region,
		Lambda:        busy*list.Second(architecture, memoryMB) + calls*list.Call,
		StepFunctions: (ownStates+calls)*list.Transition + calls*list.Child + busy*childGB*list.ChildTime,
	}
}
