package yolambda

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWriteChecks(t *testing.T) {
	dir := t.TempDir()
	picture := filepath.Join(dir, "cat.jpg")
	if err := os.WriteFile(picture, []byte("picture"), 0o666); err != nil {
		t.Fatal(err)
	}
	line := func(file, model, rest string) string {
		text, _ := json.Marshal(file)
		return `{"file":` + string(text) + `,"model":"` + model + `",` + rest + "}\n"
	}
	const seen = `"task":"detect","detections":[{"cls":"cat"}]`
	cats := []Model{{Name: "cats"}}
	for name, tt := range map[string]struct {
		answers string
		models  []Model
		wrong   string // in the error
	}{
		"as recorded":      {line(picture, "cats", seen), cats, ""},
		"others left out":  {line("gone.jpg", "dogs", seen) + line(picture, "cats", seen), cats, ""},
		"depth":            {line(picture, "cats", `"task":"depth","detections":[]`), cats, ""},
		"a model without":  {line(picture, "cats", seen), []Model{{Name: "cats"}, {Name: "dogs"}}, "predict --local --model dogs.onnx --json"},
		"none":             {"", cats, "no known answer of model cats"},
		"nothing seen":     {line(picture, "cats", `"task":"detect","detections":[]`), cats, "nothing was seen"},
		"an error":         {line(picture, "cats", `"error":{"code":"x"}`), cats, "not an answer"},
		"no picture":       {line(picture+"x", "cats", seen), cats, "cat.jpgx"},
		"no JSON":          {"hello", cats, "known answer 1"},
		"another document": {`{"detections":[]}`, cats, "not an answer"},
	} {
		t.Run(name, func(t *testing.T) {
			from, to := filepath.Join(t.TempDir(), "answers.jsonl"), filepath.Join(t.TempDir(), "checks.json")
			if err := os.WriteFile(from, []byte(tt.answers), 0o666); err != nil {
				t.Fatal(err)
			}
			err := writeChecks(to, from, tt.models)
			if tt.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wrong) {
					t.Errorf("got %v, want %q", err, tt.wrong)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(to)
			if err != nil {
				t.Fatal(err)
			}
			var checks []struct {
				Picture string
				Image   []byte
				Answer  struct{ Model string }
			}
			if err := json.Unmarshal(text, &checks); err != nil || len(checks) != 1 || checks[0].Picture != "cat.jpg" ||
				string(checks[0].Image) != "picture" || checks[0].Answer.Model != "cats" {
				t.Errorf("%s, %v", text, err)
			}
		})
	}
}
