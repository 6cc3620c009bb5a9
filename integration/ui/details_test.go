package ui_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/integration/price"
	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// Each dialect shows what the function answers in it at the sliders' thresholds.
func TestDialects(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, data := drawn(t, 255, 200)
	p := open(t, f, 1280, 900)
	p.drop(file)
	p.answered()
	p.set("conf", "0.6")
	p.click("#tab-json")
	for _, format := range []api.Format{api.NativeFormat, api.UltralyticsFormat, api.RoboflowFormat} {
		t.Run(string(format), func(t *testing.T) {
			p.set("dialect", string(format))
			p.wait(`document.querySelector("#json").textContent.startsWith("{")`)
			conf, iou := 0.6, 0.3
			want, err := f.client.PredictRaw(t.Context(), data, api.Options{Conf: &conf, IoU: &iou, Format: format})
			if err != nil {
				t.Fatal(err)
			}
			shown := get[string](p, `document.querySelector("#json").textContent`)
			if diff := cmp.Diff(lasting(t, want), lasting(t, []byte(shown))); diff != "" {
				t.Errorf("(-function +page):\n%s", diff)
			}
		})
	}
}

// lasting reads a reply without what differs from request to request.
func lasting(t *testing.T, reply []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(reply, &v); err != nil {
		t.Fatalf("%v in %s", err, reply)
	}
	var strip func(v any)
	strip = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, passing := range []string{"speed", "request_id", "cold_start", "time", "inference_id", "detection_id", "metadata"} {
				delete(v, passing)
			}
			for _, inner := range v {
				strip(inner)
			}
		case []any:
			for _, inner := range v {
				strip(inner)
			}
		}
	}
	strip(v)
	return v
}

// The snippets do what the page did, as they stand: nothing of the user's own AWS
// configuration is in their way.
func TestSnippets(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, data := drawn(t, 255, 200)
	odd := filepath.Join(filepath.Dir(file), "it's a $PICTURE.png") // a name that a shell would misread
	if err := os.Rename(file, odd); err != nil {
		t.Fatal(err)
	}
	want := rows(f.asked(t, data, 0.6, 0.3, "").Detections)
	p := open(t, f, 1280, 900)
	p.drop(odd)
	p.answered()
	p.set("conf", "0.6")
	p.click("#tab-code")
	p.shows("#code", true)
	module, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	bin := yolotest.Root(t, "build", "venv", "bin")
	for language, run := range map[string]struct {
		tool, script string // the script runs where the picture is; $1 is the snippet
		json         bool   // it prints the reply itself
	}{
		"curl":    {"curl", `sh "$1"`, true},
		"awscurl": {filepath.Join(bin, "awscurl"), `PATH="$BIN:$PATH" sh "$1"`, true},
		"python":  {filepath.Join(bin, "python"), `"$BIN/python" "$1"`, false},
		"go":      {"go", `mv "$1" main.go && go -C "$MODULE" build -o "$PWD/snippet" "$PWD/main.go" && ./snippet`, false},
	} {
		t.Run(language, func(t *testing.T) {
			yolotest.Tool(t, run.tool)
			p.set("language", language)
			dir := filepath.Dir(odd)
			snippet := filepath.Join(dir, "snippet.txt")
			if err := os.WriteFile(snippet, []byte(get[string](p, `document.querySelector("#code").textContent`)), 0o666); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), "sh", "-c", run.script, "sh", snippet)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "BIN="+bin, "MODULE="+module, "AWS_REGION=eu-central-1", "AWS_SESSION_TOKEN=other",
				"AWS_ACCESS_KEY_ID=AKIDOTHER", "AWS_SECRET_ACCESS_KEY=other")
			var errors strings.Builder
			cmd.Stderr = &errors
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v\n%s\n%s", err, out, &errors)
			}
			if !run.json { // one line a detection
				if got := strings.Count(string(out), "\n"); got != len(want) {
					t.Errorf("%d lines, want %d:\n%s", got, len(want), out)
				}
				return
			}
			var reply api.Response
			if err := json.Unmarshal(out, &reply); err != nil {
				t.Fatalf("%v in %s", err, out)
			}
			if diff := cmp.Diff(want, rows(reply.Detections)); diff != "" {
				t.Errorf("(-page +snippet):\n%s\nin %s", diff, out)
			}
		})
	}
}

// The page's own words for the time and the cost add up.
func TestTimeAndCost(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255)
	p := open(t, f, 1280, 900)
	p.drop(file)
	p.answered()
	ms := get[[]float64](p, `[...document.querySelectorAll("#stages dd")].map((d) => parseFloat(d.textContent))`)
	if len(ms) != 7 {
		t.Fatalf("%d times, want six stages and the total", len(ms))
	}
	sum := 0.0
	for _, stage := range ms[:6] {
		sum += stage
	}
	if off := sum - ms[6]; off > 0.5 || off < -0.5 { // each is rounded to 0.1 ms
		t.Errorf("the stages %v sum up to %.1f ms", ms, sum)
	}
	for _, tt := range []struct {
		ms     float64
		memory int
		cpu    string
	}{
		{1000, 1024, "arm64"},
		{99.2, 10240, "x86_64"},
	} {
		list, _ := price.In("us-east-1")
		want := list.Request(tt.ms, tt.cpu, int64(tt.memory))
		got := get[float64](p, fmt.Sprintf(`import("./timing.js").then((m) => m.costOf(%g, %d, %q))`, tt.ms, tt.memory, tt.cpu))
		if got/want < 0.999999 || got/want > 1.000001 {
			t.Errorf("%g ms at %d MB on %s cost $%g, want $%g", tt.ms, tt.memory, tt.cpu, got, want)
		}
	}
}

// The saved file is the whole picture with its boxes.
func TestSave(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	file, _ := drawn(t, 255)
	p := open(t, f, 1280, 900)
	p.drop(file)
	p.answered()
	// The click on the link is caught: what it would download is read instead.
	saved := get[struct {
		Name          string
		Width, Height int
	}](p, `new Promise((resolve) => {
		HTMLAnchorElement.prototype.click = async function () {
			const image = new Image();
			image.src = this.href;
			await image.decode();
			resolve({ Name: this.download, Width: image.naturalWidth, Height: image.naturalHeight });
		};
		document.querySelector("#save").click();
	})`)
	if saved.Name != "squares-boxes.png" || saved.Width != 640 || saved.Height != 480 {
		t.Errorf("saved %+v, want squares-boxes.png of 640x480", saved)
	}
}
