package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime/debug"
)

// download gives the folders that hold the modules' sources, by path. It checks
// that they are the sources that the program was built from.
func download(deps []*debug.Module) (dirs map[string]string, err error) {
	sums := map[string]string{}
	args := []string{"mod", "download", "-json"}
	for _, module := range deps {
		if module.Sum == "" {
			continue
		}
		sums[module.Path] = module.Sum
		args = append(args, module.Path+"@"+module.Version)
	}
	dirs = map[string]string{}
	if len(sums) == 0 {
		return dirs, nil
	}
	out, err := goOutput(args...)
	if err != nil {
		return nil, err
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var module struct{ Path, Dir, Sum, Error string }
		if err := d.Decode(&module); errors.Is(err, io.EOF) {
			return dirs, nil
		} else if err != nil {
			return nil, fmt.Errorf("read go %s: %w", args[:2], err)
		}
		if module.Error != "" {
			return nil, fmt.Errorf("download %s: %s", module.Path, module.Error)
		}
		if module.Sum != sums[module.Path] {
			return nil, fmt.Errorf("%s has the sum %s, in the program it is %s", module.Path, module.Sum, sums[module.Path])
		}
		dirs[module.Path] = module.Dir
	}
}

// goOutput runs the go command; its error has what it wrote to stderr.
func goOutput(args ...string) ([]byte, error) {
	out, err := exec.Command("go", args...).Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil, fmt.Errorf("go %s: %w: %s", args[0], err, exit.Stderr)
	}
	if err != nil {
		return nil, fmt.Errorf("go %s: %w", args[0], err)
	}
	return out, nil
}
