package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// projectWith makes a project's folder with cdk.json and one environment, prod.
func projectWith(t *testing.T, context, prod string) string {
	t.Helper()
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "environments"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(root, "cdk.json"), `{"context": {`+context+`}}`)
	write(t, filepath.Join(root, "environments", "prod.json"), prod)
	return root
}

// Settings of the environment's file stick, and the command line wins over them.
func TestEnvironment(t *testing.T) {
	root := projectWith(t, `"tracing": false`, `{"memory": 3008, "timeout": 30, "batch": true, "model": ["coco", "my/cats.onnx"]}`)
	context, err := withEnvironment(root, map[string]any{"env": "prod", "timeout": "20", "tracing": false})
	if err != nil {
		t.Fatal(err)
	}
	c, err := ParseConfig(context)
	if err != nil {
		t.Fatal(err)
	}
	if c.MemoryMB != 3008 || c.TimeoutSeconds != 20 || !c.Batch || c.Tracing || len(c.Models) != 2 {
		t.Errorf("%+v", c)
	}
	if same, err := withEnvironment(root, map[string]any{"memory": "128"}); err != nil || len(same) != 1 {
		t.Errorf("without env: %v, %v", same, err)
	}
}

func TestEnvironmentRefuses(t *testing.T) {
	for _, test := range []struct {
		env                 any
		general, prod, want string
	}{
		{"test", "", `{}`, "there is no"},
		{"test", "", `{}`, "(there are: prod)"},
		{"../prod", "", `{}`, "is not the name"},
		{[]any{"prod"}, "", `{}`, "is not the name"},
		{5.0, "", `{}`, "env: 5 is not the name"},
		{"prod", "", `{`, "prod.json: unexpected end"},
		{"prod", "", `{"memroy": 3008}`, "did you mean memory?"},
		{"prod", "", `{"@aws-cdk/core:x": true}`, "no such setting"},
		{"prod", "", `{"env": "test"}`, "no such setting"},
		{"prod", "", `{"zooom": 1, "x": 2, "memroy": 3, "timeouts": 4, "bach": true}`, "prod.json: bach: no such setting"},
		{"prod", `"memory": 128`, `{"memory": 3008}`, "memory is in cdk.json and in"},
	} {
		_, err := withEnvironment(projectWith(t, test.general, test.prod), map[string]any{"env": test.env})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v", test, err)
		}
	}
}

func TestDescribeEnvironment(t *testing.T) {
	root := projectWith(t, `"cli-telemetry": false`, `{"stackName": "cats", "model": ["coco", "my/cats.onnx"], "architecture": "x86_64",
		"domain": "cats.example.org", "certificate": "`+testCertificate+`", "hostedZone": "Z0123456789ABCDEFGHIJ"}`)
	var out strings.Builder
	if err := describeEnvironment(root, "prod", &out); err != nil {
		t.Fatal(err)
	}
	if want := `{"architecture":"x86_64","certificate":"` + testCertificate + `","domain":"cats.example.org","hostedZone":"Z0123456789ABCDEFGHIJ","kmsKey":"",` +
		`"models":["layers/coco/coco.onnx","my/cats.onnx"],"qualifier":"","stackName":"cats","webAcl":""}` + "\n"; out.String() != want {
		t.Errorf("got %s, want %s", out.String(), want)
	}
	for _, test := range []struct{ prod, want string }{
		{`{"memroy": 3008}`, "did you mean memory?"},
		{`{"memory": 1}`, "memory: 1 is out of range (allowed: 128 to 10240"},
	} {
		if err := describeEnvironment(projectWith(t, "", test.prod), "prod", io.Discard); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.prod, err)
		}
	}
}

// The environments that are committed can be deployed.
func TestCommittedEnvironments(t *testing.T) {
	for _, name := range environments("..") {
		context, err := withEnvironment("..", map[string]any{"env": name})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseConfig(context); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
