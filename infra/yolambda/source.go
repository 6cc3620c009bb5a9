package yolambda

import (
	"fmt"
	"os/exec"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
)

// functionModule is what is compiled to the function.
const functionModule = "github.com/yolambda/yolambda/lambda"

// sourceOf is the folder of the function's module: the given one, or else that of the version
// that the app's go.mod names, in the module cache or wherever go.work has it.
func sourceOf(scope constructs.Construct, given string) string {
	if !bundles(scope) {
		return "."
	}
	if given != "" {
		return given
	}
	var messages strings.Builder
	command := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", functionModule)
	command.Stderr = &messages
	output, err := command.Output()
	dir := strings.TrimSpace(string(output))
	if err != nil || dir == "" {
		panic(BuildError{fmt.Sprintf("find the sources of %s: run the app in the folder of its go.mod, after `go mod download %s` (%v)\n%s",
			functionModule, functionModule, err, messages.String())})
	}
	return dir
}
