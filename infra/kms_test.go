package main

import (
	"strings"
	"testing"
)

const testKey = "arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"

// Whatever the stack keeps is encrypted by the key, but for the access log of the bucket.
func TestKMSKey(t *testing.T) {
	_, tmpl := synthesized(t, map[string]any{"batch": "true", "trigger": "s3", "alarmEmail": "ops@example.org", "rollout": "canary", "kmsKey": testKey})
	property := map[string]string{
		"AWS::Lambda::Function": `"KmsKeyArn": `, "AWS::Logs::LogGroup": `"KmsKeyId": `, "AWS::S3::Bucket": `"KMSMasterKeyID": `,
		"AWS::SQS::Queue": `"KmsMasterKeyId": `, "AWS::SNS::Topic": `"KmsMasterKeyId": `,
	}
	encrypted := map[string]int{}
	for id, r := range tmpl.Resources {
		want, keeps := property[r.Type]
		if !keeps {
			continue
		}
		switch has := strings.Contains(string(r.Properties), want+`"`+testKey+`"`); {
		case strings.HasPrefix(id, "AccessLogs"):
			if has || !strings.Contains(string(r.Properties), `"AES256"`) {
				t.Errorf("%s: S3 writes access logs with keys of its own only", id)
			}
		case has:
			encrypted[r.Type]++
		default:
			t.Errorf("%s is not encrypted by the key: %s", id, r.Properties)
		}
	}
	for kind, want := range map[string]int{"AWS::Lambda::Function": 2, "AWS::Logs::LogGroup": 3, "AWS::S3::Bucket": 1, "AWS::SQS::Queue": 2, "AWS::SNS::Topic": 1} {
		if encrypted[kind] != want {
			t.Errorf("%d of %s are encrypted by the key, want %d", encrypted[kind], kind, want)
		}
	}
}

// Roles may use this key and no other, and do what they need with it.
func TestKMSRights(t *testing.T) {
	for name, test := range map[string]struct {
		settings map[string]any
		role     string
		actions  []string
	}{
		"variables":         {nil, "Role", []string{"kms:Decrypt"}},
		"trigger":           {map[string]any{"trigger": "s3"}, "Role", []string{"kms:Decrypt", "kms:GenerateDataKey"}},
		"batch":             {map[string]any{"batch": "true"}, "BatchRole", []string{"kms:Decrypt", "kms:GenerateDataKey"}},
		"an adopted bucket": {map[string]any{"trigger": "s3", "bucket": "left-behind"}, "Role", []string{"kms:Decrypt", "kms:GenerateDataKey"}},
		"check":             {map[string]any{"rollout": "canary"}, "RolloutCheckRole", []string{"kms:Decrypt"}},
	} {
		t.Run(name, func(t *testing.T) {
			settings := map[string]any{"kmsKey": testKey}
			for key, value := range test.settings {
				settings[key] = value
			}
			_, tmpl := synthesized(t, settings)
			allowed := grants(t, tmpl, test.role)
			for _, action := range test.actions {
				if want := `"` + testKey + `" if null`; allowed[action] != want {
					t.Errorf("%s: %q, want %s", action, allowed[action], want)
				}
				delete(allowed, action)
			}
			for action := range allowed {
				if strings.HasPrefix(action, "kms:") {
					t.Errorf("may %s as well", action)
				}
			}
		})
	}
}
