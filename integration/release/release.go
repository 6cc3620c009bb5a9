// Package release gives the project's Go modules a version. They lie in one
// repository, and two of them need another: integration and infra import lambda. go.work
// joins them for whoever develops; everybody else, `go install` and `go get`, goes by
// what their go.mod and go.sum say of lambda.
//
// The hash of a module is that of its own folder, and the edits are in others', so
// that one commit can carry the version and the hash of what it holds itself.
package release

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// repository is the start of every module's path.
const repository = "github.com/yolambda/yolambda/"

// modules are the folders that have a go.mod.
var modules = []string{"infra", "integration", "lambda"}

// needLambda are those of them that import lambda.
var needLambda = []string{"infra", "integration"}

// of is a module of ours in a version.
func of(folder, version string) module.Version {
	return module.Version{Path: repository + folder, Version: version}
}

// Make writes the version, such as "v1.2.3", into the repository at root: into
// the go.mod and go.sum of the modules that need lambda, into go.work and into the changelog. It commits
// that, and gives the commit the tags of the version and of each module's. It returns the tags and
// sends nothing anywhere.
func Make(ctx context.Context, root, version string, now time.Time) (tags []string, err error) {
	if err := check(version); err != nil {
		return nil, err
	}
	g := git{ctx, root}
	if changes, err := g.run("status", "--porcelain", "--untracked-files=no"); err != nil {
		return nil, err
	} else if changes != "" {
		return nil, fmt.Errorf("commit first what is changed:\n%s", changes)
	}
	tags = Tags(version)
	for _, tag := range tags {
		if there, err := g.run("tag", "--list", tag); err != nil {
			return nil, err
		} else if there != "" {
			return nil, fmt.Errorf("there is a tag %s already: a version is given once", tag)
		}
	}
	if err := edit(g, version, now); err != nil {
		return nil, err
	}
	if _, err := g.run("commit", "--quiet", "--all", "--message", "Release "+version); err != nil {
		return nil, err
	}
	for _, tag := range tags {
		if _, err := g.run("tag", "--annotate", "--message", "YOLambda "+version, tag); err != nil {
			return nil, err
		}
	}
	return tags, nil
}

// check refuses what Go does not take as the version of these modules.
func check(version string) error {
	switch {
	case !semver.IsValid(version) || semver.Canonical(version) != version || module.IsPseudoVersion(version):
		return fmt.Errorf("%q is not a version such as v1.2.3 or v1.2.3-rc.1", version)
	case !slices.Contains([]string{"v0", "v1"}, semver.Major(version)):
		return fmt.Errorf("%s: from v2 on, Go wants the major version in the modules' paths: change these first", version)
	}
	return nil
}

// Tags are those of a version: its own, which deploys, and one a module, where Go
// looks for it.
func Tags(version string) []string {
	tags := []string{version}
	for _, folder := range modules {
		tags = append(tags, folder+"/"+version)
	}
	return tags
}

// edit writes the files of a release. None is written unless all can be made.
func edit(g git, version string, now time.Time) error {
	zip, err := pack(g, "lambda", version, "HEAD")
	if err != nil {
		return err
	}
	type file struct {
		name string
		edit func([]byte) ([]byte, error)
	}
	files := []file{
		{"go.work", func(old []byte) ([]byte, error) { return joinLambda(old, version) }},
		{"CHANGELOG.md", func(old []byte) ([]byte, error) { return nameUnreleased(old, version, now) }},
	}
	for _, folder := range needLambda {
		files = append(files,
			file{filepath.Join(folder, "go.mod"), func(old []byte) ([]byte, error) { return requireLambda(old, version) }},
			file{filepath.Join(folder, "go.sum"), func(old []byte) ([]byte, error) { return sumLambda(old, zip) }})
	}
	edited := map[string][]byte{}
	for _, file := range files {
		path := filepath.Join(g.root, file.name)
		data, err := os.ReadFile(path)
		if err == nil {
			data, err = file.edit(data)
		}
		if err != nil {
			return fmt.Errorf("edit %s: %w", file.name, err)
		}
		edited[path] = data
	}
	for path, data := range edited {
		if err := os.WriteFile(path, data, 0o666); err != nil {
			return fmt.Errorf("write release: %w", err)
		}
	}
	return nil
}

// nameUnreleased gives what is under the changelog's heading "Unreleased" a heading of
// its own. A release that changes nothing, or doesn't say what, is refused.
func nameUnreleased(changelog []byte, version string, now time.Time) ([]byte, error) {
	const heading = "## Unreleased\n"
	before, after, found := strings.Cut(string(changelog), heading)
	if !found {
		return nil, errors.New("it has no heading Unreleased")
	}
	changes, _, _ := strings.Cut(after, "\n## ")
	if strings.TrimSpace(changes) == "" {
		return nil, errors.New("there is nothing under Unreleased: say what the release changes")
	}
	named := fmt.Sprintf("%s\n## %s - %s\n", heading, strings.TrimPrefix(version, "v"), now.UTC().Format(time.DateOnly))
	return []byte(before + named + after), nil
}
