package main

import (
	"os/exec"
	"strings"
)

// versionOf names the commit that root is at, as `yolambda version` does: by the last tag, what came
// after it, and the commit. What was not committed is left out, as each saved file would
// otherwise change the stack's outputs. Empty where there is no repository.
func versionOf(root string) string {
	said, err := exec.Command("git", "-C", root, "describe", "--tags", "--always").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(said))
}
