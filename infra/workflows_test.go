package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Workflows take actions by commit, with the version beside it, keep no credentials after
// a checkout, name compilers for one CPU each, and hand out no outputs of the stack.
func TestWorkflows(t *testing.T) {
	paths, err := filepath.Glob("../.github/workflows/*.yml")
	if err != nil || len(paths) < 2 {
		t.Fatalf("workflows: %q, %v", paths, err)
	}
	runner, err := os.ReadFile("../integration/workflow/run.py")
	if err != nil {
		t.Fatal(err)
	}
	uses := regexp.MustCompile(`(?m)uses: (\S+)(.*)$`)
	pinned := regexp.MustCompile(`^[\w-]+/[\w-]+@[0-9a-f]{40}$`)
	version := regexp.MustCompile(`^ # v\d+\.\d+\.\d+$`)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		for _, found := range uses.FindAllStringSubmatch(text, -1) {
			if own := strings.HasPrefix(found[1], "./"); !own && !(pinned.MatchString(found[1]) && version.MatchString(found[2])) {
				t.Errorf("%s: %s is not pinned by commit and named by version", path, found[0])
			} else if action, _, _ := strings.Cut(found[1], "@"); !own && !strings.Contains(string(runner), `"`+action+`":`) {
				t.Errorf("%s: integration/workflow/run.py does not say what stands in for %s", path, action)
			}
		}
		if checkouts, kept := strings.Count(text, "actions/checkout@"), strings.Count(text, "persist-credentials: false"); checkouts != kept {
			t.Errorf("%s: %d checkouts, %d of them without credentials", path, checkouts, kept)
		}
		if regexp.MustCompile(`YOLAMBDA_CC\b`).MatchString(text) {
			t.Errorf("%s: YOLAMBDA_CC is for every CPU", path)
		}
		if regexp.MustCompile(`(?m)^permissions:\n(?:  .*\n)*?  \S+: write`).MatchString(text) {
			t.Errorf("%s: every job may write", path)
		}
		if strings.Contains(text, "path: outputs.json") {
			t.Errorf("%s: the outputs of the stack become an artifact", path)
		}
		if installs, hashed := strings.Count(text, "pip install"), strings.Count(text, "pip install --require-hashes"); installs != hashed {
			t.Errorf("%s: %d of %d pip installs check hashes", path, hashed, installs)
		}
	}
}

// What CI must see may not be skipped there, and nothing is deployed before it passed.
func TestTagIsTestedBeforeItDeploys(t *testing.T) {
	for path, wanted := range map[string][]string{
		"../.github/workflows/ci.yml": {"workflow_call:", `YOLAMBDA_REQUIRE_BUILD: "1"`, `YOLAMBDA_REQUIRE_TOOLS: "1"`,
			"make layers ARCH=arm64", "make layers ARCH=x86_64", "qemu-user"},
		"../.github/workflows/deploy.yml": {"needs: test", "uses: ./.github/workflows/ci.yml", "doctor --stack"},
	} {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wanted {
			if !strings.Contains(string(data), want) {
				t.Errorf("%s: no %q", path, want)
			}
		}
	}
}
