package emulator

import (
	"maps"
	"strconv"
	"strings"
	"time"
)

// version is the function's version: the one that is not published.
const version = "$LATEST"

// environment returns the variables that Lambda sets ("Defined runtime
// environment variables", Lambda Developer Guide) and the function's own,
// which win. AWS_EXECUTION_ENV is missing because Lambda does not set it for
// OS-only runtimes, and the credentials of the function's role because there
// is no role.
func environment(config Config, runtimeAPI string) []string {
	libraries := []string{"/lib64", "/usr/lib64", "/var/runtime", "/var/runtime/lib", config.Dir, config.Dir + "/lib", "/opt/lib"}
	env := map[string]string{
		"AWS_LAMBDA_RUNTIME_API":          runtimeAPI,
		"AWS_LAMBDA_FUNCTION_NAME":        config.FunctionName,
		"AWS_LAMBDA_FUNCTION_VERSION":     version,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(config.MemoryMB),
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME":       "/aws/lambda/" + config.FunctionName,
		"AWS_LAMBDA_LOG_STREAM_NAME":      time.Now().UTC().Format("2006/01/02") + "/[" + version + "]" + randomHex(16),
		"AWS_LAMBDA_LOG_FORMAT":           "Text",
		"AWS_REGION":                      config.Region,
		"AWS_DEFAULT_REGION":              config.Region,
		"LAMBDA_TASK_ROOT":                config.Dir,
		"LAMBDA_RUNTIME_DIR":              "/var/runtime",
		"_HANDLER":                        "bootstrap",
		"LANG":                            "en_US.UTF-8",
		"TZ":                              ":UTC",
		"PATH":                            "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
		"LD_LIBRARY_PATH":                 strings.Join(libraries, ":"),
	}
	maps.Copy(env, config.Env)
	list := make([]string, 0, len(env))
	for name, value := range env {
		list = append(list, name+"="+value)
	}
	return list
}
