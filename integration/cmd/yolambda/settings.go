package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// settingsHelp tells where what is asked of every call may stand, and what counts.
const settingsHelp = `What a flag says counts first, then the environment, then the file
yolambda/config.json in the user's configuration folder ($XDG_CONFIG_HOME or
~/.config; on a Mac ~/Library/Application Support), or the file that
YOLAMBDA_CONFIG names:

  --url          YOLAMBDA_URL          {"url": "https://..."}
  --stack        YOLAMBDA_STACK        {"stack": "yolambda"}
  --model        YOLAMBDA_MODEL        {"model": "/path/yolov8n.onnx"}
  --model-name   YOLAMBDA_MODEL_NAME   {"model_name": "codes"}

A URL counts before a stack of the same place, --local before both. A model's
file is for --local and serve.`

// settings are those of the file.
type settings struct {
	URL       string `json:"url"`
	Stack     string `json:"stack"`
	Model     string `json:"model"`      // a path; one that is not absolute starts at the file's folder
	ModelName string `json:"model_name"` // among those that the function serves
}

// readSettings reads the user's file. Without one all are empty.
func readSettings() (settings, error) {
	path := os.Getenv("YOLAMBDA_CONFIG")
	named := path != ""
	if !named {
		folder, err := os.UserConfigDir()
		if err != nil {
			return settings{}, nil // no home: nobody's settings
		}
		path = filepath.Join(folder, "yolambda", "config.json")
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return settings{}, nil
	}
	if err != nil {
		return settings{}, usagef("read settings: %w", err)
	}
	s, err := parseSettings(data)
	if err != nil {
		return settings{}, usagef("read settings: %s: %w", path, err)
	}
	if s.Model != "" && !filepath.IsAbs(s.Model) {
		s.Model = filepath.Join(filepath.Dir(path), s.Model)
	}
	return s, nil
}

// parseSettings takes no key for another: one that is mistyped is an error.
func parseSettings(data []byte) (s settings, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return settings{}, fmt.Errorf("%w (one JSON object with url, stack, model, model_name)", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return settings{}, errors.New("there is more after the JSON object")
	}
	if s.URL != "" && s.Stack != "" {
		return settings{}, errors.New("give url or stack, one of the two")
	}
	return s, nil
}
