package doctor

import (
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/yolambda/yolambda/integration/local"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// healthyAWS answers every question of the doctor as a healthy deployment does.
// A test replaces the answers that it is about: a status and a body.
func healthyAWS() map[string]answer {
	return map[string]answer{
		"GetCallerIdentity": {200, `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/ann</Arn>
			</GetCallerIdentityResult></GetCallerIdentityResponse>`},
		"/account-settings": {200, `{"AccountLimit":{"ConcurrentExecutions":1000}}`},
		"GetParameter":      {200, `{"Parameter":{"Value":"28"}}`},
		"DescribeStacks": {200, `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><Outputs>
			<member><OutputKey>FunctionUrl</OutputKey><OutputValue>$URL/call/</OutputValue></member>
			<member><OutputKey>FunctionName</OutputKey><OutputValue>yolambda</OutputValue></member>
			<member><OutputKey>Alias</OutputKey><OutputValue>live</OutputValue></member>
			<member><OutputKey>CallerPolicyArn</OutputKey><OutputValue>arn:policy</OutputValue></member>
			<member><OutputKey>Version</OutputKey><OutputValue>v1.2.3-4-gabcdef0</OutputValue></member>
			<member><OutputKey>LogGroup</OutputKey><OutputValue>/aws/lambda/yolambda</OutputValue></member>
			</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`},
		"/configuration": {200, `{"FunctionArn":"arn:aws:lambda:us-east-1:111122223333:function:yolambda:live","State":"Active","MemorySize":3008,"Architectures":["arm64"]}`},
		"/url":           {200, `{"AuthType":"AWS_IAM"}`},
		"SimulatePrincipalPolicy": {200, `<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><EvaluationResults>
			<member><EvalActionName>lambda:InvokeFunctionUrl</EvalActionName><EvalDecision>allowed</EvalDecision></member>
			<member><EvalActionName>lambda:InvokeFunction</EvalActionName><EvalDecision>allowed</EvalDecision></member>
			</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`},
		"ListStackResources": {200, `<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries>` +
			resources("AWS::CloudWatch::Alarm", "yolambda-Errors", "yolambda-ServerErrors", "yolambda-Throttles", "yolambda-Duration", "yolambda-Memory") +
			resources("AWS::CloudWatch::Dashboard", "d") + resources("AWS::Lambda::Alias", "a") + resources("AWS::Lambda::Url", "u") +
			resources("AWS::Logs::MetricFilter", "f") + `</StackResourceSummaries></ListStackResourcesResult></ListStackResourcesResponse>`},
		"/aliases/live": {200, `{"FunctionVersion":"9"}`},
		"/versions":     {200, `{"Versions":[{"Version":"$LATEST"},{"Version":"7"},{"Version":"9"},{"Version":"8"}]}`},
		"/call/":        {200, `{"detections":[],"model":"yolov8n","cold_start":true}`},
	}
}

// resources are lines of a list of a stack's resources.
func resources(kind string, physical ...string) string {
	text := ""
	for _, id := range physical {
		text += "<member><ResourceType>" + kind + "</ResourceType><PhysicalResourceId>" + id + "</PhysicalResourceId></member>"
	}
	return text
}

type answer struct {
	status int
	body   string
}

// ask has the doctor examine everything against the answers and gives its findings by check.
func ask(t *testing.T, p Patient, answers map[string]answer) map[string]Finding {
	t.Helper()
	fakeAWS(t, answers)
	p.Root, p.Architecture = t.TempDir(), "arm64"
	findings := map[string]Finding{}
	if err := Examine(t.Context(), p, func(f Finding) error { findings[f.Check] = f; return nil }); err != nil {
		t.Fatal(err)
	}
	return findings
}

// askAWS leaves out the checks of this machine, which take their time.
func askAWS(t *testing.T, p Patient, answers map[string]answer) map[string]Finding {
	t.Helper()
	fakeAWS(t, answers)
	findings := map[string]Finding{}
	if err := checkAWS(t.Context(), p, func(check string, f Finding) error { findings[check] = f; return nil }); err != nil {
		t.Fatal(err)
	}
	return findings
}

const noSuchEntity = `<ErrorResponse><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>`

// fakeAWS answers what it is asked; a key "operation of what" leaves others than what unknown.
func fakeAWS(t *testing.T, answers map[string]answer) {
	t.Helper()
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		for key, a := range answers {
			key, of, _ := strings.Cut(key, " of ")
			if key == operation || strings.HasPrefix(key, "/") && strings.HasSuffix(strings.TrimSuffix(r.URL.Path, "/"), strings.TrimSuffix(key, "/")) ||
				bytes.Contains(body, []byte("Action="+key+"&")) {
				w.Header().Set("Content-Type", map[bool]string{true: "application/x-amz-json-1.1", false: "text/xml"}[operation != ""])
				if !bytes.Contains(body, []byte(url.QueryEscape(of))) {
					a = answer{404, noSuchEntity}
				}
				w.WriteHeader(a.status)
				io.WriteString(w, strings.ReplaceAll(a.body, "$URL", server.URL))
				return
			}
		}
		w.WriteHeader(http.StatusNotFound)
	}))
	t.Cleanup(server.Close)
	yolotest.FakeAWS(t, server.URL)
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
}

// wantOK holds that checks find nothing to mend, and what else they say.
func wantOK(t *testing.T, findings map[string]Finding, details map[string]string) {
	t.Helper()
	for check, want := range details {
		if f := findings[check]; f.Status != OK || f.Mend != "" || !strings.Contains(f.Detail, want) {
			t.Errorf("%s: got %+v, want %q", check, f, want)
		}
	}
}

func TestDoctorOfHealthyDeployment(t *testing.T) {
	findings := ask(t, Patient{Stack: "yolambda"}, healthyAWS())
	wantOK(t, findings, map[string]string{
		"credentials": "arn:aws:iam::111122223333:user/ann",
		"region":      "us-east-1",
		"quota":       "1000 requests at once",
		"bootstrap":   "version 28",
		"stack":       "/call/",
		"function":    "yolambda:live, arm64, 3008 MB",
		"parts":       "5 alarms, dashboard",
		"program":     "deployed by v1.2.3-4-gabcdef0",
		"versions":    "live is at version 9; 2 to go back to",
		"permissions": "user/ann grants both",
		"request":     "by yolov8n, a cold start",
	})
}

func TestDoctorFindsFaults(t *testing.T) {
	const denied = `<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>`
	tests := []struct {
		name   string
		asked  string
		answer answer
		check  string
		status Status
		text   string // in the detail or the mend
	}{
		{"wrong secret", "GetCallerIdentity", answer{403, `<ErrorResponse><Error><Code>InvalidClientTokenId</Code></Error></ErrorResponse>`}, "credentials", Fail, "aws configure"},
		{"new account", "/account-settings", answer{200, `{"AccountLimit":{"ConcurrentExecutions":10}}`}, "quota", Warn, "memory=3008"},
		{"settings not to be read", "/account-settings", answer{403, `{"__type":"AccessDeniedException"}`}, "quota", Skip, "lambda:GetAccountSettings"},
		{"no limits", "/account-settings", answer{200, `{}`}, "quota", Skip, "no limits"},
		{"no bootstrap", "GetParameter", answer{400, `{"__type":"ParameterNotFound"}`}, "bootstrap", Fail, "npx cdk bootstrap aws://111122223333/us-east-1"},
		{"bootstrap not to be read", "GetParameter", answer{400, `{"__type":"AccessDeniedException"}`}, "bootstrap", Skip, "ssm:GetParameter"},
		{"no stack", "DescribeStacks", answer{400, `<ErrorResponse><Error><Code>ValidationError</Code></Error></ErrorResponse>`}, "stack", Fail, "cdk deploy"},
		{"another stack", "DescribeStacks", answer{200, `<DescribeStacksResponse><DescribeStacksResult><Stacks><member></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`}, "stack", Fail, "no outputs"},
		{"nothing after no stack", "DescribeStacks", answer{403, denied}, "request", Skip, "no stack"},
		{"function failed", "/configuration", answer{200, `{"State":"Failed","StateReason":"broken layer"}`}, "function", Fail, "broken layer"},
		{"open to everybody", "/url", answer{200, `{"AuthType":"NONE"}`}, "function", Fail, "lets in everybody"},
		{"moved back", "/aliases/live", answer{200, `{"FunctionVersion":"7"}`}, "versions", Warn, "--function-version 9"},
		{"a rollout", "/aliases/live", answer{200, `{"FunctionVersion":"8","RoutingConfig":{"AdditionalVersionWeights":{"9":0.1}}}`}, "versions", Warn, "version 9 has 10 %"},
		{"no versions", "/versions", answer{200, `{"Versions":[{"Version":"$LATEST"}]}`}, "versions", Fail, "no versions"},
		{"alias not to be read", "/aliases/live", answer{403, `{"__type":"AccessDeniedException"}`}, "versions", Skip, "lambda:GetAlias"},
		{"an earlier version's stack", "ListStackResources", answer{200, `<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries>` +
			resources("AWS::CloudWatch::Alarm", "yolambda-Errors") + `</StackResourceSummaries></ListStackResourcesResult></ListStackResourcesResponse>`},
			"parts", Warn, "lacks alarm yolambda-ServerErrors"},
		{"parts not to be listed", "ListStackResources", answer{403, denied}, "parts", Skip, "cloudformation:ListStackResources"},
		{"one right is missing", "SimulatePrincipalPolicy", answer{200, `<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><EvaluationResults>
			<member><EvalActionName>lambda:InvokeFunctionUrl</EvalActionName><EvalDecision>allowed</EvalDecision></member>
			<member><EvalActionName>lambda:InvokeFunction</EvalActionName><EvalDecision>implicitDeny</EvalDecision></member>
			</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`}, "permissions", Warn, "does not grant lambda:InvokeFunction"},
		{"a user that is gone", "SimulatePrincipalPolicy", answer{404, noSuchEntity}, "permissions", Fail, "simulate your policies"},
		{"may not simulate", "SimulatePrincipalPolicy", answer{403, denied}, "permissions", Skip, "iam:SimulatePrincipalPolicy"},
		{"not let in", "/call/", answer{403, `{"Message":"Forbidden"}`}, "request", Fail, "attach the policy arn:policy"},
		{"function broken", "/call/", answer{502, `Internal Server Error`}, "request", Fail, "log group"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answers := healthyAWS()
			answers[tt.asked] = tt.answer
			findings := askAWS(t, Patient{Stack: "yolambda"}, answers)
			f := findings[tt.check]
			if f.Status != tt.status || !strings.Contains(f.Detail+f.Mend, tt.text) {
				t.Errorf("got %+v, want %s with %q", f, tt.status, tt.text)
			}
		})
	}
}

// What settings add has parts of its own: a trigger of an earlier version called the function
// without a limit.
func TestDoctorLooksForPartsOfSettings(t *testing.T) {
	answers := healthyAWS()
	answers["DescribeStacks"] = answer{200, strings.Replace(answers["DescribeStacks"].body, "<Outputs>",
		"<Outputs><member><OutputKey>TriggerResultsLocation</OutputKey><OutputValue>s3://b/</OutputValue></member>", 1)}
	f := askAWS(t, Patient{Stack: "yolambda"}, answers)["parts"]
	for _, want := range []string{"alarm yolambda-PicturesWait", "AWS::Lambda::EventSourceMapping"} {
		if f.Status != Warn || !strings.Contains(f.Detail, want) {
			t.Errorf("got %+v, want %q", f, want)
		}
	}
}

func TestDoctorOfRegionWithoutURLs(t *testing.T) {
	fakeAWS(t, healthyAWS())
	t.Setenv("AWS_REGION", "eu-south-2")
	findings := map[string]Finding{}
	if err := checkAWS(t.Context(), Patient{}, func(check string, f Finding) error { findings[check] = f; return nil }); err != nil {
		t.Fatal(err)
	}
	if f := findings["region"]; f.Status != Warn || !strings.Contains(f.Detail, "no function URLs in eu-south-2") {
		t.Errorf("got %+v", f)
	}
}

// Each side grants one of the two rights.
// A session's ARN lacks the path of its role, as those of IAM Identity Center have: IAM tells it.
func TestDoctorOfRoleWithPath(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/aws-reserved/x/deploy"
	answers := healthyAWS()
	answers["GetCallerIdentity"] = answer{200, strings.Replace(answers["GetCallerIdentity"].body,
		"arn:aws:iam::111122223333:user/ann", "arn:aws:sts::111122223333:assumed-role/deploy/ann", 1)}
	answers["SimulatePrincipalPolicy of "+role] = answers["SimulatePrincipalPolicy"]
	delete(answers, "SimulatePrincipalPolicy")
	if f := askAWS(t, Patient{Stack: "yolambda"}, answers)["permissions"]; f.Status != Fail || !strings.Contains(f.Detail+f.Mend, "look up your role (iam:GetRole)") {
		t.Errorf("a role that can't be looked up: %+v", f)
	}
	answers["GetRole"] = answer{200, `<GetRoleResponse><GetRoleResult><Role><RoleName>deploy</RoleName><Arn>` + role + `</Arn></Role></GetRoleResult></GetRoleResponse>`}
	wantOK(t, askAWS(t, Patient{Stack: "yolambda"}, answers), map[string]string{"permissions": role + " grants both rights"})
}

func TestDoctorReadsTheFunctionsPolicy(t *testing.T) {
	answers := healthyAWS()
	answers["SimulatePrincipalPolicy"] = answer{200, `<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><EvaluationResults>
		<member><EvalActionName>lambda:InvokeFunctionUrl</EvalActionName><EvalDecision>implicitDeny</EvalDecision></member>
		<member><EvalActionName>lambda:InvokeFunction</EvalActionName><EvalDecision>allowed</EvalDecision></member>
		</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`}
	for invoker, want := range map[string]Status{
		"arn:aws:iam::111122223333:user/ann": OK,
		"arn:aws:iam::111122223333:root":     OK,
		"arn:aws:iam::111122223333:user/bob": Warn,
	} {
		policy := fmt.Sprintf(`{"Statement":[{"Effect":"Allow","Principal":{"AWS":%q},"Action":"lambda:InvokeFunctionUrl"}]}`, invoker)
		answers["/policy"] = answer{200, fmt.Sprintf(`{"Policy":%q}`, policy)}
		if findings := askAWS(t, Patient{Stack: "yolambda"}, answers); findings["permissions"].Status != want {
			t.Errorf("%s: got %+v, want %s", invoker, findings["permissions"], want)
		}
	}
}

func TestPrincipal(t *testing.T) {
	for caller, want := range map[string]string{
		"arn:aws:iam::111122223333:user/team/ann":               "arn:aws:iam::111122223333:user/team/ann",
		"arn:aws:sts::111122223333:assumed-role/deploy/session": "arn:aws:iam::111122223333:role/deploy",
		"arn:aws:iam::111122223333:root":                        "",
	} {
		a, err := arn.Parse(caller)
		if err != nil {
			t.Fatal(err)
		}
		if got := principal(a); got != want {
			t.Errorf("%s: got %q, want %q", caller, got, want)
		}
	}
}

// library is the header of an ELF file for the machine.
func library(machine elf.Machine) []byte {
	header := elf.Header64{Type: uint16(elf.ET_DYN), Machine: uint16(machine), Version: 1, Ehsize: 64}
	copy(header.Ident[:], "\x7fELF\x02\x01\x01")
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, header)
	return b.Bytes()
}

func TestCheckRuntime(t *testing.T) {
	arm, x86 := library(elf.EM_AARCH64), library(elf.EM_X86_64)
	for _, tt := range []struct {
		name   string
		file   []byte
		pinned []byte // nil: no file of sums
		status Status
		text   string
	}{
		{"as pinned", arm, arm, OK, "as pinned"},
		{"other bytes", append(arm, 1), arm, Fail, "another SHA-256"},
		{"other architecture", x86, x86, Fail, "not for arm64"},
		{"no sums", arm, nil, Warn, "not known"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			write := func(data []byte, elem ...string) {
				path := filepath.Join(append([]string{root}, elem...)...)
				if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, data, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			write(tt.file, "build", "layers", "runtime", "arm64", "lib", "libonnxruntime.so")
			if tt.pinned != nil {
				write(fmt.Appendf(nil, "# sums\n%x  linux/arm64/libonnxruntime.so.1\n", sha256.Sum256(tt.pinned)), "infra", "yolambda", "onnxruntime", "SHA256SUMS")
			}
			if f := checkRuntime(root, "arm64"); f.Status != tt.status || !strings.Contains(f.Detail, tt.text) {
				t.Errorf("got %+v, want %s with %q", f, tt.status, tt.text)
			}
		})
	}
}

func TestCheckModel(t *testing.T) {
	fixtures := filepath.Join("..", "..", "lambda", "internal", "ort", "testdata")
	noYOLO := filepath.Join(t.TempDir(), "empty-graph.onnx")
	graph := protowire.AppendBytes(protowire.AppendTag(nil, 7, protowire.BytesType), nil)
	if err := os.WriteFile(noYOLO, graph, 0o666); err != nil {
		t.Fatal(err)
	}
	root := yolotest.Root(t)
	yolotest.Built(t, local.PartsIn(root).Bootstrap)
	for _, tt := range []struct {
		path   string
		named  bool
		status Status
		text   string
	}{
		{filepath.Join(fixtures, "squares.onnx"), true, OK, "squares.onnx: detect, 3 classes, opset 18, input float32 320x320 dynamic, weights int64"},
		{filepath.Join(fixtures, "squares-static-half.onnx"), true, OK, "input float16 320x320 fixed"},
		{filepath.Join(fixtures, "graphs", "fractions.onnx"), true, Fail, "its boxes lie between 0 and 1"}, // seen by a run
		{noYOLO, true, Fail, "empty-graph.onnx"},
		{filepath.Join(fixtures, "make.py"), true, Fail, "not an ONNX file"},
		{"none.onnx", true, Fail, "none.onnx"},
		{"none.onnx", false, Warn, "none.onnx"},
	} {
		if f := checkModel(t.Context(), root, tt.path, tt.named, &memory{}); f.Status != tt.status || !strings.Contains(f.Detail, tt.text) {
			t.Errorf("%s: got %+v, want %s with %q", tt.path, f, tt.status, tt.text)
		}
	}
	squares := filepath.Join(fixtures, "squares.onnx")
	if f := checkModel(t.Context(), t.TempDir(), squares, true, &memory{}); f.Status != Warn || !strings.Contains(f.Detail, "not looked at") || f.Mend != "make build" {
		t.Errorf("nothing is built: got %+v", f)
	}
}

// The function is not asked again about a model with which it answered, and about each other one, and
// where the function is another.
func TestRemembered(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	parts := local.Parts{Bootstrap: file("bootstrap", "function"), Library: file("library", "ONNX Runtime")}
	other := local.Parts{Bootstrap: file("bootstrap2", "another function"), Library: parts.Library}
	refusal := errors.New("refused")
	for i, step := range []struct {
		folder string
		model  string
		parts  local.Parts
		answer error // of the function, if it is asked
		asked  bool
	}{
		{"kept/models", "cats", parts, refusal, true},
		{"kept/models", "cats", parts, nil, true}, // a refusal is not remembered
		{"kept/models", "cats", parts, refusal, false},
		{"kept/models", "dogs", parts, nil, true},
		{"kept/models", "cats", other, nil, true},
		{"kept/models", "cats", parts, nil, false},
		{"", "cats", parts, nil, true}, // no memory
		{"", "cats", parts, nil, true},
	} {
		known := &memory{}
		if step.folder != "" {
			known.dir = filepath.Join(dir, step.folder)
		}
		asked := false
		err := known.look([]byte(step.model), step.parts, func() error { asked = true; return step.answer })
		if asked != step.asked || asked && !errors.Is(err, step.answer) || !asked && err != nil {
			t.Errorf("step %d: asked %v, %v", i, asked, err)
		}
	}
}

func TestProgram(t *testing.T) {
	for _, tt := range []struct {
		deployed, here string
		want           Status
	}{
		{"v1.2.3", "v1.2.3", OK}, {"v1.2.3", "v1.2.3-dirty", OK}, {"v1.2.3", "", OK},
		{"v1.2.3", "v1.2.4", Warn}, {"", "v1.2.3", Warn}, {"", "", Warn},
	} {
		q := &inquiry{version: tt.here, outputs: map[string]string{"Version": tt.deployed}}
		if f := q.program(t.Context()); f.Status != tt.want {
			t.Errorf("%+v: %+v", tt, f)
		}
	}
}

// The project's own CDK app judges an environment; what it says of one is looked at after that.
func TestCheckSettings(t *testing.T) {
	p := Patient{Root: yolotest.Root(t), Environment: "dev"}
	if f := p.checkSettings(t.Context()); f.Status != OK || !strings.Contains(f.Detail, "stack yolambda-dev, arm64") {
		t.Errorf("%+v", f)
	}
	if p.Architecture != "arm64" || p.own != (own{}) || len(p.Models) != 2 || filepath.Base(p.Models[0]) != "coco.onnx" {
		t.Errorf("%+v", p)
	}
	p = Patient{Root: yolotest.Root(t), Environment: "dev", Architecture: "x86_64"}
	if f := p.checkSettings(t.Context()); f.Status != OK || p.Architecture != "x86_64" {
		t.Errorf("x86_64 was asked for: %+v, %+v", f, p)
	}
	p = Patient{Root: yolotest.Root(t), Environment: "none"}
	if f := p.checkSettings(t.Context()); f.Status != Fail || !strings.Contains(f.Detail, "there is no environments/none.json (there are: dev") {
		t.Errorf("%+v", f)
	}
}

// Without an app that runs there is nothing to say of the settings.
func TestCheckSettingsWithoutApp(t *testing.T) {
	broken := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module broken\n", "infra/main.go": "package main\n\nfunc main() { settings }\n"} {
		if err := os.MkdirAll(filepath.Join(broken, filepath.Dir(name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(broken, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOWORK", "off")
	p := Patient{Root: broken, Environment: "dev"}
	if f := p.checkSettings(t.Context()); f.Status != Fail || !strings.Contains(f.Detail, "does not run: # broken/infra; infra/main.go:3:15: ") {
		t.Errorf("%+v", f)
	}
	t.Setenv("PATH", broken)
	if f := p.checkSettings(t.Context()); f.Status != Fail || !strings.Contains(f.Detail, `does not run: exec: "go": executable file not found`) {
		t.Errorf("without go: %+v", f)
	}
}
