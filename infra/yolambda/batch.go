package yolambda

import (
	"cmp"
	_ "embed"
	"fmt"
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsstepfunctions"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// batchDefinition is in the Amazon States Language, with ${NAME} for what is
// known only when deploying. The CDK's own constructs for it would add rights
// to list and write whole buckets.
//
//go:embed batch.asl.json
var batchDefinition string

// BatchProps is what can be said about batches. Endpoint has to be.
type BatchProps struct {
	// Endpoint looks at the pictures. Its timeout has to fit into the five minutes of an
	// express workflow.
	Endpoint *Endpoint

	// Storage has the pictures, and takes the results; nil: one is made.
	Storage *Storage

	// MaxConcurrency is how many calls are made at once unless an execution says otherwise; 0:
	// DefaultConcurrency. Callers of the URL have the rest of the account's quota.
	MaxConcurrency int

	// StateMachineName is the state machine's name, and /aws/vendedlogs/states/NAME that of its
	// log group. Empty: CloudFormation names both.
	StateMachineName string

	// LogRetention is when log lines are deleted; empty: after a month.
	LogRetention awslogs.RetentionDays

	// Tracing by X-Ray; empty: awslambda.Tracing_ACTIVE.
	Tracing awslambda.Tracing
}

// Batch runs all pictures under a prefix through an endpoint. The input of an execution may
// set any of the defaults of batch.asl.json, for example
//
//	{"prefix": "pictures/2026/", "options": {"conf": 0.5}, "maxConcurrency": 500}
//
// Each call of the function gets {"images": ["s3://bucket/key", ...],
// "options": {...}} and answers with {"results": [...]}, one object a picture.
// These become JSON lines under results/batch/NAME/, next to a manifest, where
// NAME is that of the execution. Step Functions starts a name once only, so a
// start that is tried again does no work twice. A call that is refused as a
// whole, for an unknown option for example, fails with the function's words.
//
// Twelve pictures a call stay far below the five minutes of an express workflow, and
// their result below the 256 KB that Step Functions hands on. They are two for each of
// the six CPUs of the default memory: of ten the last four would leave two idle.
type Batch struct {
	Construct constructs.Construct // the scope of all that belongs to it

	StateMachine awsstepfunctions.StateMachine
	Storage      *Storage
}

// MaxBatchTimeoutSeconds is how long an express workflow may live: each call of a batch is one.
const MaxBatchTimeoutSeconds = 300

// check refuses what would fail only while a batch runs.
func (p *BatchProps) check() error {
	if p == nil || !p.Endpoint.made() {
		return errNoEndpoint
	}
	if !p.Storage.usable() {
		return errNoStorage
	}
	if t := p.Endpoint.props.TimeoutSeconds; t > MaxBatchTimeoutSeconds {
		return fmt.Errorf("the endpoint's timeout of %d s is more than the %d s that a call of a batch may take: set TimeoutSeconds", t, MaxBatchTimeoutSeconds)
	}
	return p.Endpoint.checkConcurrency(p.MaxConcurrency, 1, 10000)
}

// NewBatch makes the state machine. It panics with a [BuildError] where the props are wrong.
func NewBatch(scope constructs.Construct, id *string, props *BatchProps) *Batch {
	stop(id, props.check())
	b := &Batch{Construct: newScope(scope, id)}
	e := props.Endpoint
	b.Storage = storageOf(b.Construct, props.Storage, e)
	s := b.Storage
	e.ReadPictures(s.Pictures)
	role := b.newRole(e, labelOf(props.StateMachineName, b.Construct))
	b.StateMachine = awsstepfunctions.NewStateMachine(b.Construct, jsii.String("Batch"), &awsstepfunctions.StateMachineProps{
		StateMachineName: optionalString(props.StateMachineName),
		DefinitionBody:   awsstepfunctions.DefinitionBody_FromString(jsii.String(batchDefinition)),
		DefinitionSubstitutions: &map[string]*string{
			"Alias":          e.Alias.FunctionArn(),
			"MaxConcurrency": jsii.String(strconv.Itoa(cmp.Or(props.MaxConcurrency, DefaultConcurrency))),
			"Partition":      awscdk.Stack_Of(b.Construct).Partition(),
			"PicturesBucket": s.Pictures.Bucket.BucketName(),
			"Prefix":         jsii.String(s.Pictures.Prefix),
			"ResultsBucket":  s.Results.BucketName(),
		},
		Role:           role,
		TracingEnabled: jsii.Bool(cmp.Or(props.Tracing, awslambda.Tracing_ACTIVE) == awslambda.Tracing_ACTIVE),
		Logs: &awsstepfunctions.LogOptions{
			Level:                awsstepfunctions.LogLevel_ALL,
			IncludeExecutionData: jsii.Bool(false), // pictures' keys stay out of the log
			Destination: awslogs.NewLogGroup(b.Construct, jsii.String("BatchLogs"), &awslogs.LogGroupProps{
				LogGroupName:  optionalName("/aws/vendedlogs/states/", props.StateMachineName),
				EncryptionKey: e.props.EncryptionKey,
				Retention:     cmp.Or(props.LogRetention, awslogs.RetentionDays_ONE_MONTH),
				RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
			}),
		},
	})
	b.grantItself(role)
	return b
}

// newRole gives the state machine what it needs on the named prefixes and
// nothing more. The CDK adds the rights to log and trace.
func (b *Batch) newRole(e *Endpoint, machine string) awsiam.Role {
	role := awsiam.NewRole(b.Construct, jsii.String("BatchRole"), &awsiam.RoleProps{
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("states.amazonaws.com"), nil),
		Description: jsii.String("Rights of the state machine " + machine),
	})
	allow := func(conditions *map[string]any, resource *string, actions ...string) {
		role.AddToPolicy(statement(conditions, []*string{resource}, actions...))
	}
	pictures := b.Storage.Pictures
	allow(nil, e.Alias.FunctionArn(), "lambda:InvokeFunction")
	allow(&map[string]any{"StringLike": map[string]any{"s3:prefix": pictures.Prefix + "*"}},
		pictures.Bucket.BucketArn(), "s3:ListBucket")
	allow(nil, b.Storage.BatchResults().objects(),
		"s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload")
	grantKey(b.Storage.Results.EncryptionKey(), role, "kms:GenerateDataKey", "kms:Decrypt")
	return role
}

// grantItself lets the state machine start and watch its own child executions. That is a
// policy of its own, because it names the state machine, which waits for its role's.
func (b *Batch) grantItself(role awsiam.Role) {
	executions := func(of string) *string {
		return awscdk.Stack_Of(b.Construct).FormatArn(&awscdk.ArnComponents{
			Service: jsii.String("states"), Resource: jsii.String("execution"),
			ResourceName: jsii.String(*b.StateMachine.StateMachineName() + of),
			ArnFormat:    awscdk.ArnFormat_COLON_RESOURCE_NAME,
		})
	}
	awsiam.NewPolicy(b.Construct, jsii.String("BatchItself"), &awsiam.PolicyProps{
		Roles: &[]awsiam.IRole{role},
		Statements: &[]awsiam.PolicyStatement{
			statement(nil, []*string{b.StateMachine.StateMachineArn()}, "states:StartExecution"),
			statement(nil, []*string{executions(":*"), executions("/Pictures:*")},
				"states:DescribeExecution", "states:StopExecution", "states:RedriveExecution"),
		},
	})
}

func statement(conditions *map[string]any, resources []*string, actions ...string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions: jsii.Strings(actions...), Resources: &resources, Conditions: conditions,
	})
}
