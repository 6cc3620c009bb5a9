package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// environmentName is that of a file below environments, without .json.
var environmentName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)

// withEnvironment gives the context with the settings of environments/NAME.json below root,
// where the context's env names one. What the command line says wins. A setting that cdk.json has
// as well is refused: the context does not tell the two apart.
func withEnvironment(root string, context map[string]any) (map[string]any, error) {
	given := context["env"]
	if given == nil || given == "" {
		return context, nil
	}
	name, _ := given.(string)
	if !environmentName.MatchString(name) {
		return nil, fmt.Errorf("env: %v is not the name of a file below environments", given)
	}
	path := filepath.Join(root, "environments", name+".json")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("env: there is no %s (there are: %s)", path, strings.Join(environments(root), ", "))
	}
	if err != nil {
		return nil, fmt.Errorf("env: %w", err)
	}
	var file map[string]any
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	general, err := contextOfProject(root)
	if err != nil {
		return nil, err
	}
	all := maps.Clone(context)
	for _, key := range slices.Sorted(maps.Keys(file)) { // so that always the same is refused
		switch {
		case key == "env" || !slices.Contains(settingKeys(), key):
			return nil, fmt.Errorf("%s: %w", path, unknownSetting(key))
		case general[key] != nil:
			return nil, fmt.Errorf("%s is in cdk.json and in %s: keep it in one of them", key, path)
		case all[key] == nil:
			all[key] = file[key]
		}
	}
	return all, nil
}

// describeEnvironment checks the file of an environment and writes what the project's doctor asks of
// it: the stack, the CPU, the models, by paths from root, and what of the account's the stack would use.
func describeEnvironment(root, name string, out io.Writer) error {
	context, err := contextOfProject(root)
	if err != nil {
		return err
	}
	context = maps.Clone(context)
	context["env"] = name
	if context, err = withEnvironment(root, context); err != nil {
		return err
	}
	c, err := ParseConfig(context)
	if err != nil {
		return err
	}
	models := make([]string, len(c.Models))
	for i, m := range c.Models {
		models[i] = m.Path
	}
	return json.NewEncoder(out).Encode(map[string]any{"stackName": c.StackName, "architecture": c.Architecture, "models": models,
		"domain": c.Domain, "certificate": c.Certificate, "hostedZone": c.HostedZone, "webAcl": c.WebACL, "kmsKey": c.KMSKey, "qualifier": c.Qualifier})
}

// environments are the names of those that there are.
func environments(root string) []string {
	paths, err := filepath.Glob(filepath.Join(root, "environments", "*.json"))
	if err != nil || len(paths) == 0 {
		return []string{"none yet"}
	}
	names := make([]string, len(paths))
	for i, path := range paths {
		names[i] = strings.TrimSuffix(filepath.Base(path), ".json")
	}
	return names
}

// contextOfProject is what cdk.json itself adds to the context.
func contextOfProject(root string) (map[string]any, error) {
	text, err := os.ReadFile(filepath.Join(root, "cdk.json"))
	if err != nil {
		return nil, err
	}
	var file struct{ Context map[string]any }
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("read cdk.json: %w", err)
	}
	return file.Context, nil
}
