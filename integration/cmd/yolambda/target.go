package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yolambda/yolambda/lambda/annotate"
	"github.com/yolambda/yolambda/lambda/api"
)

// target is where the annotated picture goes.
type target struct {
	path   string
	format annotate.Format
}

// planTargets tells where each picture's annotated copy goes, nil for nowhere.
// OUT is a file for one picture, else a folder, which is made unless its name is
// a picture file's. It refuses to write over a picture or twice to the same file.
func planTargets(out string, files []string) ([]target, error) {
	if out == "" {
		return nil, nil
	}
	info, err := os.Stat(out)
	isDir := err == nil && info.IsDir()
	format, named := formatOf(out)
	switch {
	case out == stdin:
		return nil, usagef("-o -: an annotated picture goes to a file or a folder")
	case len(files) == 1 && !isDir && named:
		targets := []target{{out, format}}
		return targets, checkTargets(targets, files)
	case len(files) == 1 && !isDir && filepath.Ext(out) != "":
		return nil, usagef("-o %s: an annotated picture is a .jpg or .png file", out)
	case !isDir && (err == nil || slices.Contains(suffixes, strings.ToLower(filepath.Ext(out)))):
		return nil, usagef("-o %s: several pictures need a folder", out)
	}
	if err := os.MkdirAll(out, 0o777); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	targets := make([]target, len(files))
	for i, file := range files {
		name := filepath.Base(file)
		if file == stdin {
			name = "stdin"
		}
		format, named := formatOf(name)
		if !named {
			name += ".jpg"
		}
		targets[i] = target{filepath.Join(out, name), format}
	}
	return targets, checkTargets(targets, files)
}

// formatOf goes by the name's extension; the format is JPEG unless named.
func formatOf(name string) (format annotate.Format, named bool) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".png":
		return annotate.PNG, true
	case ".jpg", ".jpeg":
		return annotate.JPEG, true
	}
	return annotate.JPEG, false
}

func checkTargets(targets []target, files []string) error {
	from := map[string]string{} // target → its picture
	for i, t := range targets {
		if other, taken := from[t.path]; taken {
			return usagef("-o: %s and %s would both be written to %s", other, files[i], t.path)
		}
		from[t.path] = files[i]
		there, err := os.Stat(t.path)
		if err != nil {
			continue
		}
		for _, file := range files {
			if source, err := os.Stat(file); err == nil && os.SameFile(source, there) {
				return usagef("-o: %s would be written over", file)
			}
		}
	}
	return nil
}

// writeAnnotated draws the reply onto the picture and writes it.
func writeAnnotated(t target, picture []byte, reply *api.Response) error {
	drawn, err := annotate.File(picture, reply, t.format)
	if err != nil {
		return fmt.Errorf("draw reply: %w", err)
	}
	if err := os.WriteFile(t.path, drawn, 0o666); err != nil {
		return fmt.Errorf("write annotated picture: %w", err)
	}
	return nil
}
