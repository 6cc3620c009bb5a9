package yolambda

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodedeploy"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// RolloutProps is what can be said about a rollout. Endpoint and Answers have to be.
type RolloutProps struct {
	// Endpoint is what gets new versions. It has no ProvisionedConcurrency and no Scaling.
	Endpoint *Endpoint

	// Answers is a file of the lines that `yolambda predict --json` prints: pictures, seen
	// from the folder in which the CDK runs the app, with what is right for them. Each model
	// of the endpoint has one at least.
	Answers string

	// Alarms take the traffic back to the version before when one is raised while it is
	// shifted; nil: none do.
	Alarms []interfacesawscloudwatch.IAlarmRef

	// Config is how traffic is shifted; nil: a tenth for ten minutes, then all of it.
	// Alarms that look at five minutes are raised in that time.
	Config awscodedeploy.ILambdaDeploymentConfig
}

// Rollout lets CodeDeploy move an endpoint's alias: a new version is asked about pictures
// with known answers, gets a part of the traffic, and only then all of it.
type Rollout struct {
	Construct constructs.Construct // the scope of all that belongs to it

	DeploymentGroup awscodedeploy.LambdaDeploymentGroup
	Check           awslambda.Function // asks the new version
}

// checkSeconds is how long the questions may take, cold starts included: Lambda's most.
const checkSeconds = 900

// NewRollout makes a rollout. It panics with a [BuildError] where a model has no known answer, or
// the endpoint has warm environments.
func NewRollout(scope constructs.Construct, id *string, props *RolloutProps) *Rollout {
	stop(id, props.check())
	e := props.Endpoint
	e.rollout = true
	r := &Rollout{Construct: newScope(scope, id)}
	r.addCheck(e, props.Answers)
	config := props.Config
	if config == nil {
		config = awscodedeploy.LambdaDeploymentConfig_CANARY_10PERCENT_10MINUTES()
	}
	r.DeploymentGroup = awscodedeploy.NewLambdaDeploymentGroup(r.Construct, jsii.String("DeploymentGroup"), &awscodedeploy.LambdaDeploymentGroupProps{
		Application:      awscodedeploy.NewLambdaApplication(r.Construct, jsii.String("Application"), nil),
		Alias:            e.Alias,
		Alarms:           &props.Alarms,
		DeploymentConfig: config,
		PreHook:          r.Check,
	})
	r.Check.AddToRolePolicy(statement(nil, []*string{r.DeploymentGroup.DeploymentGroupArn()},
		"codedeploy:PutLifecycleEventHookExecutionStatus"))
	// The deployment that adds the rollout may move the alias already: CodeDeploy then needs
	// the right to call the check.
	e.Alias.Node().AddDependency(r.DeploymentGroup.Role())
	return r
}

// check refuses an endpoint that can't have it, or has one already: the alias has room for one.
func (p *RolloutProps) check() error {
	if p == nil || !p.Endpoint.made() {
		return errNoEndpoint
	}
	e, path := p.Endpoint, *p.Endpoint.Construct.Node().Path()
	switch {
	case e.rollout:
		return fmt.Errorf("%s has a rollout already", path)
	case e.props.ProvisionedConcurrency > 0 || e.props.Scaling != nil: // Lambda: "Alias with weights can not be used with Provisioned Concurrency"
		return fmt.Errorf("%s has a rollout or warm environments, not both: Lambda sets no provisioned concurrency on an alias whose traffic is split", path)
	}
	return nil
}

// addCheck makes the function that asks, a program of its own: the function itself would
// grow by the clients of Lambda and CodeDeploy.
func (r *Rollout) addCheck(e *Endpoint, answers string) {
	logs := awslogs.NewLogGroup(r.Construct, jsii.String("CheckLogs"), &awslogs.LogGroupProps{
		Retention: e.props.LogRetention, EncryptionKey: e.props.EncryptionKey, RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	role := awsiam.NewRole(r.Construct, jsii.String("CheckRole"), &awsiam.RoleProps{
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
		Description: jsii.String("Asks new versions of " + e.label),
	})
	logs.GrantWrite(role)
	grantKey(e.props.EncryptionKey, role, "kms:Decrypt")
	version := e.Function.CurrentVersion().FunctionArn()
	role.AddToPolicy(statement(nil, []*string{version}, "lambda:InvokeFunction"))
	r.Check = awslambda.NewFunction(r.Construct, jsii.String("Check"), &awslambda.FunctionProps{
		Description:           jsii.String("Asks a new version of " + e.label + " about pictures with known answers"),
		Runtime:               awslambda.Runtime_PROVIDED_AL2023(),
		Architecture:          e.Function.Architecture(),
		Handler:               jsii.String("bootstrap"),
		Code:                  checkCode(r.Construct, e.props, answers),
		MemorySize:            jsii.Number(256),
		Timeout:               awscdk.Duration_Seconds(jsii.Number(checkSeconds)),
		Environment:           &map[string]*string{"YOLAMBDA_NEW_VERSION": version},
		EnvironmentEncryption: e.props.EncryptionKey,
		Role:                  role,
		Tracing:               e.props.Tracing,
		LogGroup:              logs,
		LoggingFormat:         awslambda.LoggingFormat_JSON,
	})
}

// checkCode is the program lambda/cmd/pretraffic with what it asks.
func checkCode(scope constructs.Construct, p EndpointProps, answers string) awslambda.Code {
	source := sourceOf(scope, p.Source)
	var models []string
	for _, m := range p.Models {
		models = append(models, m.Name)
	}
	return writtenCode(fmt.Sprintf("check of %s by %s, for %s, of %s", strings.Join(models, ", "), answers, p.Architecture, source), func(dir string) error {
		program := filepath.Join(dir, "bootstrap")
		return errors.Join(
			writeChecks(filepath.Join(dir, "checks.json"), answers, p.Models),
			kept{p.Cache}.program("pretraffic-"+goArch(p.Architecture), "", program, func() error {
				return goBuild(source, "./cmd/pretraffic", program, p.Architecture, "CGO_ENABLED=0")
			}))
	})
}
