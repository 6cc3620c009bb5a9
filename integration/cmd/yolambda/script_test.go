package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	_ "image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes three commands for the scripts: the program itself, a function
// to stand behind the emulator where the real one isn't needed, and a network
// that takes 20 ms.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"yolambda": main,
		"bootstrap": func() {
			fmt.Fprintln(os.Stderr, "CPUs:", os.Getenv("YOLAMBDA_CPUS"))
			lambda.Start(fakeFunction)
		},
		"barerun": func() {
			for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
				fmt.Println(20_000_000)
			}
		},
	})
}

func TestScripts(t *testing.T) {
	endpoint := httptest.NewServer(http.HandlerFunc(fakeEndpoint))
	t.Cleanup(endpoint.Close) // the scripts run in parallel, past this function's end
	web := httptest.NewServer(http.FileServer(http.Dir("testdata/web")))
	t.Cleanup(web.Close)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("URL", endpoint.URL)
			env.Setenv("WEB", web.URL)
			env.Setenv("CPUS", strconv.Itoa(runtime.NumCPU()))
			env.Setenv("HALF", strconv.Itoa((runtime.NumCPU()+1)/2))
			env.Setenv("AWS_REGION", "us-east-1")
			env.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
			env.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
			env.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			for variable, command := range map[string]string{"YOLAMBDA": "yolambda", "BOOTSTRAP": "bootstrap", "BARERUN": "barerun"} {
				path, err := exec.LookPath(command)
				if err != nil {
					return err
				}
				env.Setenv(variable, path)
			}
			return writePictures(env.WorkDir)
		},
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"format": format, "junk": junk, "noise": noise, "panorama": panorama, "rename_with_escape": renameWithEscape},
		RequireExplicitExec: true,
	})
}

// writePictures gives every script a picture that decodes, in two formats.
func writePictures(dir string) error {
	picture := image.NewPaletted(image.Rect(0, 0, 40, 30), color.Palette{color.White, color.Black})
	var asPNG, asGIF bytes.Buffer
	return errors.Join(
		png.Encode(&asPNG, picture),
		gif.Encode(&asGIF, picture, nil),
		os.WriteFile(filepath.Join(dir, "picture.png"), asPNG.Bytes(), 0o666),
		os.WriteFile(filepath.Join(dir, "picture.gif"), asGIF.Bytes(), 0o666),
	)
}

// format is a script's command "format NAME FILE [WIDTHxHEIGHT]": the file is a
// picture in that format, of 40x30 pixels unless told.
func format(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: format NAME FILE [WIDTHxHEIGHT]")
	}
	want := "40x30"
	if len(args) == 3 {
		want = args[2]
	}
	cfg, name, err := image.DecodeConfig(strings.NewReader(ts.ReadFile(args[1])))
	ts.Check(err)
	if size := fmt.Sprintf("%dx%d", cfg.Width, cfg.Height); name != args[0] || size != want {
		ts.Fatalf("%s is a %s of %s pixels, want %s of %s", args[1], name, size, args[0], want)
	}
}

// noise is a script's command "noise FILE": it writes a picture of 1600x1200
// pixels that no PNG compresses, which is more than a Lambda function takes.
func noise(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: noise FILE")
	}
	picture := image.NewNRGBA(image.Rect(0, 0, 1600, 1200))
	random := rand.New(rand.NewPCG(1, 2))
	for i := range picture.Pix {
		picture.Pix[i] = uint8(random.Uint32())
	}
	var b bytes.Buffer
	ts.Check(png.Encode(&b, picture))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o666))
}

// renameWithEscape is a script's command "rename_with_escape FILE": it puts a terminal's command
// for red before the file's name.
func renameWithEscape(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: rename_with_escape FILE")
	}
	from := ts.MkAbs(args[0])
	ts.Check(os.Rename(from, filepath.Join(filepath.Dir(from), "\x1b[31m"+filepath.Base(from))))
}

// panorama is a script's command "panorama FILE": it writes a small file of a picture of
// 13000x3000 pixels, wider than a function takes.
func panorama(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: panorama FILE")
	}
	var b bytes.Buffer
	fast := png.Encoder{CompressionLevel: png.BestSpeed}
	ts.Check(fast.Encode(&b, image.NewPaletted(image.Rect(0, 0, 13000, 3000), color.Palette{color.White, color.Black})))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o666))
}

// junk is a script's command "junk FILE": it writes 9 MB that are not a picture.
func junk(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: junk FILE")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), bytes.Repeat([]byte("junk "), 9<<20/5), 0o666))
}

// fakeEndpoint answers as the function would, by what the picture says. The
// reply's model tells the options that arrived.
func fakeEndpoint(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	switch {
	case err != nil || !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"):
		w.WriteHeader(http.StatusForbidden)
		io.WriteString(w, `{"Message":"Forbidden"}`)
	case r.Method == http.MethodGet:
		io.WriteString(w, `{"model":"fake","models":["fake","codes"],"imgsz":[320,320],"names":{"1":"bicycle","0":"person"}}`)
	case strings.HasPrefix(string(body), "broken"):
		w.WriteHeader(http.StatusUnprocessableEntity)
		io.WriteString(w, `{"error":{"code":"broken_picture","message":"the JPEG ends early"}}`)
	case strings.HasPrefix(string(body), "empty"):
		io.WriteString(w, `{"detections": [], "image":{"width":40,"height":30}}`)
	case strings.HasPrefix(string(body), "foreign"):
		io.WriteString(w, `{"hello":"world"}`)
	case r.URL.Query().Get("format") == "roboflow":
		io.WriteString(w, `{"predictions": [], "key_of_tomorrow": 1}`)
	default:
		io.WriteString(w, `{"detections": [{"box":[1,2,30,25],"conf":0.875,"cls":"person","cls_id":0}],
			"model": `+strconv.Quote(r.URL.RawQuery)+`, "image":{"width":40,"height":30}, "key_of_tomorrow": {"a": [1, 2]}}`)
	}
}

// fakeFunction runs in a process of its own, behind the emulator.
func fakeFunction(ctx context.Context, event map[string]any) (any, error) {
	reply := `{"detections":[{"box":[1,2,30,25],"conf":0.875,"cls":"person","cls_id":0}],` +
		`"speed":{"parse":1,"decode":2,"preprocess":3,"inference":4,"postprocess":5,"head":0.25,"nms":0.125},"cold_start":false`
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		reply += `,"request_id":"` + lc.AwsRequestID + `"`
	}
	reply += "}"
	if body, _ := event["body"].(string); strings.HasPrefix(body, `{"images":[`) {
		parts := slices.Repeat([]string{reply}, strings.Count(body, ",")+1)
		return map[string]any{"statusCode": 200, "body": `{"results":[` + strings.Join(parts, ",") + `]}`, "headers": map[string]string{"Content-Type": "application/json"}}, nil
	}
	if _, fromURL := event["requestContext"]; fromURL {
		return map[string]any{"statusCode": 200, "body": reply, "headers": map[string]string{"Content-Type": "application/json"}}, nil
	}
	if event["image"] == nil {
		reply = `{"error":{"code":"invalid_request","message":"no image"}}`
	}
	return json.RawMessage(reply), nil
}
