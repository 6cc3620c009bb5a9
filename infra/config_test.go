package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/infra/yolambda"
)

func TestParseConfigDefaults(t *testing.T) {
	got, err := ParseConfig(nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		StackName: "yolambda", Models: []yolambda.Model{{Path: "layers/coco/coco.onnx"}, {Path: "layers/codes/codes.onnx"}}, Architecture: yolambda.Arm64, Optimize: true,
		MemoryMB: 10240, TimeoutSeconds: 60, LogRetentionDays: 30, Tracing: true,
		ProvisionedUtilization: 70, ProvisionedTimeZone: "Etc/UTC",
		Rollout: "atOnce", Answers: "layers/answers.jsonl", BatchConcurrency: 5, Trigger: "none", TriggerConcurrency: 5,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestParseConfigAccepts has at least one case for each setting, in the form
// that the command line gives (a string) or cdk.json may give.
func TestParseConfigAccepts(t *testing.T) {
	tests := []struct {
		key   string
		value any
		want  func(c Config) bool
	}{
		{"stackName", "cats-2", func(c Config) bool { return c.StackName == "cats-2" }},
		{"model", "my/cats.onnx", func(c Config) bool { return reflect.DeepEqual(c.Models, []yolambda.Model{{Path: "my/cats.onnx"}}) }},
		{"model", "codes, my/cats.onnx", func(c Config) bool {
			return reflect.DeepEqual(c.Models, []yolambda.Model{{Path: "layers/codes/codes.onnx"}, {Path: "my/cats.onnx"}})
		}},
		{"optimize", "false", func(c Config) bool { return !c.Optimize }},
		{"optimize", false, func(c Config) bool { return !c.Optimize }},
		{"architecture", "x86_64", func(c Config) bool { return c.Architecture == yolambda.X86 }},
		{"memory", "3008", func(c Config) bool { return c.MemoryMB == 3008 }},
		{"memory", 2048.0, func(c Config) bool { return c.MemoryMB == 2048 }},
		{"timeout", "900", func(c Config) bool { return c.TimeoutSeconds == 900 }},
		{"reservedConcurrency", "5", func(c Config) bool { return c.ReservedConcurrency == 5 }},
		{"reservedConcurrency", "none", func(c Config) bool { return c.ReservedConcurrency == 0 }},
		{"provisionedConcurrency", 2.0, func(c Config) bool { return c.ProvisionedConcurrency == 2 }},
		{"provisionedSchedule", "cron(0 7 ? * MON,WED *)=5..20, cron(30 19 * * ? *) = 0", func(c Config) bool {
			return slices.Equal(c.ProvisionedSchedule, []yolambda.ScheduledLimits{
				{From: "cron(0 7 ? * MON,WED *)", Min: 5, Max: 20}, {From: "cron(30 19 * * ? *)"}})
		}},
		{"provisionedSchedule", []any{"cron(0 7 ? * MON-FRI *)=5", "cron(0 0 L * ? *)=1..2"}, func(c Config) bool {
			return slices.Equal(c.ProvisionedSchedule, []yolambda.ScheduledLimits{
				{From: "cron(0 7 ? * MON-FRI *)", Min: 5, Max: 5}, {From: "cron(0 0 L * ? *)", Min: 1, Max: 2}})
		}},
		{"invokers", "arn:aws:iam::123456789012:role/app, arn:aws:iam::123456789012:root", func(c Config) bool {
			return reflect.DeepEqual(c.Invokers, []string{"arn:aws:iam::123456789012:role/app", "arn:aws:iam::123456789012:root"})
		}},
		{"invokers", []any{"arn:aws-us-gov:iam::123456789012:user/me"}, func(c Config) bool { return len(c.Invokers) == 1 }},
		{"corsOrigins", "https://example.org,http://localhost:8080", func(c Config) bool { return len(c.CORSOrigins) == 2 }},
		{"corsOrigins", "*", func(c Config) bool { return c.CORSOrigins[0] == "*" }},
		{"logRetentionDays", "365", func(c Config) bool { return c.LogRetentionDays == 365 }},
		{"alarmEmail", "ops@example.org", func(c Config) bool { return c.AlarmEmail == "ops@example.org" }},
		{"rollout", "canary", func(c Config) bool { return c.Rollout == "canary" }},
		{"answers", "my/answers.jsonl", func(c Config) bool { return c.Answers == "my/answers.jsonl" }},
		{"tracing", false, func(c Config) bool { return !c.Tracing }},
		{"batch", "true", func(c Config) bool { return c.Batch }},
		{"batchConcurrency", "500", func(c Config) bool { return c.BatchConcurrency == 500 }},
		{"trigger", "s3", func(c Config) bool { return c.Trigger == "s3" }},
		{"triggerConcurrency", 20.0, func(c Config) bool { return c.TriggerConcurrency == 20 }},
		{"kmsKey", testKey, func(c Config) bool { return c.KMSKey == testKey }},
		{"kmsKey", "arn:aws:kms:eu-central-1:123456789012:key/mrk-0123456789abcdef0123456789abcdef", func(c Config) bool { return c.KMSKey != "" }},
		{"tags", "team=vision, cost centre=12", func(c Config) bool { return slices.Equal(c.Tags, []string{"team=vision", "cost centre=12"}) }},
		{"permissionsBoundary", "arn:aws:iam::123456789012:policy/limit", func(c Config) bool { return c.PermissionsBoundary != "" }},
		{"qualifier", "vision1", func(c Config) bool { return c.Qualifier == "vision1" }},
		{"env", "prod", func(c Config) bool { return c.Environment == "prod" }},
		{"drop", "true", func(c Config) bool { return c.Drop }},
		{"alarmEmail", nil, func(c Config) bool { return c.AlarmEmail == "" }},
		{"invokers", "", func(c Config) bool { return c.Invokers == nil }},
	}
	// Those that go with others only have tests of their own.
	seen := map[string]bool{"provisionedMax": true, "provisionedUtilization": true, "provisionedTimeZone": true, "vpc": true, "subnets": true, "securityGroups": true, "pictures": true, "bucket": true, "domain": true, "certificate": true, "hostedZone": true, "webAcl": true, "public": true}
	for _, test := range tests {
		seen[test.key] = true
		context := map[string]any{test.key: test.value}
		switch test.key { // which do nothing alone
		case "batchConcurrency":
			context["batch"] = "true"
		case "triggerConcurrency":
			context["trigger"] = "s3"
		}
		got, err := ParseConfig(context)
		if err != nil {
			t.Errorf("%s=%v: %v", test.key, test.value, err)
		} else if !test.want(got) {
			t.Errorf("%s=%v gave %+v", test.key, test.value, got)
		}
	}
	for _, key := range settingKeys() {
		if !seen[key] {
			t.Errorf("no case for setting %s", key)
		}
	}
}

func TestParseConfigPictures(t *testing.T) {
	tests := []struct {
		value string
		want  S3Location
	}{
		{"s3://my-photos/2026/in/", S3Location{"my-photos", "2026/in/"}},
		{"s3://my-photos/", S3Location{"my-photos", ""}},
		{"s3://my-photos", S3Location{"my-photos", ""}},
		{"s3://my-photos/100%25 of/it#1/", S3Location{"my-photos", "100%25 of/it#1/"}}, // keys have no escapes
		{"s3://my-photos/50%/", S3Location{"my-photos", "50%/"}},
	}
	for _, test := range tests {
		got, err := ParseConfig(map[string]any{"batch": "true", "pictures": test.value})
		if err != nil {
			t.Errorf("%s: %v", test.value, err)
		} else if *got.Pictures != test.want {
			t.Errorf("%s gave %+v", test.value, *got.Pictures)
		}
	}
}

func TestParseConfigRefuses(t *testing.T) {
	tests := []struct {
		key   string
		value any
	}{
		{"stackName", "1st"}, {"stackName", "a_b"}, {"stackName", strings.Repeat("a", 49)},
		{"model", "model.pt"}, {"model", "a.onnx,"}, {"model", "a.onnx,b/a.onnx"}, {"model", "coco,coco"},
		{"model", "a.onnx,b.onnx,c.onnx,d.onnx,e.onnx"}, {"model", "a b.onnx"}, {"model", ".onnx"}, {"model", "é.onnx"},
		{"architecture", "amd64"}, {"architecture", 64.0},
		{"memory", "127"}, {"memory", "10241"}, {"memory", "much"}, {"memory", 128.5},
		{"timeout", "0"}, {"timeout", "901"}, {"timeout", "NaN"},
		{"reservedConcurrency", "0"}, {"reservedConcurrency", "-1"},
		{"provisionedConcurrency", "10001"},
		{"provisionedMax", "0"}, {"provisionedUtilization", "9"}, {"provisionedUtilization", "91"},
		{"provisionedTimeZone", "Berlin"}, {"provisionedTimeZone", "Local"},
		{"provisionedSchedule", "5"}, {"provisionedSchedule", "cron(0 7 * * *)=5"}, {"provisionedSchedule", "cron(0 7 * * * *)=5"},
		{"provisionedSchedule", "rate(1 hour)=5"}, {"provisionedSchedule", "cron(0 7 ? * MON-FRI *)=5..4"}, {"provisionedSchedule", "cron(0 7 ? * MON-FRI *)=5 cron(0 8 ? * MON-FRI *)=5"},
		{"provisionedSchedule", "cron(0 7 ? * MON-FRI *)=0..20"}, {"provisionedSchedule", "cron(0 7 ? * MON-FRI *)=10001"}, {"provisionedSchedule", "cron(0 7 ? * MON-FRI *)=1..99999999999999999999"},
		{"vpc", "main"}, {"subnets", "subnet-1"}, {"subnets", "vpc-0123456789abcdef0"}, {"securityGroups", "sg-0123456789abcdef0,default"},
		{"securityGroups", "sg-01234567,sg-11234567,sg-21234567,sg-31234567,sg-41234567,sg-51234567"},
		{"securityGroups", "sg-0123456789abcdef0,sg-0123456789abcdef0"}, {"subnets", "subnet-01234567, subnet-11234567, subnet-01234567"},
		{"invokers", "app"}, {"invokers", "arn:aws:iam::123456789012:role/app,*"}, {"invokers", []any{1.0}},
		{"corsOrigins", "example.org"}, {"corsOrigins", "https://*.example.org"}, {"corsOrigins", "https://example.org/path"},
		{"logRetentionDays", "2"}, {"logRetentionDays", "4000"},
		{"alarmEmail", "ops"}, {"alarmEmail", "Ops <ops@example.org>"},
		{"tracing", "yes"}, {"batch", "1"},
		{"rollout", "linear"}, {"trigger", "sqs"}, {"env", "a/b"}, {"tags", "team"}, {"tags", "a=1,a=2"}, {"tags", "AWS:team=x"}, {"corsOrigins", "https://example.org, https://example.org"},
		{"invokers", "arn:aws:iam::123456789012:root,arn:aws:iam::123456789012:root"}, {"permissionsBoundary", "limit"}, {"qualifier", "too-long-a-one"}, {"drop", "1"}, {"bucket", "s3://my-results"}, {"triggerConcurrency", "1"}, {"triggerConcurrency", "1001"}, {"batchConcurrency", "0"}, {"batchConcurrency", "none"},
		{"pictures", "my-photos"}, {"pictures", "https://my-photos/in/"}, {"pictures", "s3:///in/"}, {"pictures", "s3://my-photos/in"}, {"pictures", "s3://My_Photos/"},
		{"pictures", "s3://my-photos/*/"}, {"pictures", "s3://my-photos/in/?x"},
		{"domain", "https://detect.example.org/"}, {"domain", "*.example.org"}, {"domain", "detect"}, {"domain", "Detect.example.org"}, {"public", "yes"},
		{"certificate", "detect"}, {"certificate", "arn:aws:acm:eu-central-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"},
		{"kmsKey", "alias/pictures"}, {"kmsKey", "arn:aws:kms:eu-central-1:123456789012:alias/pictures"}, {"kmsKey", "01234567-89ab-cdef-0123-456789abcdef"},
		{"hostedZone", "example.org"}, {"webAcl", "limit"},
		{"webAcl", "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/limit/01234567-89ab-cdef-0123-456789abcdef"},
		{"memory", map[string]any{}},
	}
	allowed := map[string]string{}
	for _, s := range settings {
		allowed[s.key] = s.allowed
	}
	for _, test := range tests {
		_, err := ParseConfig(map[string]any{test.key: test.value})
		if err == nil {
			t.Errorf("%s=%v was accepted", test.key, test.value)
			continue
		}
		if !strings.Contains(err.Error(), test.key+": ") || !strings.Contains(err.Error(), allowed[test.key]) {
			t.Errorf("%s=%v: error names not the key and what it takes: %v", test.key, test.value, err)
		}
	}
}

// Only a batch's calls are bound to five minutes.
func TestParseConfigTimeouts(t *testing.T) {
	for _, context := range []map[string]any{{"timeout": "900"}, {"timeout": "900", "trigger": "s3"}, {"timeout": "300", "batch": "true"}} {
		if _, err := ParseConfig(context); err != nil {
			t.Errorf("%v: %v", context, err)
		}
	}
}

// Batch and trigger may use up to all but one of what is reserved.
func TestParseConfigLeavesRoomForCallers(t *testing.T) {
	for _, tt := range []struct {
		context map[string]any
		wrong   string
	}{
		{map[string]any{"reservedConcurrency": "5"}, ""},
		{map[string]any{"reservedConcurrency": "6", "batch": "true"}, ""},
		{map[string]any{"reservedConcurrency": "5", "batch": "true"}, "beside batchConcurrency 5:"},
		{map[string]any{"reservedConcurrency": "5", "batch": "true", "batchConcurrency": "4"}, ""},
		{map[string]any{"reservedConcurrency": "3", "trigger": "s3", "triggerConcurrency": "3"}, "beside triggerConcurrency 3:"},
		{map[string]any{"reservedConcurrency": "10", "trigger": "s3", "batch": "true"}, "beside batchConcurrency 5 and triggerConcurrency 5:"},
		{map[string]any{"reservedConcurrency": "11", "trigger": "s3", "batch": "true"}, ""},
	} {
		_, err := ParseConfig(tt.context)
		if (err == nil) != (tt.wrong == "") || err != nil && !strings.Contains(err.Error(), tt.wrong) {
			t.Errorf("%v: got %v, want %q", tt.context, err, tt.wrong)
		}
	}
}

func TestParseConfigTellsAllAtOnce(t *testing.T) {
	_, err := ParseConfig(map[string]any{
		"memroy": "3008", "timeout": "0", "tracing": "maybe",
		"@aws-cdk/core:flag": true, "aws:cdk:bundling-stacks": []any{}, "cli-telemetry": false,
	})
	if err == nil {
		t.Fatal("accepted")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 3 || !strings.Contains(err.Error(), "memroy: no such setting, did you mean memory?") {
		t.Errorf("want three lines, one on memroy, got:\n%v", err)
	}
}

func TestParseConfigChecksTogether(t *testing.T) {
	tests := map[string]map[string]any{
		"provisionedConcurrency": {"reservedConcurrency": "2", "provisionedConcurrency": "3"},
		"provisionedMax":         {"provisionedMax": "3"},
		"provisionedSchedule":    {"reservedConcurrency": "2", "provisionedSchedule": "cron(0 7 ? * MON-FRI *)=1..3"},
		"provisionedUtilization": {"provisionedUtilization": "50", "provisionedSchedule": "cron(0 7 ? * MON-FRI *)=3"},
		"provisionedTimeZone":    {"provisionedTimeZone": "Europe/Berlin", "provisionedConcurrency": "2"},
		"vpc":                    {"vpc": "vpc-0123456789abcdef0"},
		"subnets":                {"subnets": "subnet-0123456789abcdef0"},
		"securityGroups":         {"securityGroups": "sg-0123456789abcdef0"},
		"pictures":               {"pictures": "s3://my-photos/"},
		"bucket":                 {"bucket": "my-results"},
		"batchConcurrency":       {"batchConcurrency": "7", "trigger": "s3"},
		"triggerConcurrency":     {"triggerConcurrency": "7", "batch": "true"},
		"timeout":                {"batch": "true", "timeout": "301"},
	}
	for key, context := range tests {
		_, err := ParseConfig(context)
		if err == nil || !strings.HasPrefix(err.Error(), key+": ") {
			t.Errorf("%v: got %v", context, err)
		}
	}
	for pictures, apart := range map[string]bool{"s3://b-1/": false, "s3://b-1/results/": false, "s3://b-1/results/trigger/in/": false, "s3://b-1/in/": true, "s3://b-2/": true} {
		_, err := ParseConfig(map[string]any{"trigger": "s3", "bucket": "b-1", "pictures": pictures})
		if (err == nil) != apart || err != nil && !strings.HasPrefix(err.Error(), "pictures: ") {
			t.Errorf("%s with results in b-1: got %v", pictures, err)
		}
	}
}

// What is set of warm environments is there where there are any.
func TestParseConfigScaling(t *testing.T) {
	c, err := ParseConfig(map[string]any{"provisionedUtilization": "50", "provisionedTimeZone": "Europe/Berlin", "provisionedSchedule": "cron(0 7 ? * MON-FRI *)=1..3"})
	if err != nil || c.ProvisionedUtilization != 50 || c.ProvisionedTimeZone != "Europe/Berlin" {
		t.Errorf("%+v, %v", c, err)
	}
	_, err = ParseConfig(map[string]any{"provisionedSchedule": "cron(0 7 ? * MON-FRI *)=1..3", "provisionedMax": "5"})
	if err == nil || err.Error() != "provisionedMax: has no effect without provisionedConcurrency, the least" {
		t.Errorf("a schedule, and a range from 0: %v", err)
	}
}

// Lambda sets no provisioned concurrency on an alias with weights, which a canary gives it.
func TestParseConfigCanaryWithoutWarmEnvironments(t *testing.T) {
	for key, value := range map[string]string{"provisionedConcurrency": "2", "provisionedSchedule": "cron(0 7 ? * MON-FRI *)=3"} {
		if _, err := ParseConfig(map[string]any{"rollout": "canary", key: value}); err == nil || !strings.HasPrefix(err.Error(), "rollout: canary splits") {
			t.Errorf("%s: %v", key, err)
		}
	}
}

func TestParseConfigProvisionedMax(t *testing.T) {
	for _, tt := range []struct{ least, most, reserved, wrong string }{
		{"2", "10", "none", ""}, {"2", "2", "2", ""}, {"2", "10", "10", ""},
		{"3", "2", "none", "provisionedMax: 2 is below provisionedConcurrency 3"},
		{"2", "11", "10", "provisionedMax: 11 is above reservedConcurrency 10"},
	} {
		_, err := ParseConfig(map[string]any{"provisionedConcurrency": tt.least, "provisionedMax": tt.most, "reservedConcurrency": tt.reserved})
		if got := fmt.Sprint(err); tt.wrong == "" && err != nil || tt.wrong != "" && got != tt.wrong {
			t.Errorf("%+v: got %v", tt, err)
		}
	}
}
