package yolambda_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3notifications"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
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
		"no provisioned concurrency to start from": func(p *yolambda.EndpointProps) {
			p.Scaling = &yolambda.Scaling{Max: 5, Schedule: []yolambda.ScheduledLimits{{From: "cron(0 7 ? * MON-FRI *)", Min: 1, Max: 3}}}
		},
		"0 have no load to follow": func(p *yolambda.EndpointProps) {
			p.Scaling = &yolambda.Scaling{Schedule: []yolambda.ScheduledLimits{{From: "cron(0 7 ? * MON-FRI *)", Max: 3}}}
		},
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
	parameter := awscdk.NewCfnParameter(stack, jsii.String("Number"), &awscdk.CfnParameterProps{Type: jsii.String("Number")})
	token := cats()
	token.MemoryMB = int(*parameter.ValueAsNumber())
	if message := failure(t, func() { yolambda.NewEndpoint(stack, jsii.String("Token"), token) }); !strings.Contains(message, "MemoryMB is a token") {
		t.Errorf("%q", message)
	}
	yolambda.NewTrigger(stack, jsii.String("One"), &yolambda.TriggerProps{Endpoint: e})
	if message := failure(t, func() { yolambda.NewTrigger(stack, jsii.String("Two"), &yolambda.TriggerProps{Endpoint: e}) }); !strings.Contains(message, "a trigger already") {
		t.Errorf("%q", message)
	}
}

// What calls an endpoint is refused where it has none, or where the calls could not end well.
func TestRefusalsOfCallers(t *testing.T) {
	stack := newStack(t)
	endpoint := func(id string, change func(*yolambda.EndpointProps)) *yolambda.Endpoint {
		props := cats()
		change(props)
		return yolambda.NewEndpoint(stack, jsii.String(id), props)
	}
	usual := endpoint("Usual", func(*yolambda.EndpointProps) {})
	slow := endpoint("Slow", func(p *yolambda.EndpointProps) { p.TimeoutSeconds = 301 })
	few := endpoint("Few", func(p *yolambda.EndpointProps) { p.ReservedConcurrency = 4 })
	batch := func(p *yolambda.BatchProps) func(*string) {
		return func(id *string) { yolambda.NewBatch(stack, id, p) }
	}
	trigger := func(p *yolambda.TriggerProps) func(*string) {
		return func(id *string) { yolambda.NewTrigger(stack, id, p) }
	}
	for id, test := range map[string]struct {
		make func(id *string)
		want string
	}{
		"BatchOfNothing":   {batch(nil), "no Endpoint"},
		"BatchOfNone":      {batch(&yolambda.BatchProps{}), "no Endpoint"},
		"TriggerOfNothing": {trigger(nil), "no Endpoint"},
		"TriggerOfNone":    {trigger(&yolambda.TriggerProps{}), "no Endpoint"},
		"RolloutOfNothing": {func(id *string) { yolambda.NewRollout(stack, id, nil) }, "no Endpoint"},
		"DomainOfNothing":  {func(id *string) { yolambda.NewDistribution(stack, id, nil) }, "no Endpoint"},
		"SlowBatch":        {batch(&yolambda.BatchProps{Endpoint: slow}), "timeout of 301 s is more than the 300 s"},
		"NegativeBatch":    {batch(&yolambda.BatchProps{Endpoint: usual, MaxConcurrency: -1}), "AWS takes 1 to 10000"},
		"SmallTrigger":     {trigger(&yolambda.TriggerProps{Endpoint: usual, MaxConcurrency: 1}), "AWS takes 2 to 1000"},
		"WideBatch":        {batch(&yolambda.BatchProps{Endpoint: few}), "5 calls at once are more than the reserved concurrency 4"},
		"WideTrigger":      {trigger(&yolambda.TriggerProps{Endpoint: few}), "5 calls at once are more than the reserved concurrency 4"},
		"FittingBatch":     {batch(&yolambda.BatchProps{Endpoint: few, MaxConcurrency: 4}), ""},
	} {
		message := failure(t, func() { test.make(jsii.String(id)) })
		if test.want == "" && message != "" || !strings.Contains(message, test.want) || test.want != "" && !strings.HasPrefix(message, id+": ") {
			t.Errorf("%s: %q, want %q", id, message, test.want)
		}
	}
}

// Pictures lie apart from results, below what policies and patterns take literally.
func TestRefusalsOfPlaces(t *testing.T) {
	stack := newStack(t)
	e := yolambda.NewEndpoint(stack, jsii.String("Cats"), cats())
	ours := awss3.Bucket_FromBucketName(stack, jsii.String("Ours"), jsii.String("ours"))
	same := awss3.Bucket_FromBucketName(stack, jsii.String("Same"), jsii.String("ours"))
	other := awss3.Bucket_FromBucketName(stack, jsii.String("Other"), jsii.String("other"))
	token := *awscdk.NewCfnParameter(stack, jsii.String("Prefix"), nil).ValueAsString()
	const among = "would be taken for one another"
	for i, test := range []struct {
		pictures yolambda.Location
		want     string
	}{
		{yolambda.Location{Bucket: ours, Prefix: "in/"}, ""},
		{yolambda.Location{Bucket: ours, Prefix: "results/mine/"}, ""},
		{yolambda.Location{Bucket: other}, ""},
		{yolambda.Location{Bucket: other, Prefix: "results/"}, ""},
		{yolambda.Location{Bucket: ours, Prefix: token}, ""},
		{yolambda.Location{Bucket: ours}, among},
		{yolambda.Location{Bucket: same}, among},
		{yolambda.Location{Bucket: ours, Prefix: "results/"}, among},
		{yolambda.Location{Bucket: ours, Prefix: "results/batch/old/"}, among},
		{yolambda.Location{Bucket: ours, Prefix: "results/trigger/"}, among},
		{yolambda.Location{Prefix: "in/"}, "no bucket"},
		{yolambda.Location{Bucket: ours, Prefix: "in"}, "does not end in /"},
		{yolambda.Location{Bucket: ours, Prefix: "/in/"}, "starts with /"},
		{yolambda.Location{Bucket: ours, Prefix: "a,b/"}, "read as something else"},
		{yolambda.Location{Bucket: ours, Prefix: `a"/`}, "read as something else"},
	} {
		message := failure(t, func() {
			yolambda.NewStorage(stack, jsii.String(fmt.Sprintf("S%d", i)), &yolambda.StorageProps{Results: ours, Pictures: &test.pictures})
		})
		if (message == "") != (test.want == "") || !strings.Contains(message, test.want) {
			t.Errorf("%q: %q, want %q", test.pictures.Prefix, message, test.want)
		}
	}
	message := failure(t, func() { e.ReadPictures(yolambda.Location{Bucket: other, Prefix: "photos"}) })
	if !strings.Contains(message, "does not end in /") {
		t.Errorf("%q", message)
	}
}

// An app whose cdk.json has no feature flags gets what the constructs promise all the same.
func TestWithoutFlags(t *testing.T) {
	version := func(path string) string {
		stack := newStack(t)
		yolambda.NewEndpoint(stack, jsii.String("Cats"), &yolambda.EndpointProps{Models: []yolambda.Model{{Name: "cats", Path: path}}})
		for id := range resources(t, stack)["AWS::Lambda::Version"] {
			return id
		}
		return "none"
	}
	if before, after := version("one.onnx"), version("two.onnx"); before == after {
		t.Errorf("another model makes no other version than %s: the alias would stay at the old one", before)
	}
	stack := newStack(t)
	yolambda.NewStorage(stack, jsii.String("Storage"), nil)
	for id, b := range resources(t, stack)["AWS::S3::Bucket"] {
		if b["AccessControl"] != nil {
			t.Errorf("%s has an access control list", id)
		}
	}
}

// Descriptions name the construct in as many and such characters as each service takes.
func TestDescriptionsOfAnyPath(t *testing.T) {
	stack := newStack(t)
	within := constructs.NewConstruct(stack, jsii.String(strings.Repeat("Katzen und Hunde ", 14)+"猫"))
	e := yolambda.NewEndpoint(within, jsii.String("Cats"), cats())
	yolambda.NewTrigger(within, jsii.String("Trigger"), &yolambda.TriggerProps{Endpoint: e})
	yolambda.NewBatch(within, jsii.String("Batch"), &yolambda.BatchProps{Endpoint: e})
	yolambda.NewRollout(within, jsii.String("Rollout"), &yolambda.RolloutProps{Endpoint: e})
	other := yolambda.NewEndpoint(within, jsii.String("Dogs"), cats())
	yolambda.NewDistribution(within, jsii.String("Domain"), &yolambda.DistributionProps{Endpoint: other})
	limits := map[string]int{"AWS::IAM::Role": 1000, "AWS::Lambda::Function": 256, "AWS::Lambda::LayerVersion": 256, "AWS::Events::Rule": 512, "AWS::CloudFront::Distribution": 128}
	seen := map[string]bool{}
	for kind, all := range resources(t, stack) {
		for id, properties := range all {
			said, _ := properties["Description"].(string)
			if distribution, ok := properties["DistributionConfig"].(map[string]any); ok {
				said, _ = distribution["Comment"].(string)
			}
			if limit, ok := limits[kind]; ok && said != "" {
				seen[kind] = true
				if len(said) > limit || regexp.MustCompile(`[^ -~]`).MatchString(said) {
					t.Errorf("%s says in %d characters: %s", id, len(said), said)
				}
			}
		}
	}
	if len(seen) != len(limits) {
		t.Errorf("only these say something: %v", seen)
	}
}

// New objects of a bucket that the app makes reach its trigger, however the app has set it up.
func TestEventsOfOwnBuckets(t *testing.T) {
	notify := func(bucket awss3.IBucket) {
		queue := awssqs.NewQueue(awscdk.Stack_Of(bucket), jsii.String("Others"), nil)
		bucket.AddEventNotification(awss3.EventType_OBJECT_REMOVED, awss3notifications.NewSqsDestination(queue))
	}
	configure := func(c any) func(awss3.IBucket) {
		return func(bucket awss3.IBucket) {
			bucket.Node().DefaultChild().(awss3.CfnBucket).SetNotificationConfiguration(c)
		}
	}
	type (
		property = awss3.CfnBucket_NotificationConfigurationProperty
		bridge   = awss3.CfnBucket_EventBridgeConfigurationProperty
	)
	none := func(awss3.IBucket) {}
	for name, test := range map[string]struct {
		before, after func(awss3.IBucket)
		custom        bool   // the CDK's custom resource sets the bucket up, not CloudFormation
		want          string // the refusal
	}{
		"plain":               {none, none, true, ""},
		"told":                {awss3.IBucket.EnableEventBridgeNotification, none, true, ""},
		"notified":            {notify, none, true, ""},
		"notified later":      {none, notify, true, ""},
		"its own":             {configure(&property{EventBridgeConfiguration: &bridge{EventBridgeEnabled: jsii.Bool(true)}}), none, false, ""},
		"its own, then more":  {configure(&property{EventBridgeConfiguration: &bridge{EventBridgeEnabled: jsii.Bool(true)}}), notify, false, "added after the trigger"},
		"its own, off":        {configure(&property{EventBridgeConfiguration: &bridge{EventBridgeEnabled: jsii.Bool(false)}}), none, false, "without EventBridge"},
		"its own, of nothing": {configure(&property{}), none, false, "without EventBridge"},
	} {
		stack := newStack(t)
		bucket := awss3.NewBucket(stack, jsii.String("Photos"), nil)
		test.before(bucket)
		var made map[string]map[string]map[string]any
		message := refusal(t, func() {
			e := yolambda.NewEndpoint(stack, jsii.String("Cats"), cats())
			storage := yolambda.NewStorage(stack, jsii.String("Storage"), &yolambda.StorageProps{Pictures: &yolambda.Location{Bucket: bucket}})
			yolambda.NewTrigger(stack, jsii.String("Trigger"), &yolambda.TriggerProps{Endpoint: e, Storage: storage})
			test.after(bucket)
			made = resources(t, stack)
		})
		if (message == "") != (test.want == "") || !strings.Contains(message, test.want) {
			t.Errorf("%s: %q, want %q", name, message, test.want)
		}
		if test.want != "" {
			continue
		}
		text, err := json.Marshal(made["Custom::S3BucketNotifications"])
		if err != nil {
			t.Fatal(err)
		}
		if custom := strings.Contains(string(text), "EventBridgeConfiguration"); custom != test.custom {
			t.Errorf("%s: the custom resource is %s", name, text)
		}
		for id, b := range made["AWS::S3::Bucket"] {
			if sends := b["NotificationConfiguration"] != nil; strings.HasPrefix(id, "Photos") && sends == test.custom {
				t.Errorf("%s: %s has %v, and there is %s", name, id, b["NotificationConfiguration"], text)
			}
		}
	}
}

// The bucket that a storage makes needs no custom resource, and is refused one that would undo its events.
func TestEventsOfMadeBuckets(t *testing.T) {
	for _, more := range []bool{false, true} {
		stack := newStack(t)
		trigger := yolambda.NewTrigger(stack, jsii.String("Trigger"), &yolambda.TriggerProps{Endpoint: yolambda.NewEndpoint(stack, jsii.String("Cats"), cats())})
		if more {
			trigger.Storage.Results.AddObjectRemovedNotification(awss3notifications.NewSqsDestination(trigger.Failed))
		}
		message := refusal(t, func() {
			if made := resources(t, stack)["Custom::S3BucketNotifications"]; len(made) > 0 {
				t.Errorf("a custom resource: %v", made)
			}
		})
		if more != strings.Contains(message, "added after the trigger") {
			t.Errorf("more: %v: %q", more, message)
		}
	}
}

// refusal is what f is refused with, by the constructs or by the CDK at the synthesis.
func refusal(t *testing.T, f func()) (message string) {
	t.Helper()
	defer func() {
		if failed := recover(); failed != nil {
			message = fmt.Sprint(failed)
		}
	}()
	f()
	return ""
}

// Only a trigger's own rule puts events into its queue, whether a key encrypts it or not.
func TestQueueOfOneRule(t *testing.T) {
	for name, key := range map[string]func(awscdk.Stack) awskms.IKey{
		"a key of AWS":     func(awscdk.Stack) awskms.IKey { return nil },
		"one of the stack": func(s awscdk.Stack) awskms.IKey { return awskms.NewKey(s, jsii.String("Key"), nil) },
		"an imported one": func(s awscdk.Stack) awskms.IKey {
			return awskms.Key_FromKeyArn(s, jsii.String("Key"), jsii.String("arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"))
		},
	} {
		stack, props := newStack(t), cats()
		stack.Node().SetContext(jsii.String("@aws-cdk/aws-events:eventsTargetQueueSameAccount"), true) // as cdk init has it
		props.EncryptionKey = key(stack)
		e := yolambda.NewEndpoint(stack, jsii.String("Cats"), props)
		yolambda.NewTrigger(stack, jsii.String("Trigger"), &yolambda.TriggerProps{Endpoint: e})
		// Of a key's own policy AWS supports no such condition on EventBridge: events would be lost.
		for _, key := range resources(t, stack)["AWS::KMS::Key"] {
			text, err := json.Marshal(key["KeyPolicy"])
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(text), `"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"}`) || strings.Contains(string(text), "aws:Source") {
				t.Errorf("%s: the key's policy is %s", name, text)
			}
		}
		rules := resources(t, stack)["AWS::Events::Rule"]
		if len(rules) != 1 {
			t.Fatalf("%s: rules %v", name, rules)
		}
		for id := range rules {
			want := `"Condition":{"ArnNotEquals":{"aws:SourceArn":{"Fn::GetAtt":["` + id + `","Arn"]}}},"Effect":"Deny","Principal":{"Service":"events.amazonaws.com"}`
			refused := 0
			for _, policy := range resources(t, stack)["AWS::SQS::QueuePolicy"] {
				text, err := json.Marshal(policy)
				if err != nil {
					t.Fatal(err)
				}
				refused += strings.Count(string(text), want)
			}
			if refused != 1 {
				t.Errorf("%s: %d queues refuse other rules, want the one of new pictures", name, refused)
			}
		}
	}
}

// The CDK writes an asset once for all that say the same of it: two rollouts must not.
func TestTwoRollouts(t *testing.T) {
	stack := newStack(t)
	rollout := func(id, answers string, change func(*yolambda.EndpointProps)) {
		props := cats()
		change(props)
		e := yolambda.NewEndpoint(stack, jsii.String(id), props)
		yolambda.NewRollout(stack, jsii.String(id+"Rollout"), &yolambda.RolloutProps{Endpoint: e, Answers: answers})
	}
	rollout("Cats", "cats.jsonl", func(*yolambda.EndpointProps) {})
	rollout("Others", "others.jsonl", func(*yolambda.EndpointProps) {})
	rollout("Dogs", "cats.jsonl", func(p *yolambda.EndpointProps) { p.Models = []yolambda.Model{{Path: "dogs.onnx"}} })
	rollout("X86", "cats.jsonl", func(p *yolambda.EndpointProps) { p.Architecture = yolambda.X86 })
	checks := map[string]string{}
	for id, f := range resources(t, stack)["AWS::Lambda::Function"] {
		if strings.Contains(id, "RolloutCheck") {
			code, err := json.Marshal(f["Code"])
			if err != nil {
				t.Fatal(err)
			}
			if other, twice := checks[string(code)]; twice {
				t.Errorf("%s and %s ask the same", id, other)
			}
			checks[string(code)] = id
		}
	}
	if len(checks) == 0 {
		t.Error("no checks")
	}
}

// A rollout splits the traffic of the alias, on which Lambda then sets no provisioned concurrency.
func TestRolloutWithoutWarmEnvironments(t *testing.T) {
	for name, change := range map[string]func(*yolambda.EndpointProps){
		"a number": func(p *yolambda.EndpointProps) { p.ProvisionedConcurrency = 1 },
		"a schedule": func(p *yolambda.EndpointProps) {
			p.Scaling = &yolambda.Scaling{Schedule: []yolambda.ScheduledLimits{{From: "cron(0 7 ? * MON-FRI *)", Min: 1, Max: 1}}}
		},
	} {
		stack, props := newStack(t), cats()
		change(props)
		e := yolambda.NewEndpoint(stack, jsii.String("Cats"), props)
		message := failure(t, func() { yolambda.NewRollout(stack, jsii.String("Rollout"), &yolambda.RolloutProps{Endpoint: e}) })
		if !strings.Contains(message, "Team/Cats has a rollout or warm environments") {
			t.Errorf("%s: %q", name, message)
		}
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
