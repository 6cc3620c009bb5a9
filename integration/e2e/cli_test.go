package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestCommandLine runs the built program round the built function, as scripts
// do. Its other commands and all of its messages are tested next to it.
func TestCommandLine(t *testing.T) {
	yolambda := yolotest.Built(t, "bin/yolambda")
	f := functionWith(t, yolotest.Fixture(t, "squares"))
	if f.server == nil {
		t.Skip("--local has nothing to do with a deployed function")
	}
	dir := t.TempDir()
	picture, drawn := filepath.Join(dir, "squares.png"), filepath.Join(dir, "drawn.jpg")
	if err := os.WriteFile(picture, yolotest.SquaresPNG, 0o600); err != nil {
		t.Fatal(err)
	}
	out := run(t, exec.Command(yolambda, "predict", "--local", "--model", yolotest.Fixture(t, "squares"),
		"--json", "--imgsz", "320", "--conf", "0.8", "-o", drawn, picture))
	var line struct {
		File string
		api.Response
	}
	if err := json.Unmarshal(out, &line); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if line.File != picture {
		t.Errorf("file %q, want %q", line.File, picture)
	}
	f.checkSquares(t, &line.Response)
	if info, err := os.Stat(drawn); err != nil || info.Size() == 0 {
		t.Errorf("no annotated picture: %v", err)
	}
}

// Pictures that several processes look at, each with its share of the CPUs, have the answers
// that one process gives, in the pictures' order.
func TestCommandLineFolder(t *testing.T) {
	yolambda, root := yolotest.Built(t, "bin/yolambda"), yolotest.Root(t)
	yolotest.Built(t, filepath.Join(root, "build/task/bootstrap"))
	lines := func(jobs ...string) (all []map[string]any) {
		args := append([]string{"predict", "--local", "--json", "--quiet"}, jobs...)
		out := run(t, exec.Command(yolambda, append(args, filepath.Join(root, "assets"))...))
		for line := range bytes.Lines(out) {
			var reply map[string]any
			if err := json.Unmarshal(line, &reply); err != nil {
				t.Fatalf("%v in %s", err, line)
			}
			for _, own := range []string{"speed", "cold_start", "request_id"} {
				delete(reply, own)
			}
			all = append(all, reply)
		}
		return all
	}
	one, several := lines("-j", "1"), lines()
	if len(one) < 2 || !reflect.DeepEqual(one, several) {
		t.Errorf("one process answers\n%v\nseveral\n%v", one, several)
	}
}
