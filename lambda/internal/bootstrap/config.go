package bootstrap

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
)

// config is what the environment says, read once. The layers put the library and the
// models under /opt, where they are found without any of these variables.
type config struct {
	library string   // YOLAMBDA_LIBRARY: ONNX Runtime's shared library
	models  []string // files of models, the default first: YOLAMBDA_MODEL, then those of the folder YOLAMBDA_MODELS
	// prefixes and results are where pictures in S3 may be read and where the replies to
	// new ones go: YOLAMBDA_S3_PREFIXES, YOLAMBDA_S3_RESULTS. Empty where the stack was
	// deployed without batch and trigger.
	prefixes, results string

	// What Lambda says: AWS_LAMBDA_FUNCTION_NAME, AWS_LAMBDA_RUNTIME_API (HOST:PORT; both
	// empty elsewhere), and AWS_LAMBDA_INITIALIZATION_TYPE.
	function, runtimeAPI string
	memory               int  // AWS_LAMBDA_FUNCTION_MEMORY_SIZE in MB; 0 elsewhere
	onDemand             bool // a caller waits for the start
	keepGC               bool // GOGC is set: the collector is somebody's own choice

	// cpus is how many CPUs this process works on: YOLAMBDA_CPUS, its share where it is
	// one of several processes of a machine; all of them where that is unset, as on Lambda.
	cpus int
}

// readConfig reads the environment.
func readConfig() config {
	memory, _ := strconv.Atoi(os.Getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"))
	return config{
		library:    cmp.Or(os.Getenv("YOLAMBDA_LIBRARY"), "/opt/lib/libonnxruntime.so"),
		models:     modelPaths(os.Getenv("YOLAMBDA_MODEL"), cmp.Or(os.Getenv("YOLAMBDA_MODELS"), "/opt/models")),
		prefixes:   os.Getenv("YOLAMBDA_S3_PREFIXES"),
		results:    os.Getenv("YOLAMBDA_S3_RESULTS"),
		function:   os.Getenv("AWS_LAMBDA_FUNCTION_NAME"),
		memory:     memory,
		runtimeAPI: os.Getenv("AWS_LAMBDA_RUNTIME_API"),
		onDemand:   os.Getenv("AWS_LAMBDA_INITIALIZATION_TYPE") == "on-demand",
		keepGC:     os.Getenv("GOGC") != "",
		cpus:       share(os.Getenv("YOLAMBDA_CPUS")),
	}
}

// share is the number of CPUs that the text says, as far as there are so many; all of
// them where it says none.
func share(text string) int {
	all := runtime.NumCPU()
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return all
	}
	return min(n, all)
}

// modelPaths are the named model's file and, next to it, all in the folder. Where none is
// named and /opt/model.onnx is not there, the folder's first by name is the default.
func modelPaths(named, folder string) []string {
	paths, _ := fs.Glob(os.DirFS(folder), "[^.]*.onnx") // the pattern is well-formed; hidden files, as macOS leaves them, are none
	for i, name := range paths {
		paths[i] = filepath.Join(folder, name)
	}
	first := cmp.Or(named, "/opt/model.onnx")
	if _, err := os.Stat(first); err != nil && len(paths) > 0 && named == "" {
		return paths
	}
	return append([]string{first}, paths...)
}
