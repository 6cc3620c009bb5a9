// Package price knows what AWS charges for what YOLambda uses.
package price

import "math"

// Of is when the prices were valid. They are from memory and nobody has checked
// them; AWS changes them seldom: aws.amazon.com/lambda/pricing,
// aws.amazon.com/step-functions/pricing and aws.amazon.com/rekognition/pricing
// have those of today.
const Of = "2025"

// List is what one region charges, in US dollars, in the first tier and without
// the free tier.
type List struct {
	Arm64, X86 float64 // a GB and second of a function
	Call       float64 // a call of a function
	Transition float64 // a state transition of a standard workflow
	Child      float64 // a request to an express workflow
	ChildTime  float64 // a GB and second of an express workflow
	Read       float64 // an S3 GET
	List       float64 // an S3 LIST, of up to 1,000 keys
	Write      float64 // an S3 PUT
	// Labels is a picture in Rekognition's DetectLabels.
	Labels float64
}

// usEast is the list of us-east-1, which most large regions share.
var usEast = List{
	Arm64: 0.0000133334, X86: 0.0000166667, Call: 0.20e-6,
	Transition: 25e-6, Child: 1e-6, ChildTime: 0.00001667,
	Read: 0.4e-6, List: 5e-6, Write: 5e-6,
	Labels: 0.001,
}

// lists are the regions whose prices we know.
var lists = map[string]List{
	"us-east-1": usEast,
	"us-east-2": usEast,
	"us-west-2": usEast,
	"eu-west-1": usEast,
}

// In is the list of a region; for one that we don't know it is that of us-east-1,
// and so is the name that it returns.
func In(region string) (list List, of string) {
	if list, known := lists[region]; known {
		return list, region
	}
	return usEast, "us-east-1"
}

// Second is the price of a function's second at its memory in MB. The
// architecture is "arm64" or "x86_64".
func (l List) Second(architecture string, memoryMB int64) float64 {
	gb := float64(memoryMB) / 1024
	if architecture == "arm64" {
		return gb * l.Arm64
	}
	return gb * l.X86
}

// Request is the price of a call that keeps a function busy for ms milliseconds.
// Lambda bills whole ones.
func (l List) Request(ms float64, architecture string, memoryMB int64) float64 {
	return math.Ceil(ms)/1000*l.Second(architecture, memoryMB) + l.Call
}
