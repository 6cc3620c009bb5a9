package main

import (
	"slices"
	"testing"
)

// configurations are what every check of the templates looks at: cdk-nag, cfn-lint, checkov
// and, of some, the golden files. Each setting that a template depends on is in one at least.
var configurations = map[string]map[string]any{
	"default":      nil,
	"every-caller": {"invokers": "arn:aws:iam::123456789012:role/app", "corsOrigins": "*", "alarmEmail": "ops@example.org"},
	"s3":           {"batch": "true", "trigger": "s3"},
	"s3-named":     {"batch": "true", "trigger": "s3", "pictures": "s3://my-photos/in/", "tracing": "false"},
	"s3-adopted": {"batch": "true", "trigger": "s3", "bucket": "my-results", "alarmEmail": "ops@example.org",
		"batchConcurrency": "7", "triggerConcurrency": "3"},
	"batch":      {"batch": "true"},
	"trigger":    {"trigger": "s3"},
	"canary":     {"rollout": "canary", "answers": "layers/answers.jsonl"},
	"domain":     domainSettings(nil),
	"public":     domainSettings(map[string]any{"public": "true"}),
	"kms":        {"batch": "true", "trigger": "s3", "alarmEmail": "ops@example.org", "kmsKey": testKey},
	"kms-canary": {"rollout": "canary", "kmsKey": testKey},
	"vpc":        {"vpc": "vpc-0123456789abcdef0", "subnets": "subnet-0123456789abcdef0,subnet-0123456789abcdef1", "batch": "true"},
	"vpc-groups": {"vpc": "vpc-0123456789abcdef0", "subnets": "subnet-0123456789abcdef0", "securityGroups": "sg-0123456789abcdef0",
		"rollout": "canary"},
	"scaled": {"provisionedConcurrency": "2", "provisionedMax": "20", "provisionedUtilization": "60",
		"provisionedSchedule": "cron(0 7 ? * MON-FRI *)=5..40, cron(0 19 ? * MON-FRI *)=0", "provisionedTimeZone": "Europe/Berlin"},
	"scheduled": {"provisionedSchedule": "cron(0 7 ? * MON-FRI *)=5, cron(0 19 ? * MON-FRI *)=0"},
	"sizes": {"stackName": "cats", "model": "codes", "optimize": "false", "architecture": "x86_64", "memory": "3008", "timeout": "30",
		"reservedConcurrency": "5", "provisionedConcurrency": "2", "tracing": "false", "logRetentionDays": "7"},
	"account": {"tags": "team=vision", "permissionsBoundary": "arn:aws:iam::123456789012:policy/limit", "qualifier": "vision1",
		"batch": "true", "rollout": "canary"},
}

func TestConfigurationsHaveEverySetting(t *testing.T) {
	seen := map[string]bool{"env": true, "drop": true} // of which no template has anything
	for name, settings := range configurations {
		for key := range settings {
			if !slices.Contains(settingKeys(), key) {
				t.Errorf("%s: no such setting: %s", name, key)
			}
			seen[key] = true
		}
	}
	for _, key := range settingKeys() {
		if !seen[key] {
			t.Errorf("no configuration has %s, so neither cdk-nag, cfn-lint nor checkov sees what it does", key)
		}
	}
}
