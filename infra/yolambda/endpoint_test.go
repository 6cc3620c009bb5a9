package yolambda_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/yolambda/yolambda/infra/yolambda"
	"github.com/yolambda/yolambda/lambda/names"
)

func TestMain(m *testing.M) {
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}

// newStack is one for which nothing is bundled.
func newStack(t *testing.T) awscdk.Stack {
	t.Helper()
	app := awscdk.NewApp(&awscdk.AppProps{
		Outdir:  jsii.String(t.TempDir()),
		Context: &map[string]any{"aws:cdk:bundling-stacks": []any{}},
	})
	return awscdk.NewStack(app, jsii.String("Team"), nil)
}

// resources are the properties of those of each type, by logical id.
func resources(t *testing.T, stack awscdk.Stack) map[string]map[string]map[string]any {
	t.Helper()
	text, err := json.Marshal(assertions.Template_FromStack(stack, nil).ToJSON())
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties map[string]any
		}
	}
	if err := json.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	found := map[string]map[string]map[string]any{}
	for id, r := range template.Resources {
		if found[r.Type] == nil {
			found[r.Type] = map[string]map[string]any{}
		}
		found[r.Type][id] = r.Properties
	}
	return found
}

func cats() *yolambda.EndpointProps {
	return &yolambda.EndpointProps{Models: []yolambda.Model{{Path: "models/cats.onnx"}}}
}

// Two endpoints with batches and triggers lie in one stack, and nothing has a name that a second
// stack, or a replacement, could meet.
func TestTwoInOneStack(t *testing.T) {
	stack := newStack(t)
	for _, id := range []string{"Cats", "Dogs"} {
		e := yolambda.NewEndpoint(stack, jsii.String(id), cats())
		yolambda.NewBatch(stack, jsii.String(id+"Batch"), &yolambda.BatchProps{Endpoint: e})
		yolambda.NewTrigger(stack, jsii.String(id+"Trigger"), &yolambda.TriggerProps{Endpoint: e})
		e.GrantInvokeUrl(awsiam.NewArnPrincipal(jsii.String("arn:aws:iam::123456789012:role/app")))
	}
	found := resources(t, stack)
	for kind, want := range map[string]int{
		"AWS::Lambda::Function": 2, "AWS::Lambda::Alias": 2, "AWS::Lambda::Url": 2, "AWS::StepFunctions::StateMachine": 2,
		"AWS::Events::Rule": 2, "AWS::S3::Bucket": 8, "AWS::SQS::Queue": 4, "AWS::Lambda::EventSourceMapping": 2, "AWS::Logs::LogGroup": 4, "AWS::Lambda::Permission": 4,
	} {
		if got := len(found[kind]); got != want {
			t.Errorf("%d resources of type %s, want %d", got, kind, want)
		}
	}
	physical := regexp.MustCompile(`^(FunctionName|LogGroupName|BucketName|QueueName|StateMachineName|RoleName|ManagedPolicyName|LayerName)$`)
	for kind, all := range found {
		if kind == "AWS::Lambda::Alias" || kind == "AWS::Lambda::Permission" || kind == "AWS::Lambda::Version" {
			continue // parts of a function, which they name
		}
		for id, properties := range all {
			for key, value := range properties {
				if _, fixed := value.(string); fixed && (physical.MatchString(key) || key == "Name") {
					t.Errorf("%s has the %s %s", id, key, value)
				}
			}
		}
	}
	for id, f := range found["AWS::Lambda::Function"] {
		variables := f["Environment"].(map[string]any)["Variables"].(map[string]any)
		for _, want := range []string{"ORT_DISABLE_TELEMETRY", "YOLAMBDA_MODEL", "YOLAMBDA_S3_PREFIXES", "YOLAMBDA_S3_RESULTS"} {
			if variables[want] == nil {
				t.Errorf("%s: no %s in %v", id, want, variables)
			}
		}
		// Pictures of the batch and of the trigger, in a bucket each.
		if text, _ := json.Marshal(variables["YOLAMBDA_S3_PREFIXES"]); strings.Count(string(text), "/pictures/") != 2 {
			t.Errorf("%s reads %s", id, text)
		}
	}
}

// Zero values mean what the documentation says.
func TestDefaults(t *testing.T) {
	stack := newStack(t)
	yolambda.NewEndpoint(stack, jsii.String("Cats"), cats())
	found := resources(t, stack)
	for _, f := range found["AWS::Lambda::Function"] {
		if f["MemorySize"] != 10240.0 || f["Timeout"] != 60.0 || !slices.Equal(f["Architectures"].([]any), []any{"arm64"}) ||
			f["TracingConfig"] == nil || f["ReservedConcurrentExecutions"] != nil {
			t.Errorf("function: %v", f)
		}
	}
	for _, logs := range found["AWS::Logs::LogGroup"] {
		if logs["RetentionInDays"] != 30.0 {
			t.Errorf("logs: %v", logs)
		}
	}
	for _, absent := range []string{"AWS::S3::Bucket", "AWS::Lambda::Permission", "AWS::CloudWatch::Alarm"} {
		if len(found[absent]) > 0 {
			t.Errorf("%d of %s that nobody asked for", len(found[absent]), absent)
		}
	}
}

// A bucket of somebody else's takes the results, and none is made.
func TestGivenBuckets(t *testing.T) {
	stack := newStack(t)
	e := yolambda.NewEndpoint(stack, jsii.String("Cats"), cats())
	bucket := awss3.Bucket_FromBucketName(stack, jsii.String("Ours"), jsii.String("ours"))
	s := yolambda.NewStorage(stack, jsii.String("Storage"), &yolambda.StorageProps{
		Results: bucket, Pictures: &yolambda.Location{Bucket: bucket, Prefix: "in/"}})
	yolambda.NewBatch(stack, jsii.String("Batch"), &yolambda.BatchProps{Endpoint: e, Storage: s})
	yolambda.NewTrigger(stack, jsii.String("Trigger"), &yolambda.TriggerProps{Endpoint: e, Storage: s})
	found := resources(t, stack)
	if len(found["AWS::S3::Bucket"]) > 0 {
		t.Error("a bucket is made")
	}
	for _, f := range found["AWS::Lambda::Function"] {
		variables := f["Environment"].(map[string]any)["Variables"].(map[string]any)
		if variables["YOLAMBDA_S3_PREFIXES"] != "s3://ours/in/" || variables["YOLAMBDA_S3_RESULTS"] != "s3://ours/results/trigger/" {
			t.Errorf("%v", variables)
		}
	}
}

// Metrics have the dimensions under which the function writes them.
func TestMetrics(t *testing.T) {
	stack := newStack(t)
	props := cats()
	props.FunctionName = "cats"
	e := yolambda.NewEndpoint(stack, jsii.String("Cats"), props)
	m := e.MetricOfModel(names.MetricInference, "cats", nil)
	if *m.Namespace() != "YOLambda" || *m.MetricName() != "InferenceMs" || (*m.Dimensions())["Model"] != "cats" || (*m.Dimensions())["FunctionName"] != "cats" {
		t.Errorf("%s %s %v", *m.Namespace(), *m.MetricName(), *m.Dimensions())
	}
	if m := e.MetricDetections("cat", nil); (*m.Dimensions())["Class"] != "cat" {
		t.Errorf("%v", *m.Dimensions())
	}
	if m := e.MetricMemoryUsed(nil); *m.Namespace() != "YOLambda/cats" {
		t.Errorf("%s", *m.Namespace())
	}
}

func TestRefusals(t *testing.T) {
	for want, change := range map[string]func(*yolambda.EndpointProps){
		"no model":     func(p *yolambda.EndpointProps) { p.Models = nil },
		"amd64":        func(p *yolambda.EndpointProps) { p.Architecture = "amd64" },
		"64 MB":        func(p *yolambda.EndpointProps) { p.MemoryMB = 64 },
		"901 s":        func(p *yolambda.EndpointProps) { p.TimeoutSeconds = 901 },
		"below 0":      func(p *yolambda.EndpointProps) { p.ReservedConcurrency = -1 },
		"the reserved": func(p *yolambda.EndpointProps) { p.ReservedConcurrency, p.ProvisionedConcurrency = 1, 2 },
	} {
		props := cats()
		change(props)
		message := failure(t, func() { yolambda.NewEndpoint(newStack(t), jsii.String("Cats"), props) })
		if !strings.Contains(message, want) {
			t.Errorf("%q, want %q", message, want)
		}
	}
	stack := newStack(t)
	e := yolambda.NewEndpoint(stack, jsii.String("Cats"), cats())
	yolambda.NewTrigger(stack, jsii.String("One"), &yolambda.TriggerProps{Endpoint: e})
	if message := failure(t, func() { yolambda.NewTrigger(stack, jsii.String("Two"), &yolambda.TriggerProps{Endpoint: e}) }); !strings.Contains(message, "a trigger already") {
		t.Errorf("%q", message)
	}
}

// failure is the message of the BuildError that f panics with.
func failure(t *testing.T, f func()) (message string) {
	t.Helper()
	defer func() {
		if failed, ok := recover().(yolambda.BuildError); ok {
			message = failed.Error()
		}
	}()
	f()
	return ""
}

// An app of a team's own: a function with a model, and a role that may call it.
func ExampleNewEndpoint() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Cats"), nil)

	cats := yolambda.NewEndpoint(stack, jsii.String("Cats"), &yolambda.EndpointProps{
		Models:   []yolambda.Model{{Path: "models/cats.onnx"}},
		MemoryMB: 3008,
	})
	caller := awsiam.NewRole(stack, jsii.String("Caller"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("ecs-tasks.amazonaws.com"), nil),
	})
	cats.GrantInvokeUrl(caller)
	awscdk.NewCfnOutput(stack, jsii.String("Url"), &awscdk.CfnOutputProps{Value: cats.Url.Url()})

	app.Synth(nil)
}

// All pictures of a bucket that exists, and each new one.
func ExampleNewBatch() {
	stack := awscdk.NewStack(nil, jsii.String("Cats"), nil)
	endpoint := yolambda.NewEndpoint(stack, jsii.String("Cats"), &yolambda.EndpointProps{
		Models: []yolambda.Model{{Name: "cats", Content: awslambda.Code_FromBucketV2(
			awss3.Bucket_FromBucketName(stack, jsii.String("Models"), jsii.String("our-models")), jsii.String("cats.zip"), nil)}},
	})
	photos := awss3.Bucket_FromBucketName(stack, jsii.String("Photos"), jsii.String("our-photos"))
	storage := yolambda.NewStorage(stack, jsii.String("Storage"), &yolambda.StorageProps{
		Pictures: &yolambda.Location{Bucket: photos, Prefix: "in/"},
	})
	yolambda.NewBatch(stack, jsii.String("Batch"), &yolambda.BatchProps{Endpoint: endpoint, Storage: storage})
	yolambda.NewTrigger(stack, jsii.String("Trigger"), &yolambda.TriggerProps{Endpoint: endpoint, Storage: storage})
}
