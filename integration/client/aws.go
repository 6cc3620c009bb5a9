package client

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"
)

// ErrNoCredentials is that of a machine on which nothing says who asks AWS.
var ErrNoCredentials = errors.New("no AWS credentials: set AWS_PROFILE, or run `aws configure` or `aws sso login`")

// LoadAWS gives the configuration that the environment, the shared files or the machine tell. The SDK's
// own log is switched off: it writes to stderr, among what is ours, and all that matters is an error too.
func LoadAWS(ctx context.Context) (aws.Config, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithLogger(logging.Nop{}))
	if err != nil {
		return aws.Config{}, fmt.Errorf("load AWS configuration: %w", err)
	}
	cfg.Credentials = explain(cfg.Credentials)
	return cfg, nil
}

// explain has errors of a source of credentials say what to do about them.
func explain(source aws.CredentialsProvider) aws.CredentialsProvider {
	if _, ok := source.(explained); ok {
		return source
	}
	return explained{source}
}

type explained struct{ aws.CredentialsProvider }

// Retrieve implements aws.CredentialsProvider.
func (e explained) Retrieve(ctx context.Context) (aws.Credentials, error) {
	found, err := e.CredentialsProvider.Retrieve(ctx)
	switch {
	case err == nil:
		return found, nil
	case !strings.Contains(err.Error(), "no EC2 IMDS role found"): // the last that is asked, or what the profile names
	case os.Getenv("AWS_PROFILE") == "":
		return aws.Credentials{}, ErrNoCredentials
	default:
		return aws.Credentials{}, fmt.Errorf("the profile %s of AWS_PROFILE has no credentials, and this machine has no role: %w", os.Getenv("AWS_PROFILE"), err)
	}
	return aws.Credentials{}, fmt.Errorf("find AWS credentials (`aws sso login` renews those of a session): %w", err)
}
