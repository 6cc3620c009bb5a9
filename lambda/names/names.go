// Package names has the names that the function, the stack around it and its
// clients agree upon. A name that is written by one of them and read by another is
// here, and a test holds the stack's template to it.
package names

// What the function measures, in CloudWatch's embedded metric format. Each metric
// has the dimension Function besides its own.
const (
	MetricNamespace = "YOLambda"

	DimensionFunction = "FunctionName"
	DimensionModel    = "Model"
	DimensionClass    = "Class"

	// By model:
	MetricColdStart   = "ColdStart"         // Count: 1 for the first request of an environment, otherwise 0
	MetricDecode      = "DecodeMs"          // Milliseconds
	MetricPreprocess  = "PreprocessMs"      // Milliseconds
	MetricInference   = "InferenceMs"       // Milliseconds
	MetricPostprocess = "PostprocessMs"     // Milliseconds
	MetricPicture     = "PictureMegapixels" // None: width times height over one million
	MetricUnread      = "UnreadPictures"    // Count: 1 for what is not a picture of a known format, or is broken

	// By class:
	MetricDetections = "Detections" // Count
)

// The outputs of the stack that its callers read; it has others, for people.
const (
	OutputURL          = "FunctionUrl"
	OutputFunctionName = "FunctionName"
	OutputAlias        = "Alias"
	OutputCallerPolicy = "CallerPolicyArn"
	OutputLogGroup     = "LogGroup"
	OutputVersion      = "Version"                // as git describes it
	OutputBatch        = "BatchStateMachineArn"   // of stacks with -c batch=true
	OutputTrigger      = "TriggerResultsLocation" // of stacks with -c trigger=s3
)

// PrefixBatchResults is where, in the bucket of results, each execution of a batch
// has a folder: manifest.json and files of JSON lines.
const PrefixBatchResults = "results/batch/"

// The alarms of the stack: of the function NAME they are called NAME-Errors and so on.
var (
	AlarmsOfFunction = []string{"Errors", "ServerErrors", "Throttles", "Duration", "Memory"}
	AlarmsOfBatch    = []string{"BatchFailed", "BatchTimedOut"}                                    // with -c batch=true
	AlarmsOfTrigger  = []string{"PicturesFailed", "PicturesExpire", "PicturesWait", "Undelivered"} // with -c trigger=s3
)
