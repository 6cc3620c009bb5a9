package doctor

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
)

// checkSettings has the CDK app judge the settings of the environment, as it alone knows
// them, and takes from it what the other checks look at.
func (p *Patient) checkSettings(ctx context.Context) Finding {
	app := exec.CommandContext(ctx, "go", "run", "./infra", "-settings", p.Environment)
	app.Dir = p.Root
	var said, complaints bytes.Buffer
	app.Stdout, app.Stderr = &said, &complaints
	if err := app.Run(); err != nil {
		// What the app says of the settings begins with its name, and `go run` ends it with
		// the app's status; without these there was no app to say anything.
		told, ofApp := strings.CutPrefix(complaints.String(), "yolambda: ")
		wrong, _, ran := strings.Cut(told, "\nexit status")
		if !ofApp || !ran {
			return fail("see what `go build ./infra` says", "the CDK app, which knows the settings, does not run: %s", oneLine(cmp.Or(told, err.Error())))
		}
		return fail("docs/deploy.md has the settings", "%s", oneLine(wrong))
	}
	var settings struct {
		StackName, Architecture string
		Models                  []string
		own
	}
	if err := json.Unmarshal(said.Bytes(), &settings); err != nil {
		return fail("make build, of the same commit", "read what the CDK app says of the settings: %v", err)
	}
	p.Architecture = cmp.Or(p.Architecture, settings.Architecture)
	p.own = settings.own
	if len(p.Models) == 0 {
		for _, model := range settings.Models {
			p.Models = append(p.Models, filepath.Join(p.Root, model))
		}
	}
	return okf("environments/%s.json: stack %s, %s", p.Environment, settings.StackName, settings.Architecture)
}

func oneLine(text string) string { return strings.ReplaceAll(strings.TrimSpace(text), "\n", "; ") }
