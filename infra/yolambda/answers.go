package yolambda

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// knownAnswer is a line of `yolambda predict --json`, as far as it is looked at here.
type knownAnswer struct {
	File           string
	Model          string
	Task           string
	Error          json.RawMessage
	Detections     []json.RawMessage
	Classification []json.RawMessage
}

// check says why the answer proves nothing.
func (a knownAnswer) check() error {
	switch {
	case a.File == "" || a.Model == "" || a.Error != nil:
		return errors.New("not an answer of `yolambda predict --json`")
	case len(a.Detections)+len(a.Classification) == 0 && a.Task != "semantic" && a.Task != "depth":
		return errors.New("nothing was seen: take a picture that shows something")
	}
	return nil
}

// writeChecks writes the file that lambda/cmd/pretraffic reads: the answers of the file
// from, each with its picture. Those of other models are left out.
func writeChecks(to, from string, models []Model) error {
	if from == "" {
		return errors.New("no known answers: name a file of them in RolloutProps.Answers, of the lines that `yolambda predict --json` prints")
	}
	text, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("read known answers: %w", err)
	}
	type check struct {
		Picture string          `json:"picture"`
		Image   []byte          `json:"image"`
		Answer  json.RawMessage `json:"answer"`
	}
	var checks []check
	var asked []string
	for lines := json.NewDecoder(bytes.NewReader(text)); ; {
		var line json.RawMessage
		var a knownAnswer
		err := lines.Decode(&line)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = json.Unmarshal(line, &a)
		}
		if err == nil {
			err = a.check()
		}
		if err != nil {
			return fmt.Errorf("read known answer %d of %s: %w", len(checks)+1, from, err)
		}
		if !slices.ContainsFunc(models, func(m Model) bool { return m.Name == a.Model }) {
			continue
		}
		image, err := os.ReadFile(a.File)
		if err != nil {
			return fmt.Errorf("read picture of a known answer in %s: %w", from, err)
		}
		checks, asked = append(checks, check{filepath.Base(a.File), image, line}), append(asked, a.Model)
	}
	for _, m := range models {
		if !slices.Contains(asked, m.Name) {
			return fmt.Errorf(`%s has no known answer of model %s: append what this prints, if it is right:
  bin/yolambda predict --local --model %s.onnx --json photo.jpg`, from, m.Name, m.Name)
		}
	}
	out, err := json.Marshal(checks)
	if err != nil {
		return fmt.Errorf("write checks: %w", err)
	}
	return os.WriteFile(to, out, 0o644)
}
