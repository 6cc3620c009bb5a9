package bootstrap

import (
	"bufio"
	"bytes"
	"debug/elf"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestMain lets the test binary be the function: ONNX Runtime is loaded once in
// a process, so each test needs one of its own.
func TestMain(m *testing.M) {
	if os.Getenv("YOLAMBDA_TEST_MAIN") != "" {
		Main()
		return
	}
	os.Exit(m.Run())
}

// function is the command that runs main with Lambda's environment.
func function(t *testing.T, runtimeAPI *httptest.Server, library, model string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "YOLAMBDA_TEST_MAIN=1", "YOLAMBDA_LIBRARY="+library, "YOLAMBDA_MODEL="+model,
		"AWS_LAMBDA_RUNTIME_API="+strings.TrimPrefix(runtimeAPI.URL, "http://"),
		"AWS_LAMBDA_FUNCTION_NAME=detect", "AWS_LAMBDA_LOG_FORMAT=JSON")
	return cmd
}

const squares = "../ort/testdata/squares.onnx"

// A function that can't start says why in one line of the log, tells Lambda the
// same, and exits.
func TestInitErrors(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte("This is text, and neither a library nor a model.\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty.onnx")
	if err := os.WriteFile(empty, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other.onnx")
	if err := os.WriteFile(other, identity(), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name           string
		library, model string // the host's library if empty
		want           []string
	}{
		{"no library", filepath.Join(dir, "none.so"), squares, []string{"find ONNX Runtime", "none.so", "runtime layer", "YOLAMBDA_LIBRARY"}},
		{"text for a library", text, squares, []string{"find ONNX Runtime", text, "no shared library"}},
		{"a library for another CPU", foreign(t, dir), squares, []string{"find ONNX Runtime", "EM_S390", "architecture"}},
		{"no model", "", filepath.Join(dir, "none.onnx"), []string{"read model", "none.onnx", "model layer", "YOLAMBDA_MODEL"}},
		{"empty model", "", empty, []string{"read model " + empty, "not an ONNX file"}},
		{"text for a model", "", text, []string{"read model " + text, "not an ONNX file"}},
		{"model of another kind", "", other, []string{"open model " + other, "not a YOLO model", "[batch, 3, height, width]"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if runtime.GOOS != "linux" && strings.HasSuffix(tt.library, "foreign.so") {
				t.Skip("the CPU of a library is only told on Linux")
			}
			library := tt.library
			if library == "" {
				library = yolotest.Library(t)
			}
			s := newSandbox(t, func(api *httptest.Server) *exec.Cmd { return function(t, api, library, tt.model) })
			process := s.running()
			<-process.exited
			out := process.log.Bytes()
			if code := process.ProcessState.ExitCode(); code != 1 {
				t.Errorf("exit code %d", code)
			}
			var line struct{ Level, Message, Error string }
			if err := json.Unmarshal(out, &line); err != nil || bytes.Count(out, []byte("\n")) != 1 {
				t.Fatalf("want one line of JSON: %v: %s", err, out)
			}
			if line.Level != "ERROR" || line.Message != "init failed" {
				t.Errorf("log: %s", out)
			}
			for _, want := range tt.want {
				if !strings.Contains(line.Error, want) {
					t.Errorf("error %q lacks %q", line.Error, want)
				}
			}
			var told struct{ ErrorType, ErrorMessage string }
			if post := s.result(); post == nil || post.path != "init/error" {
				t.Errorf("Lambda was told %v", post)
			} else if err := json.Unmarshal(post.body, &told); err != nil {
				t.Error(err)
			}
			if told.ErrorType != "Runtime.InitError" || told.ErrorMessage != line.Error {
				t.Errorf("Lambda was told %+v", told)
			}
		})
	}
}

func TestOpenS3(t *testing.T) {
	for _, tt := range []struct {
		prefixes, results string
		configured        bool
		err               string
	}{
		{"", "", false, ""},
		{"", "s3://photos/results/", false, ""}, // nothing to read, so nothing to write
		{"s3://photos/in/", "", true, ""},
		{"s3://photos/in/,s3://more", "s3://photos/results/", true, ""},
		{"photos/in/", "", false, "photos/in/"},
		{"s3://photos/in/", "photos/results/", false, "photos/results/"},
	} {
		s3, err := openS3(config{prefixes: tt.prefixes, results: tt.results})
		if (s3 != nil) != tt.configured || (err != nil) != (tt.err != "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%+v: got %v, %v", tt, s3 != nil, err)
		}
	}
}

// The default model comes first, then those of the folder; without a default
// model the folder's first is it. Hidden files, such as macOS leaves next to others, are none.
func TestModelPaths(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"b.onnx", "a.onnx", "._a.onnx", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	a, b := filepath.Join(folder, "a.onnx"), filepath.Join(folder, "b.onnx")
	for _, tt := range []struct {
		model, models string
		want          []string
	}{
		{"", folder, []string{a, b}},
		{"one.onnx", folder, []string{"one.onnx", a, b}},
		{"one.onnx", filepath.Join(folder, "none"), []string{"one.onnx"}},
		{"", filepath.Join(folder, "none"), []string{"/opt/model.onnx"}},
	} {
		if got := modelPaths(tt.model, tt.models); !slices.Equal(got, tt.want) {
			t.Errorf("%+v: %q", tt, got)
		}
	}
}

// identity is an ONNX file of one node, y = x, of one number. The field numbers
// are those of onnx.proto.
func identity() []byte {
	message := func(number protowire.Number, fields ...[]byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), bytes.Join(fields, nil))
	}
	varint := func(number protowire.Number, v uint64) []byte {
		return protowire.AppendVarint(protowire.AppendTag(nil, number, protowire.VarintType), v)
	}
	text := func(number protowire.Number, s string) []byte { return message(number, []byte(s)) }
	value := func(number protowire.Number, name string) []byte {
		shape := message(2, message(1, varint(1, 1)))
		return message(number, text(1, name), message(2, message(1, varint(1, 1), shape)))
	}
	node := message(1, text(1, "x"), text(2, "y"), text(4, "Identity"))
	graph := message(7, node, text(2, "identity"), value(11, "x"), value(12, "y"))
	return slices.Concat(varint(1, 8), message(8, varint(2, 17)), graph)
}

// The function answers an event that the Runtime API hands it, and logs as its
// settings ask.
func TestInvocation(t *testing.T) {
	library := yolotest.Library(t)
	event := `{"rawPath":"/","requestContext":{"http":{"method":"GET"}}}`
	for level, want := range map[string][]string{
		"INFO":  {"ready", "document sent"},
		"ERROR": nil,
	} {
		t.Run(level, func(t *testing.T) {
			s := newSandbox(t, func(api *httptest.Server) *exec.Cmd {
				cmd := function(t, api, library, squares)
				cmd.Env = append(cmd.Env, "AWS_LAMBDA_LOG_LEVEL="+level)
				return cmd
			})
			body, ok := s.invoke([]byte(event))
			if !ok || !bytes.Contains(body, []byte(`"statusCode":200`)) {
				t.Errorf("reply %s", body)
			}
			// When it asks again, everything about the first is logged.
			process := s.process
			if !s.hand(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }) {
				t.Fatalf("the function ended: %v", process.ProcessState)
			}
			process.Process.Kill()
			<-process.exited
			checkLog(t, &process.log, want)
		})
	}
}

// checkLog wants these messages, the invocation's with its id, and its metrics.
func checkLog(t *testing.T, log io.Reader, messages []string) {
	t.Helper()
	metrics := 0
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		var line struct {
			Timestamp, Level, Message, RequestID string
			AWS                                  any `json:"_aws"`
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatalf("%v: %s", err, lines.Bytes())
		}
		if line.AWS != nil {
			metrics++
			continue
		}
		if len(messages) == 0 || line.Message != messages[0] || line.Timestamp == "" || line.Level != "INFO" {
			t.Fatalf("want the messages %q: %s", messages, lines.Bytes())
		}
		if (line.RequestID == "request-1") != (line.Message == "document sent") {
			t.Errorf("request id: %s", lines.Bytes())
		}
		messages = messages[1:]
	}
	if len(messages) > 0 || metrics != 1 {
		t.Errorf("%d lines of metrics, messages missing: %q", metrics, messages)
	}
}

// foreign is a program, in place of a library, whose header names another CPU.
func foreign(t *testing.T, dir string) string {
	t.Helper()
	data, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	const machine = 18 // offset of e_machine in an ELF header
	data[machine], data[machine+1] = byte(elf.EM_S390), 0
	path := filepath.Join(dir, "foreign.so")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
