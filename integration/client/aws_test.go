package client

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Who has no credentials, or broken ones, is told so in one sentence, and nothing of the SDK's own.
func TestLoadAWS(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "config")
	if err := os.WriteFile(file, []byte("[profile old]\ncredential_process = false\n[profile machine]\nrole_arn = arn:aws:iam::111122223333:role/x\ncredential_source = Ec2InstanceMetadata\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": "", "AWS_PROFILE": "", "AWS_CONFIG_FILE": file, "AWS_SHARED_CREDENTIALS_FILE": filepath.Join(dir, "none"),
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "", "AWS_WEB_IDENTITY_TOKEN_FILE": "",
		"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1", "AWS_REGION": "us-east-1",
	} {
		t.Setenv(name, value)
	}
	stderr := os.Stderr
	defer func() { os.Stderr = stderr }()
	said, err := os.Create(filepath.Join(dir, "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	os.Stderr = said
	cfg, err := LoadAWS(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := StackOutputs(t.Context(), cfg, "yolambda"); !errors.Is(err, ErrNoCredentials) {
		t.Errorf("none: %v", err)
	}
	t.Setenv("AWS_PROFILE", "old")
	if cfg, err = LoadAWS(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := cfg.Credentials.Retrieve(t.Context()); err == nil || errors.Is(err, ErrNoCredentials) || !strings.Contains(err.Error(), "aws sso login") {
		t.Errorf("a broken profile: %v", err)
	}
	t.Setenv("AWS_PROFILE", "machine")
	if cfg, err = LoadAWS(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := cfg.Credentials.Retrieve(t.Context()); err == nil || errors.Is(err, ErrNoCredentials) || !strings.Contains(err.Error(), "profile machine") {
		t.Errorf("a profile of the machine's role: %v", err)
	}
	if text, err := os.ReadFile(said.Name()); err != nil || len(text) > 0 {
		t.Errorf("the SDK says %q, %v", text, err)
	}
}
