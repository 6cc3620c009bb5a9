package yolambda

import (
	"errors"
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
	dir, err := moduleFolder()
	if err != nil {
		panic(BuildError{fmt.Sprintf("find the sources of %s: %v\nRun the app in the folder of its go.mod, with Go in the PATH, after `go mod download %s`",
			functionModule, err, functionModule)})
	}
	return dir
}

// moduleFolder asks Go. A folder vendor of the app's does not have the module, as no package of
// the app imports the function's program.
func moduleFolder() (string, error) {
	var messages strings.Builder
	command := exec.Command("go", "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", functionModule)
	command.Stderr = &messages
	output, err := command.Output()
	dir := strings.TrimSpace(string(output))
	switch {
	case err != nil:
		return "", fmt.Errorf("%w\n%s", err, strings.TrimSpace(messages.String()))
	case dir == "":
		return "", errors.New("it is not in the module cache")
	}
	return dir, nil
}
