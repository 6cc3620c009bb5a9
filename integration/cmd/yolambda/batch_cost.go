package main

// pricesOf is when the prices below were valid. AWS changes them seldom:
// aws.amazon.com/lambda/pricing and aws.amazon.com/step-functions/pricing have
// those of today.
const pricesOf = "2025"

// prices are in US dollars, of the first tier, without the free tier.
type prices struct {
	arm, x86   float64 // a GB and second of a function
	call       float64 // a call of a function
	transition float64 // a state transition of a standard workflow
	child      float64 // a request to an express workflow
	childTime  float64 // a GB and second of an express workflow
}

// usEast is the price of us-east-1, which most large regions share.
var usEast = prices{
	arm: 0.0000133334, x86: 0.0000166667, call: 0.20e-6,
	transition: 25e-6, child: 1e-6, childTime: 0.00001667,
}

// regionPrices are the regions whose prices we know.
var regionPrices = map[string]prices{
	"us-east-1": usEast,
	"us-east-2": usEast,
	"us-west-2": usEast,
	"eu-west-1": usEast,
}

// cost is what a batch may cost in US dollars.
type cost struct {
	Region        string  `json:"region"` // whose prices are taken
	Lambda        float64 `json:"lambda_usd"`
	StepFunctions float64 `json:"step_functions_usd"`
}

// estimateCost is an upper bound: it takes every call to last, and every place
// of the concurrency to be taken, from the batch's start to its end. Requests to
// S3, logs and metrics are not in it, nor are retried calls.
func estimateCost(region, architecture string, memoryMB int64, s batchSummary) cost {
	p, known := regionPrices[region]
	if !known {
		region, p = "us-east-1", usEast
	}
	second := p.x86
	if architecture == "arm64" {
		second = p.arm
	}
	atOnce := s.Calls
	if s.concurrency > 0 {
		atOnce = min(atOnce, s.concurrency)
	}
	busy := float64(atOnce) * s.Seconds
	calls := float64(s.Calls)
	const ownStates, childGB = 3, 64. / 1024 // express workflows are billed in chunks of 64 MB
	return cost{
		Region:        region,
		Lambda:        busy*float64(memoryMB)/1024*second + calls*p.call,
		StepFunctions: (ownStates+calls)*p.transition + calls*p.child + busy*childGB*p.childTime,
	}
}
