package yolambda

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

// findsModules are the variables that say where Go gets modules and tools from, and where it keeps what
// it has made. A program is the same whatever they are, but for GOTOOLCHAIN, which chooses the compiler: without
// it a machine might have none that is new enough.
var findsModules = []string{"GOAUTH", "GOCACHE", "GOCACHEPROG", "GOINSECURE", "GOMODCACHE", "GONOPROXY", "GONOSUMDB", "GOPATH",
	"GOPRIVATE", "GOPROXY", "GOSUMDB", "GOTMPDIR", "GOTOOLCHAIN", "GOVCS"}

// runsGo are those of the environment that the go command itself runs by.
var runsGo = []string{"GODEBUG", "GOGC", "GOMAXPROCS", "GOMEMLIMIT", "GOROOT"}

// changesPrograms matches what may make another program of the same sources: all else that Go and cgo
// read, such as GOEXPERIMENT and GOFIPS140, and what C compilers do.
var changesPrograms = regexp.MustCompile(`^(GO[A-Z0-9]*|GO_\w+|CGO_\w+|CC|CXX|FC|AR|PKG_CONFIG|CPATH|(C|CPLUS|OBJC)_INCLUDE_PATH|LIBRARY_PATH|LD_RUN_PATH)$`)

// goEnvironment is that of the user for a build in dir, less what would change the program, be it in the
// environment or written by `go env -w`.
func goEnvironment(dir string) ([]string, error) {
	ask := exec.Command("go", append([]string{"env", "-json"}, findsModules...)...)
	ask.Dir = dir
	said, err := ask.Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			err = fmt.Errorf("%w: %s", err, bytes.TrimSpace(failed.Stderr))
		}
		return nil, fmt.Errorf("ask go for its environment: %w", err)
	}
	var settings map[string]string
	if err := json.Unmarshal(said, &settings); err != nil {
		return nil, fmt.Errorf("read what `go env` says: %w", err)
	}
	environment := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return changesPrograms.MatchString(name) && !slices.Contains(runsGo, name)
	})
	for _, name := range findsModules {
		environment = append(environment, name+"="+settings[name])
	}
	// The workspace could raise the version of a dependency.
	return append(environment, "GOENV=off", "GOWORK=off"), nil
}
