package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// These clients none of us wrote: each gets the squares by a way of its own.

// TestAwscurl uses the reference app's own command line.
func TestAwscurl(t *testing.T) {
	f := functionWith(t, yolotest.Fixture(t, "squares"))
	awscurl := yolotest.Python(t, "awscurl")
	payload := filepath.Join(t.TempDir(), "payload.json")
	if err := os.WriteFile(payload, marshal(t, squaresRequest()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{"GET", "POST"} { // the reference app is asked by GET
		out := run(t, f.command(t, awscurl, "--service", "lambda", "-X", method, "-d", "@"+payload, f.url+"/"))
		f.checkSquares(t, decodeResponse(t, out))
	}
}

func TestBotocore(t *testing.T) {
	f := functionWith(t, yolotest.Fixture(t, "squares"))
	python := yolotest.Python(t, "python")
	picture := filepath.Join(t.TempDir(), "squares.png")
	if err := os.WriteFile(picture, yolotest.SquaresPNG, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{"json", "raw", "multipart"} {
		t.Run(form, func(t *testing.T) {
			out := run(t, f.command(t, python, filepath.Join("testdata", "botocore_client.py"), form, f.url+"/", picture))
			f.checkSquares(t, decodeResponse(t, out))
		})
	}
}

func TestCurl(t *testing.T) {
	f := functionWith(t, yolotest.Fixture(t, "squares"))
	curl := yolotest.Tool(t, "curl")
	if help := string(run(t, exec.Command(curl, "--help", "all"))); !strings.Contains(help, "--aws-sigv4") {
		yolotest.Missing(t, yolotest.Tools, "curl is older than 7.75: it has no --aws-sigv4")
	}
	credentials, err := f.aws.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	req := squaresRequest()
	picture, payload := filepath.Join(dir, "squares.png"), filepath.Join(dir, "payload.json")
	for path, data := range map[string][]byte{picture: req.Image.Data, payload: marshal(t, req)} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name string
		args []string
	}{
		{"JSON", []string{"-H", "Content-Type: application/json", "--data-binary", "@" + payload, f.url + "/"}},
		{"JSON by GET", []string{"-X", "GET", "-H", "Content-Type: application/json", "--data-binary", "@" + payload, f.url + "/"}},
		{"raw", []string{"-H", "Content-Type: image/png", "--data-binary", "@" + picture, f.url + "/?" + req.Options.Query().Encode()}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			args := []string{"--silent", "--show-error", "--aws-sigv4", "aws:amz:" + f.aws.Region + ":lambda",
				"--user", credentials.AccessKeyID + ":" + credentials.SecretAccessKey}
			if credentials.SessionToken != "" {
				args = append(args, "-H", "X-Amz-Security-Token: "+credentials.SessionToken)
			}
			f.checkSquares(t, decodeResponse(t, run(t, exec.Command(curl, append(args, tt.args...)...))))
		})
	}
}

// command runs a program with the function's credentials in its environment
// and nothing of the user's own AWS configuration.
func (f *function) command(t *testing.T, program string, args ...string) *exec.Cmd {
	t.Helper()
	credentials, err := f.aws.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + t.TempDir(),
		"AWS_ACCESS_KEY_ID=" + credentials.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY=" + credentials.SecretAccessKey,
		"AWS_SESSION_TOKEN=" + credentials.SessionToken,
		"AWS_DEFAULT_REGION=" + f.aws.Region,
	}
	return cmd
}

// run returns what the command printed.
func run(t *testing.T, cmd *exec.Cmd) []byte {
	t.Helper()
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w\n%s%s", filepath.Base(cmd.Path), err, out, errs.String()))
	}
	return out
}
