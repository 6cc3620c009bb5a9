package main

// The handler writes these metrics in the embedded metric format, one log line
// a picture. The names are part of the contract between lambda/ and this
// module, which draws them and raises alarms on them; docs/deploy.md lists them.
const (
	metricNamespace = "YOLambda"

	// With the dimensions FunctionName and Model:
	metricColdStart   = "ColdStart"         // Count: 1 for the first request of an environment, otherwise 0
	metricDecode      = "DecodeMs"          // Milliseconds
	metricPreprocess  = "PreprocessMs"      // Milliseconds
	metricInference   = "InferenceMs"       // Milliseconds
	metricPostprocess = "PostprocessMs"     // Milliseconds
	metricPicture     = "PictureMegapixels" // None: width times height over one million
	metricUnread      = "UnreadPictures"    // Count: 1 for what is not a picture of a known format, or is broken

	// With the dimensions FunctionName and Class:
	metricDetections = "Detections" // Count

	dimensionFunction = "FunctionName"
	dimensionModel    = "Model"
	dimensionClass    = "Class"
)

// metricMemory is not the handler's: a metric filter takes it from the report
// line that Lambda writes after each request. A filter cannot add a dimension
// with a fixed value, so the namespace carries the function's name.
const metricMemory = "MaxMemoryUsedMB"

func memoryNamespace(functionName string) string { return metricNamespace + "/" + functionName }
