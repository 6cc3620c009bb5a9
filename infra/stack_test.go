package main

import (
	"cmp"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"github.com/yolambda/yolambda/lambda/names"
)

var update = flag.Bool("update", false, "rewrite the golden files and the tables in the docs")

func TestMain(m *testing.M) {
	flag.Parse()
	// The CDK's own look at each template takes most of the tests' time; CI's synthesis has it, and TestLinters looks at all.
	if err := os.Setenv("CDK_VALIDATION", cmp.Or(os.Getenv("CDK_VALIDATION"), "false")); err != nil {
		panic(err)
	}
	code := m.Run()
	closeQuietly()
	os.Exit(code)
}

// template is a synthesized CloudFormation template, as far as tests read it.
type template struct {
	Resources map[string]struct {
		Type           string
		Properties     json.RawMessage
		DeletionPolicy string
		UpdatePolicy   any
		DependsOn      []string
	}
	Outputs map[string]struct{ Value any }
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// newApp makes an app with the context of cdk.json and the settings given. No
// asset is bundled.
func newApp(t *testing.T, settings map[string]any) awscdk.App {
	t.Helper()
	text, err := os.ReadFile("../cdk.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Context map[string]any }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	context := file.Context
	context["aws:cdk:bundling-stacks"] = []any{}
	for key, value := range settings {
		context[key] = value
	}
	return awscdk.NewApp(&awscdk.AppProps{Context: &context, Outdir: jsii.String(t.TempDir())})
}

// newTestStack makes the stack of the settings.
func newTestStack(t *testing.T, app awscdk.App, settings map[string]any) awscdk.Stack {
	t.Helper()
	config, err := ParseConfig(settings)
	if err != nil {
		t.Fatal(err)
	}
	config.Version = "v1.2.3"
	return NewStack(app, config)
}

// synthesized gives the template in text and parsed.
func synthesized(t *testing.T, settings map[string]any) ([]byte, template) {
	t.Helper()
	stack := newTestStack(t, newApp(t, settings), settings)
	text, err := json.MarshalIndent(assertions.Template_FromStack(stack, nil).ToJSON(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	var parsed template
	if err := json.Unmarshal(text, &parsed); err != nil {
		t.Fatal(err)
	}
	return text, parsed
}

// all gives the properties of every resource of a type.
func all[T any](t *testing.T, tmpl template, resourceType string) []T {
	t.Helper()
	var found []T
	for id, resource := range tmpl.Resources {
		if resource.Type != resourceType {
			continue
		}
		var properties T
		if err := json.Unmarshal(resource.Properties, &properties); err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		found = append(found, properties)
	}
	return found
}

// only gives the properties of the one resource of a type.
func only[T any](t *testing.T, tmpl template, resourceType string) T {
	t.Helper()
	found := all[T](t, tmpl, resourceType)
	if len(found) != 1 {
		t.Fatalf("%d resources of type %s, want 1", len(found), resourceType)
	}
	return found[0]
}

type functionProperties struct {
	FunctionName, Runtime, Handler string
	Architectures                  []string
	MemorySize, Timeout            int
	ReservedConcurrentExecutions   *int
	Layers                         []any
	Environment                    struct{ Variables map[string]any }
	LoggingConfig                  struct{ LogFormat, SystemLogLevel string }
	TracingConfig                  struct{ Mode string }
}

type urlProperties struct {
	AuthType, Qualifier string
	Cors                *struct{ AllowOrigins, AllowHeaders, AllowMethods []string }
}

type statement struct {
	Action    any
	Effect    string
	Resource  any
	Condition map[string]map[string]any
}

type policyProperties struct {
	PolicyDocument struct{ Statement []statement }
}

func TestDefaultStack(t *testing.T) {
	_, tmpl := synthesized(t, nil)

	f := only[functionProperties](t, tmpl, "AWS::Lambda::Function")
	if f.FunctionName != "yolambda" || f.Runtime != "provided.al2023" || f.Handler != "bootstrap" ||
		!slices.Equal(f.Architectures, []string{"arm64"}) || f.MemorySize != 10240 || f.Timeout != 60 ||
		f.ReservedConcurrentExecutions != nil || len(f.Layers) != 3 ||
		f.LoggingConfig.LogFormat != "JSON" || f.LoggingConfig.SystemLogLevel != "INFO" || f.TracingConfig.Mode != "Active" ||
		!reflect.DeepEqual(f.Environment.Variables, map[string]any{"ORT_DISABLE_TELEMETRY": "1", "YOLAMBDA_MODEL": "/opt/models/coco.onnx"}) {
		t.Errorf("function: %+v", f)
	}
	url := only[urlProperties](t, tmpl, "AWS::Lambda::Url")
	if url.AuthType != "AWS_IAM" || url.Qualifier != "live" || url.Cors != nil {
		t.Errorf("URL: %+v", url)
	}
	logs := only[struct {
		LogGroupName    string
		RetentionInDays int
	}](t, tmpl, "AWS::Logs::LogGroup")
	if logs.LogGroupName != "/aws/lambda/yolambda" || logs.RetentionInDays != 30 {
		t.Errorf("log group: %+v", logs)
	}
	alias := only[struct {
		Name                         string
		ProvisionedConcurrencyConfig any
	}](t, tmpl, "AWS::Lambda::Alias")
	if alias.Name != "live" || alias.ProvisionedConcurrencyConfig != nil {
		t.Errorf("alias: %+v", alias)
	}
	for _, absent := range []string{"AWS::Lambda::Permission", "AWS::SNS::Topic", "AWS::S3::Bucket",
		"AWS::StepFunctions::StateMachine", "AWS::Events::Rule", "AWS::SQS::Queue"} {
		if found := all[any](t, tmpl, absent); len(found) > 0 {
			t.Errorf("%d resources of type %s that nobody asked for", len(found), absent)
		}
	}
	for _, name := range []string{"FunctionUrl", "FunctionName", "Alias", "CallerPolicyArn", "Region", "LogGroup", "Model"} {
		if _, ok := tmpl.Outputs[name]; !ok {
			t.Errorf("no output %s", name)
		}
	}
}

// TestOutputsBeginWithURL looks at the text, as the order is lost in a map.
func TestOutputsBeginWithURL(t *testing.T) {
	app := newApp(t, nil)
	newTestStack(t, app, nil)
	assembly := app.Synth(nil)
	text, err := os.ReadFile(filepath.Join(*assembly.Directory(), "yolambda.template.json"))
	if err != nil {
		t.Fatal(err)
	}
	first := regexp.MustCompile(`"Outputs":\s*\{\s*"(\w+)"`).FindSubmatch(text)
	if first == nil || string(first[1]) != "FunctionUrl" {
		t.Errorf("first output: %s", first)
	}
}

// cdk ls and cdk destroy need nothing that a clone does not have; cdk synth does.
func TestBundles(t *testing.T) {
	for _, test := range []struct {
		context map[string]any
		want    bool
	}{
		{nil, true},
		{map[string]any{"aws:cdk:bundling-stacks": []any{"**"}}, true},
		{map[string]any{"aws:cdk:bundling-stacks": []any{}}, false},
	} {
		if got := bundles(test.context); got != test.want {
			t.Errorf("%v: %t", test.context, got)
		}
	}
}

// Every role has the boundary, what takes tags has them, and assets go to the bucket of the
// qualifier's bootstrap.
func TestSettingsOfTheAccount(t *testing.T) {
	const boundary = "arn:aws:iam::123456789012:policy/limit"
	text, tmpl := synthesized(t, map[string]any{"batch": "true", "trigger": "s3",
		"tags": "team=vision", "permissionsBoundary": boundary, "qualifier": "vision1"})
	type tag struct{ Key, Value string }
	roles := all[struct {
		PermissionsBoundary string
		Tags                []tag
	}](t, tmpl, "AWS::IAM::Role")
	if len(roles) < 2 {
		t.Errorf("%d roles", len(roles))
	}
	for _, role := range roles {
		if role.PermissionsBoundary != boundary || !slices.Contains(role.Tags, tag{"team", "vision"}) {
			t.Errorf("role: %+v", role)
		}
	}
	for _, f := range all[struct{ Tags []tag }](t, tmpl, "AWS::Lambda::Function") {
		if !slices.Contains(f.Tags, tag{"team", "vision"}) {
			t.Errorf("function: %+v", f)
		}
	}
	if !strings.Contains(string(text), "cdk-vision1-assets-") || strings.Contains(string(text), "hnb659fds") {
		t.Error("assets go to the bucket of another bootstrap")
	}
}

// The same settings give the same files, byte for byte.
func TestSynthesizesTheSameTwice(t *testing.T) {
	settings := map[string]any{"batch": "true", "trigger": "s3", "rollout": "canary", "alarmEmail": "ops@example.org"}
	var files [2]map[string]string
	for i := range files {
		app := newApp(t, settings)
		newTestStack(t, app, settings)
		dir := *app.Synth(nil).Directory()
		files[i] = map[string]string{}
		for _, name := range []string{"yolambda.template.json", "yolambda.assets.json", "manifest.json", "tree.json"} {
			text, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			files[i][name] = string(text)
		}
	}
	for name, text := range files[0] {
		if text != files[1][name] {
			t.Errorf("%s differs at %s", name, firstDifference(text, files[1][name]))
		}
	}
}

// A deployment leaves the version before it, so that the alias can be moved back.
func TestOldVersionsStay(t *testing.T) {
	_, tmpl := synthesized(t, nil)
	for id, resource := range tmpl.Resources {
		if resource.Type == "AWS::Lambda::Version" && resource.DeletionPolicy != "Retain" {
			t.Errorf("%s is deleted with the next deployment", id)
		}
	}
	only[any](t, tmpl, "AWS::Lambda::Version")
}

func TestCallerPolicyHasTheTwoRights(t *testing.T) {
	_, tmpl := synthesized(t, nil)
	policy := only[policyProperties](t, tmpl, "AWS::IAM::ManagedPolicy")
	want := map[string]map[string]map[string]any{
		"lambda:InvokeFunctionUrl": {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}},
		"lambda:InvokeFunction":    {"Bool": {"lambda:InvokedViaFunctionUrl": true}},
	}
	if len(policy.PolicyDocument.Statement) != len(want) {
		t.Fatalf("%d statements", len(policy.PolicyDocument.Statement))
	}
	for _, s := range policy.PolicyDocument.Statement {
		action, _ := s.Action.(string)
		if s.Effect != "Allow" || !reflect.DeepEqual(s.Condition, want[action]) || !refersTo(s.Resource, "Live") {
			t.Errorf("%+v", s)
		}
	}
}

// refersTo reports whether value is a Ref to a resource whose id starts so.
func refersTo(value any, id string) bool {
	object, _ := value.(map[string]any)
	ref, _ := object["Ref"].(string)
	return strings.HasPrefix(ref, id)
}

// TestFunctionRoleIsNarrow lets the function do what it must: write its log.
// Tracing adds a right, and can be switched off.
func TestFunctionRoleIsNarrow(t *testing.T) {
	_, tmpl := synthesized(t, map[string]any{"tracing": "false"})
	policy := only[policyProperties](t, tmpl, "AWS::IAM::Policy")
	if len(policy.PolicyDocument.Statement) != 1 {
		t.Fatalf("statements: %+v", policy.PolicyDocument.Statement)
	}
	s := policy.PolicyDocument.Statement[0]
	if !reflect.DeepEqual(s.Action, []any{"logs:CreateLogStream", "logs:PutLogEvents"}) || s.Resource == "*" {
		t.Errorf("%+v", s)
	}
}

// TestSettingsReachTheTemplate has a case for each setting whose effect is on
// a property. The others are model (TestFindAssets) and those of S3 (below).
func TestSettingsReachTheTemplate(t *testing.T) {
	_, tmpl := synthesized(t, map[string]any{
		"stackName": "cats", "architecture": "x86_64", "memory": "3008", "timeout": "30",
		"reservedConcurrency": "5", "provisionedConcurrency": "2", "tracing": "false", "logRetentionDays": "7",
		"invokers":    "arn:aws:iam::123456789012:role/app,arn:aws:iam::123456789012:root",
		"corsOrigins": "https://example.org", "alarmEmail": "ops@example.org",
	})
	f := only[functionProperties](t, tmpl, "AWS::Lambda::Function")
	if f.FunctionName != "cats" || f.Architectures[0] != "x86_64" || f.MemorySize != 3008 || f.Timeout != 30 ||
		*f.ReservedConcurrentExecutions != 5 || f.TracingConfig.Mode != "" {
		t.Errorf("function: %+v", f)
	}
	for _, layer := range all[struct{ CompatibleArchitectures []string }](t, tmpl, "AWS::Lambda::LayerVersion") {
		if !slices.Equal(layer.CompatibleArchitectures, []string{"x86_64"}) {
			t.Errorf("layer: %+v", layer)
		}
	}
	alias := only[struct {
		ProvisionedConcurrencyConfig struct{ ProvisionedConcurrentExecutions int }
	}](t, tmpl, "AWS::Lambda::Alias")
	if alias.ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions != 2 {
		t.Errorf("alias: %+v", alias)
	}
	logs := only[struct {
		LogGroupName    string
		RetentionInDays int
	}](t, tmpl, "AWS::Logs::LogGroup")
	if logs.LogGroupName != "/aws/lambda/cats" || logs.RetentionInDays != 7 {
		t.Errorf("log group: %+v", logs)
	}
	permissions := map[string][]string{}
	for _, p := range all[struct{ Principal, Action string }](t, tmpl, "AWS::Lambda::Permission") {
		permissions[p.Principal] = append(permissions[p.Principal], p.Action)
	}
	for _, principal := range []string{"arn:aws:iam::123456789012:role/app", "arn:aws:iam::123456789012:root"} {
		slices.Sort(permissions[principal])
		if !slices.Equal(permissions[principal], []string{"lambda:InvokeFunction", "lambda:InvokeFunctionUrl"}) {
			t.Errorf("permissions of %s: %v", principal, permissions[principal])
		}
	}
	url := only[urlProperties](t, tmpl, "AWS::Lambda::Url")
	if !slices.Equal(url.Cors.AllowOrigins, []string{"https://example.org"}) ||
		!slices.Equal(url.Cors.AllowMethods, []string{"GET", "POST"}) || !slices.Contains(url.Cors.AllowHeaders, "authorization") {
		t.Errorf("CORS: %+v", url.Cors)
	}
	topic := only[struct {
		Subscription []struct{ Endpoint, Protocol string }
	}](t, tmpl, "AWS::SNS::Topic")
	if len(topic.Subscription) != 1 || topic.Subscription[0].Endpoint != "ops@example.org" || topic.Subscription[0].Protocol != "email" {
		t.Errorf("topic: %+v", topic)
	}
	alarms := all[struct {
		AlarmName, TreatMissingData string
		Threshold                   float64
		AlarmActions                []any
	}](t, tmpl, "AWS::CloudWatch::Alarm")
	want := map[string]float64{"cats-Errors": 1, "cats-ServerErrors": 1, "cats-Throttles": 1, "cats-Duration": 27000, "cats-Memory": 2707}
	if len(alarms) != len(want) {
		t.Errorf("%d alarms", len(alarms))
	}
	for _, alarm := range alarms {
		if alarm.Threshold != want[alarm.AlarmName] || alarm.TreatMissingData != "notBreaching" || len(alarm.AlarmActions) != 1 {
			t.Errorf("alarm: %+v", alarm)
		}
	}
}

func TestDashboardDrawsEveryMetric(t *testing.T) {
	text, _ := synthesized(t, nil)
	for _, metric := range []string{names.MetricColdStart, names.MetricDecode, names.MetricPreprocess, names.MetricInference,
		names.MetricPostprocess, names.MetricPicture, names.MetricUnread, names.MetricDetections} {
		if !strings.Contains(string(text), `MetricName=\\\"`+metric+`\\\"`) {
			t.Errorf("%s is not drawn", metric)
		}
	}
}

var (
	contentHash = regexp.MustCompile(`[0-9a-f]{64}`)
	versionHash = regexp.MustCompile(`(FunctionCurrentVersion[0-9A-F]{8})[0-9a-f]{32}`)
)

// TestGolden shows what a change does to the templates. Hashes are masked, for
// they change with every change of the code.
func TestGolden(t *testing.T) {
	for _, name := range []string{"default", "s3", "s3-named", "every-caller", "canary", "domain", "public", "kms", "kms-canary", "vpc", "scaled"} {
		t.Run(name, func(t *testing.T) {
			text, _ := synthesized(t, configurations[name])
			got := contentHash.ReplaceAllString(string(text), "HASH")
			got = versionHash.ReplaceAllString(got, "${1}HASH") + "\n"
			path := filepath.Join("testdata", name+".template.json")
			if *update {
				write(t, path, got)
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("differs from %s at %s\n(go test -update rewrites it)", path, firstDifference(got, string(want)))
			}
		})
	}
}

func firstDifference(got, want string) string {
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i, line := range gotLines {
		if i >= len(wantLines) || line != wantLines[i] {
			return "line " + line
		}
	}
	return "the end"
}
