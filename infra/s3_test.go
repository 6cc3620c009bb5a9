package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/names"
)

// at walks down maps.
func at(t *testing.T, value any, path ...string) any {
	t.Helper()
	for _, key := range path {
		object, ok := value.(map[string]any)
		if !ok || object[key] == nil {
			t.Fatalf("no %q in %v", key, value)
		}
		value = object[key]
	}
	return value
}

// TestBatchDefinition checks that the definition is JSON, that each of its
// placeholders is filled in, and that none is filled in without being there.
func TestBatchDefinition(t *testing.T) {
	text, err := os.ReadFile("yolambda/batch.asl.json")
	if err != nil {
		t.Fatal(err)
	}
	batchDefinition := string(text)
	var asl any
	if err := json.Unmarshal(text, &asl); err != nil {
		t.Fatal(err)
	}
	defaults := at(t, asl, "States", "Defaults", "Parameters").(map[string]any)
	for _, path := range regexp.MustCompile(`\$\.(maxConcurrency|batchSize|toleratedFailurePercentage|prefix|options)"`).FindAllStringSubmatch(batchDefinition, -1) {
		if defaults[path[1]] == nil && defaults[path[1]+".$"] == nil {
			t.Errorf("%s has no default", path[1])
		}
	}
	_, tmpl := synthesized(t, map[string]any{"batch": "true", "batchConcurrency": "7", "pictures": "s3://my-photos/in/"})
	machine := only[struct {
		DefinitionString        string
		DefinitionSubstitutions map[string]any
		TracingConfiguration    struct{ Enabled bool }
		LoggingConfiguration    struct{ IncludeExecutionData bool }
	}](t, tmpl, "AWS::StepFunctions::StateMachine")
	if machine.DefinitionString != batchDefinition {
		t.Error("the definition is not that of the file")
	}
	used := map[string]bool{}
	for _, name := range regexp.MustCompile(`\$\{(\w+)\}`).FindAllStringSubmatch(batchDefinition, -1) {
		used[name[1]] = true
		if machine.DefinitionSubstitutions[name[1]] == nil {
			t.Errorf("${%s} is not filled in", name[1])
		}
	}
	for name := range machine.DefinitionSubstitutions {
		if !used[name] {
			t.Errorf("${%s} is not in the definition", name)
		}
	}
	if s := machine.DefinitionSubstitutions; s["PicturesBucket"] != "my-photos" || s["MaxConcurrency"] != "7" || s["Prefix"] != "in/" || !refersTo(s["Alias"], "Live") {
		t.Errorf("substitutions: %v", s)
	}
	if !machine.TracingConfiguration.Enabled || machine.LoggingConfiguration.IncludeExecutionData {
		t.Errorf("%+v", machine)
	}
	if got, want := at(t, asl, "States", "Pictures", "ResultWriter", "Parameters", "Prefix.$"),
		"States.Format('"+names.PrefixBatchResults+"{}', $$.Execution.Name)"; got != want {
		t.Errorf("results go to %v, the role allows %s", got, want)
	}
	if label := at(t, asl, "States", "Pictures", "Label"); label != "Pictures" {
		t.Errorf("label %v, the role allows Pictures", label)
	}
}

// grants gives what a role's policy allows: action to resources, written out.
func grants(t *testing.T, tmpl template, role string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, policy := range all[struct {
		policyProperties
		Roles []any
	}](t, tmpl, "AWS::IAM::Policy") {
		if !refersTo(policy.Roles[0], role) {
			continue
		}
		for _, s := range policy.PolicyDocument.Statement {
			actions, ok := s.Action.([]any)
			if !ok {
				actions = []any{s.Action}
			}
			resource, err := json.Marshal(s.Resource)
			if err != nil {
				t.Fatal(err)
			}
			condition, err := json.Marshal(s.Condition)
			if err != nil {
				t.Fatal(err)
			}
			for _, action := range actions {
				found[action.(string)] += string(resource) + " if " + string(condition)
			}
		}
	}
	return found
}

func TestS3RightsEndAtThePrefix(t *testing.T) {
	_, tmpl := synthesized(t, map[string]any{"batch": "true", "trigger": "s3", "pictures": "s3://my-photos/in/"})
	const photos = `{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":s3:::my-photos`
	function, batch := grants(t, tmpl, "Role"), grants(t, tmpl, "BatchRole")
	tests := []struct {
		name, got, want string
	}{
		{"function reads", function["s3:GetObject"], photos + `/in/*"]]} if null`},
		{"function writes", function["s3:PutObject"], `"/results/trigger/*"`},
		{"batch lists", batch["s3:ListBucket"], photos + `"]]} if {"StringLike":{"s3:prefix":"in/*"}}`},
		{"batch writes", batch["s3:PutObject"], `"/results/batch/*"`},
		{"batch reads its results", batch["s3:GetObject"], `"/results/batch/*"`},
		{"batch calls", batch["lambda:InvokeFunction"], `{"Ref":"Live`},
		{"batch starts itself", batch["states:StartExecution"], `{"Ref":"Batch`},
	}
	for _, test := range tests {
		if !strings.Contains(test.got, test.want) {
			t.Errorf("%s: got %s, want %s in it", test.name, test.got, test.want)
		}
	}
	for action := range function {
		if strings.HasPrefix(action, "s3:") && !slices.Contains([]string{"s3:GetObject", "s3:PutObject"}, action) {
			t.Errorf("function may %s", action)
		}
	}
	f := only[functionProperties](t, tmpl, "AWS::Lambda::Function")
	if f.Environment.Variables["YOLAMBDA_S3_PREFIXES"] != "s3://my-photos/in/" {
		t.Errorf("environment: %v", f.Environment.Variables)
	}
}

// TestNoS3RightsUnlessAsked: without batch and trigger nothing may touch S3, and
// the function knows of no prefix.
func TestNoS3RightsUnlessAsked(t *testing.T) {
	_, tmpl := synthesized(t, nil)
	for id, resource := range tmpl.Resources {
		if text := string(resource.Properties); strings.Contains(text, "s3:") || strings.Contains(text, "YOLAMBDA_S3") {
			t.Errorf("%s speaks of S3: %s", id, text)
		}
	}
	_, tmpl = synthesized(t, map[string]any{"batch": "true", "pictures": "s3://my-photos/in/"})
	for action := range grants(t, tmpl, "Role") {
		if strings.HasPrefix(action, "s3:") && action != "s3:GetObject" {
			t.Errorf("with batch alone the function may %s", action)
		}
	}
}

func TestOwnBucket(t *testing.T) {
	_, tmpl := synthesized(t, map[string]any{"trigger": "s3"})
	type bucket struct {
		NotificationConfiguration struct {
			EventBridgeConfiguration struct{ EventBridgeEnabled bool }
		}
		PublicAccessBlockConfiguration map[string]bool
		VersioningConfiguration        struct{ Status string }
	}
	events := 0
	for _, b := range all[bucket](t, tmpl, "AWS::S3::Bucket") {
		if len(b.PublicAccessBlockConfiguration) != 4 || b.VersioningConfiguration.Status != "Enabled" {
			t.Errorf("%+v", b)
		}
		if b.NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled {
			events++
		}
	}
	if events != 1 {
		t.Errorf("new objects raise events in %d buckets, want that of the pictures", events)
	}
	for id, resource := range tmpl.Resources {
		if resource.Type == "AWS::S3::Bucket" && resource.DeletionPolicy != "Retain" {
			t.Errorf("%s would be deleted with its pictures", id)
		}
	}
	if len(all[any](t, tmpl, "AWS::Lambda::Function")) != 1 {
		t.Error("the CDK added a function of its own")
	}
}

// A bucket of an earlier stack takes pictures and results, and none is made.
func TestAdoptedBucket(t *testing.T) {
	_, tmpl := synthesized(t, map[string]any{"batch": "true", "trigger": "s3", "bucket": "left-behind"})
	if found := all[any](t, tmpl, "AWS::S3::Bucket"); len(found) > 0 {
		t.Errorf("%d buckets are made", len(found))
	}
	f := only[functionProperties](t, tmpl, "AWS::Lambda::Function")
	if v := f.Environment.Variables; v["YOLAMBDA_S3_PREFIXES"] != "s3://left-behind/pictures/" || v["YOLAMBDA_S3_RESULTS"] != "s3://left-behind/results/trigger/" {
		t.Errorf("environment: %v", v)
	}
	if got := tmpl.Outputs["BatchResultsLocation"].Value; got != "s3://left-behind/results/batch/" {
		t.Errorf("results of batches go to %v", got)
	}
}

func TestTrigger(t *testing.T) {
	_, tmpl := synthesized(t, map[string]any{"trigger": "s3", "pictures": "s3://my-photos/in/"})
	rule := only[struct {
		EventPattern map[string]any
		Targets      []struct {
			Arn, DeadLetterConfig any
		}
	}](t, tmpl, "AWS::Events::Rule")
	want := map[string]any{
		"source": []any{"aws.s3"}, "detail-type": []any{"Object Created"},
		"detail": map[string]any{
			"bucket": map[string]any{"name": []any{"my-photos"}},
			"object": map[string]any{"key": []any{map[string]any{"prefix": "in/"}}},
		},
	}
	if !reflect.DeepEqual(rule.EventPattern, want) {
		t.Errorf("pattern: %v", rule.EventPattern)
	}
	if len(rule.Targets) != 1 || !isOf(rule.Targets[0].Arn, "NewPictures") || rule.Targets[0].DeadLetterConfig == nil {
		t.Errorf("targets: %+v", rule.Targets)
	}
	f := only[functionProperties](t, tmpl, "AWS::Lambda::Function")
	if f.Environment.Variables["YOLAMBDA_S3_RESULTS"] == nil {
		t.Errorf("function: %+v", f)
	}
}

// A mass upload waits in a queue, from which the function takes so many at once, one a
// call, and gives up on none for a moment's throttling.
func TestTriggerLeavesRoomForCallers(t *testing.T) {
	_, tmpl := synthesized(t, map[string]any{"trigger": "s3", "triggerConcurrency": "9", "timeout": "100"})
	mapping := only[struct {
		FunctionName, EventSourceArn any // the former is taken out of the alias' ARN
		BatchSize                    int
		ScalingConfig                struct{ MaximumConcurrency int }
	}](t, tmpl, "AWS::Lambda::EventSourceMapping")
	if !strings.Contains(fmt.Sprint(mapping.FunctionName), "map[Ref:Live") || !isOf(mapping.EventSourceArn, "NewPictures") ||
		mapping.BatchSize != 1 || mapping.ScalingConfig.MaximumConcurrency != 9 {
		t.Errorf("event source mapping: %+v", mapping)
	}
	type queue struct {
		VisibilityTimeout, MessageRetentionPeriod int
		RedrivePolicy                             *struct {
			DeadLetterTargetArn any
			MaxReceiveCount     int
		}
	}
	waiting := 0
	for _, q := range all[queue](t, tmpl, "AWS::SQS::Queue") {
		if q.MessageRetentionPeriod != 14*24*60*60 {
			t.Errorf("%+v: want 14 days", q)
		}
		if q.RedrivePolicy == nil {
			continue // that of failed ones
		}
		waiting++
		if q.VisibilityTimeout != 600 || !isOf(q.RedrivePolicy.DeadLetterTargetArn, "FailedPictures") || q.RedrivePolicy.MaxReceiveCount != 5 {
			t.Errorf("%+v", q)
		}
	}
	if waiting != 1 {
		t.Errorf("%d queues of new pictures", waiting)
	}
}

// TestTriggerOnWholeBucket leaves the key out of the pattern: EventBridge
// refuses an empty prefix.
func TestTriggerOnWholeBucket(t *testing.T) {
	_, tmpl := synthesized(t, map[string]any{"trigger": "s3", "pictures": "s3://my-photos/"})
	rule := only[struct {
		EventPattern struct{ Detail map[string]any }
	}](t, tmpl, "AWS::Events::Rule")
	if len(rule.EventPattern.Detail) != 1 {
		t.Errorf("pattern: %v", rule.EventPattern)
	}
}
