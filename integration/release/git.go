package release

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// git runs git in a repository.
type git struct {
	ctx  context.Context
	root string
}

// run returns what git prints, without the line break at its end.
func (g git) run(args ...string) (string, error) {
	out, err := exec.CommandContext(g.ctx, "git", append([]string{"-C", g.root}, args...)...).Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return "", fmt.Errorf("git %s: %s", args[0], strings.TrimSpace(string(exit.Stderr)))
	}
	if err != nil {
		return "", fmt.Errorf("git %s: %w", args[0], err)
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}
