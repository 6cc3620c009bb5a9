package release

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// repo is a small repository of the same shape.
func repo(t *testing.T) git {
	t.Helper()
	g := git{t.Context(), t.TempDir()}
	for name, text := range map[string]string{
		"LICENSE":            "a licence\n",
		"CHANGELOG.md":       "# Changelog\n\n## Unreleased\n\nThe first.\n",
		"go.work":            "go 1.26.0\n\nuse (\n\t./infra\n\t./integration\n\t./lambda\n)\n\nreplace github.com/yolambda/yolambda/lambda v0.0.1 => ./lambda\n",
		"infra/go.mod":       "module github.com/yolambda/yolambda/infra\n\ngo 1.26\n\nrequire github.com/yolambda/yolambda/lambda v0.0.1\n",
		"infra/go.sum":       "",
		"lambda/go.mod":      "module github.com/yolambda/yolambda/lambda\n\ngo 1.26\n",
		"lambda/api/api.go":  "package api\n",
		"integration/go.mod": "module github.com/yolambda/yolambda/integration\n\ngo 1.26\n\nrequire github.com/yolambda/yolambda/lambda v0.0.1\n",
		"integration/go.sum": "github.com/yolambda/yolambda/lambda v0.0.1 h1:old=\nexample.org/other v1.0.0 h1:other=\n",
		"integration/a.go":   "package integration\n\nimport _ \"github.com/yolambda/yolambda/lambda/api\"\n",
	} {
		path := filepath.Join(g.root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	commit(t, g)
	return g
}

// commit puts everything in g's folder under version control.
func commit(t *testing.T, g git) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("skipped: releases are made with git")
	}
	for _, args := range [][]string{
		{"init", "--quiet"},
		{"config", "user.name", "Test"},
		{"config", "user.email", "test@example.org"},
		{"config", "commit.gpgsign", "false"},
		{"config", "tag.gpgsign", "false"},
		{"add", "--all"},
		{"commit", "--quiet", "--message", "All"},
	} {
		if _, err := g.run(args...); err != nil {
			t.Fatal(err)
		}
	}
}

var day = time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)

func TestMake(t *testing.T) {
	g := repo(t)
	tags, err := Make(t.Context(), g.root, "v1.2.3", day)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(tags, " "); got != "v1.2.3 infra/v1.2.3 integration/v1.2.3 lambda/v1.2.3" {
		t.Errorf("tags %s", got)
	}
	for file, want := range map[string]string{
		"infra/go.mod":       "lambda v1.2.3\n",
		"infra/go.sum":       "lambda v1.2.3 h1:",
		"integration/go.mod": "lambda v1.2.3\n",
		"integration/go.sum": "example.org/other v1.0.0 h1:other=\ngithub.com/yolambda/yolambda/lambda v1.2.3 h1:",
		"go.work":            "replace github.com/yolambda/yolambda/lambda v1.2.3 => ./lambda\n",
		"CHANGELOG.md":       "## Unreleased\n\n## 1.2.3 - 2026-11-27\n\nThe first.",
	} {
		text, err := g.run("show", "v1.2.3:"+file)
		if err != nil || !strings.Contains(text+"\n", want) || strings.Contains(text, "v0.0.1") {
			t.Errorf("%s: %v\n%s", file, err, text)
		}
	}
	if changes, err := g.run("status", "--porcelain"); err != nil || changes != "" {
		t.Errorf("left uncommitted: %v %s", err, changes)
	}
}

func TestMakeRefuses(t *testing.T) {
	write := func(name, text string) func(*testing.T, git) {
		return func(t *testing.T, g git) {
			if err := os.WriteFile(filepath.Join(g.root, name), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
			if _, err := g.run("commit", "--quiet", "--all", "--message", "Edit"); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, tt := range []struct {
		name, version string
		before        func(*testing.T, git)
		text          string
	}{
		{"no version", "1.2.3", nil, "not a version"},
		{"short", "v1.2", nil, "not a version"},
		{"major", "v2.0.0", nil, "modules' paths"},
		{"uncommitted", "v1.0.0", func(t *testing.T, g git) {
			if err := os.WriteFile(filepath.Join(g.root, "LICENSE"), nil, 0o666); err != nil {
				t.Fatal(err)
			}
		}, "commit first"},
		{"tag taken", "v1.0.0", func(t *testing.T, g git) {
			if _, err := g.run("tag", "lambda/v1.0.0"); err != nil {
				t.Fatal(err)
			}
		}, "tag lambda/v1.0.0 already"},
		{"nothing changed", "v1.0.0", write("CHANGELOG.md", "## Unreleased\n\n## 0.9.0 - 2026-01-01\n\nOld.\n"), "nothing under Unreleased"},
		{"no heading", "v1.0.0", write("CHANGELOG.md", "# Changelog\n"), "no heading Unreleased"},
		{"replace", "v1.0.0", write("integration/go.mod", "module m\n\ngo 1.26\n\nreplace a => ../a\n"), "it replaces a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := repo(t)
			if tt.before != nil {
				tt.before(t, g)
			}
			was, err := g.run("rev-parse", "HEAD")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Make(t.Context(), g.root, tt.version, day); err == nil || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("got %v, want %q", err, tt.text)
			}
			if is, err := g.run("rev-parse", "HEAD"); err != nil || is != was {
				t.Errorf("committed something: %s, %v", is, err)
			}
		})
	}
}
