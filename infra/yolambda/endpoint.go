package yolambda

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/yolambda/yolambda/lambda/names"
)

// Architecture is the instruction set of the function, in Lambda's spelling.
type Architecture string

// The architectures that Lambda runs.
const (
	Arm64 Architecture = "arm64"
	X86   Architecture = "x86_64"
)

// What an endpoint has whose props say nothing else.
const (
	DefaultMemoryMB       = 10240
	DefaultTimeoutSeconds = 60

	// DefaultConcurrency is how many calls a batch or a trigger makes at once. The quota of
	// a new account is 10.
	DefaultConcurrency = 5
)

// EndpointProps is what can be said about an endpoint. Only Models has to be.
type EndpointProps struct {
	// Models that the function serves, 1 to 4, each in a layer of its own; the first
	// answers where a request names none.
	Models []Model

	// Architecture of the function; empty: Arm64, which costs 20 % less a second.
	Architecture Architecture

	// MemoryMB is 128 to 10240; 0: DefaultMemoryMB. New AWS accounts may have 3008 at
	// most. Lambda gives CPU in proportion.
	MemoryMB int

	// TimeoutSeconds after which Lambda ends a request, 1 to 900; 0: DefaultTimeoutSeconds.
	TimeoutSeconds int

	// ReservedConcurrency is the most requests in work at once; 0: the account's quota.
	ReservedConcurrency int

	// ProvisionedConcurrency is the number of execution environments kept warm; 0: none. They
	// cost money while nobody calls.
	ProvisionedConcurrency int

	// Scaling changes that number with the load and the clock; nil: it stays.
	Scaling *Scaling

	// Vpc is where the function's calls go through, in the subnets (nil: the private ones) and with the
	// security groups (nil: one is made, which lets everything out and nothing in). Nil: none. It
	// reaches S3 there through a gateway endpoint, and needs nothing else. Its URL stays public.
	Vpc            awsec2.IVpc
	VpcSubnets     *awsec2.SubnetSelection
	SecurityGroups []awsec2.ISecurityGroup

	// FunctionName is the function's name, and /aws/lambda/NAME that of its log group.
	// Empty: CloudFormation names both, and a replacement never meets its own name.
	FunctionName string

	// CORSOrigins are the web pages that may call the URL from a browser, such as
	// https://example.org, or *; nil: none. Lambda knows no patterns. Their requests must be signed all the same, unless they
	// come through a public [Distribution].
	CORSOrigins []string

	// LogRetention is when log lines are deleted; empty: after a month.
	LogRetention awslogs.RetentionDays

	// Tracing by X-Ray; empty: awslambda.Tracing_ACTIVE.
	Tracing awslambda.Tracing

	// EncryptionKey is for the function's variables and logs, and for those of batches, triggers and
	// rollouts with what they make: logs, queues, buckets. Nil: keys of AWS.
	//
	// A key that is imported has to let CloudWatch Logs use it, and EventBridge for a trigger:
	// its policy is not the app's to change.
	EncryptionKey awskms.IKey

	// RuntimeLibrary is ONNX Runtime's shared library for the architecture. Empty: the
	// pinned one, of the npm package onnxruntime-node in node_modules of this folder or
	// one above, or from the Cache, or fetched by npm into that. Its SHA-256 is checked.
	RuntimeLibrary string

	// PlainModels puts the files of the models into the layers as they are. Otherwise their
	// graphs are optimized while the app is synthesized, so that a cold start need not do
	// it: same answers. With a RuntimeLibrary or a Source without cmd/optimize, where it would not
	// pay, and on machines without a C compiler or an ONNX Runtime for them, they stay as
	// they are, and a line says so.
	PlainModels bool

	// Source is the folder of the Go module that is compiled to the function. Empty: that
	// of github.com/yolambda/yolambda/lambda in the version of the app's go.mod.
	Source string

	// Cache is a folder that keeps, from one synthesis for the next, the program and the
	// optimized models, and ONNX Runtime where npm fetched it. What is kept is used for the same
	// sources and models only, and all of it may be deleted. Empty: yolambda in the
	// user's folder of caches.
	Cache string
}

// Endpoint is a Lambda function that answers with what YOLO models see, and its URL, which
// lets signed requests in and nobody whom GrantInvokeUrl did not name.
type Endpoint struct {
	Construct constructs.Construct // the scope of all that belongs to it

	Function awslambda.Function
	Alias    awslambda.Alias // "live", the only thing that is called
	Url      awslambda.FunctionUrl
	Role     awsiam.Role
	LogGroup awslogs.LogGroup

	props    EndpointProps
	name     *string // FunctionName of the props, or a token
	label    string  // for descriptions
	memory   awslogs.MetricFilter
	readable []*string // s3:// addresses below which pictures are read
	replies  bool      // a trigger says where they go
	rollout  bool      // CodeDeploy moves the alias
	public   bool      // a distribution signs for everybody
}

// NewEndpoint makes an endpoint. It panics with a [BuildError] where the props are wrong, or
// the function, ONNX Runtime or a model can't be had; the last three it needs only for
// commands of the CDK that bundle assets.
func NewEndpoint(scope constructs.Construct, id *string, props *EndpointProps) *Endpoint {
	if props == nil {
		props = &EndpointProps{}
	}
	p := props.filled()
	stop(id, p.check())
	e := &Endpoint{Construct: newScope(scope, id)}
	if bundles(e.Construct) {
		var err error
		p.Cache, err = cacheFolder(p.Cache)
		stop(id, err)
	}
	e.props = p
	e.label = labelOf(p.FunctionName, e.Construct)
	// A role of our own, for the ready-made one may write to any log group.
	e.Role = awsiam.NewRole(e.Construct, jsii.String("Role"), &awsiam.RoleProps{
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
		Description: jsii.String("Rights of the function " + e.label),
	})
	letInLogs(e.Construct, p.EncryptionKey)
	e.LogGroup = awslogs.NewLogGroup(e.Construct, jsii.String("Logs"), &awslogs.LogGroupProps{
		LogGroupName:  optionalName("/aws/lambda/", p.FunctionName),
		EncryptionKey: p.EncryptionKey,
		Retention:     p.LogRetention,
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	e.LogGroup.GrantWrite(e.Role)
	grantKey(p.EncryptionKey, e.Role, "kms:Decrypt") // the variables
	if p.Vpc != nil {
		e.allowNetwork()
	}
	e.addFunction(p)
	e.addAlias(p)
	e.Url = e.Alias.AddFunctionUrl(urlOptions(p.CORSOrigins))
	e.addMemoryFilter()
	return e
}

// filled has the defaults in place of what is not set.
func (p EndpointProps) filled() EndpointProps {
	p.Models = slices.Clone(p.Models)
	for i := range p.Models {
		p.Models[i] = p.Models[i].named()
	}
	p.Architecture = cmp.Or(p.Architecture, Arm64)
	p.MemoryMB = cmp.Or(p.MemoryMB, DefaultMemoryMB)
	p.TimeoutSeconds = cmp.Or(p.TimeoutSeconds, DefaultTimeoutSeconds)
	p.LogRetention = cmp.Or(p.LogRetention, awslogs.RetentionDays_ONE_MONTH)
	p.Tracing = cmp.Or(p.Tracing, awslambda.Tracing_ACTIVE)
	return p
}

// check refuses what CloudFormation would refuse later, and with fewer words.
func (p EndpointProps) check() error {
	if err := errors.Join(CheckModels(p.Models), CheckOrigins(known(p.CORSOrigins)), checkKey(p.EncryptionKey), checkToken("MemoryMB", p.MemoryMB), checkToken("TimeoutSeconds", p.TimeoutSeconds),
		checkToken("ReservedConcurrency", p.ReservedConcurrency), checkToken("ProvisionedConcurrency", p.ProvisionedConcurrency)); err != nil {
		return err
	}
	switch {
	case p.Architecture != Arm64 && p.Architecture != X86:
		return fmt.Errorf("architecture %q: Lambda has %s and %s", p.Architecture, Arm64, X86)
	case p.MemoryMB < 128 || p.MemoryMB > 10240:
		return fmt.Errorf("%d MB of memory: Lambda gives 128 to 10240", p.MemoryMB)
	case p.TimeoutSeconds < 1 || p.TimeoutSeconds > 900:
		return fmt.Errorf("a timeout of %d s: Lambda takes 1 to 900", p.TimeoutSeconds)
	case p.ReservedConcurrency < 0 || p.ProvisionedConcurrency < 0:
		return fmt.Errorf("a concurrency below 0")
	case p.ReservedConcurrency > 0 && p.ProvisionedConcurrency > p.ReservedConcurrency:
		return fmt.Errorf("provisioned concurrency %d is above the reserved %d", p.ProvisionedConcurrency, p.ReservedConcurrency)
	case p.Vpc == nil && (p.VpcSubnets != nil || len(p.SecurityGroups) > 0):
		return fmt.Errorf("subnets and security groups need their VPC")
	case len(p.SecurityGroups) > maxSecurityGroups:
		return fmt.Errorf("%d security groups: Lambda takes %d", len(p.SecurityGroups), maxSecurityGroups)
	case slices.Contains(p.SecurityGroups, nil):
		return errors.New("one of the security groups is nil")
	case p.Scaling != nil:
		return p.Scaling.check(p.ProvisionedConcurrency, p.ReservedConcurrency)
	}
	return nil
}

// maxSecurityGroups is how many a function may have.
const maxSecurityGroups = 5

// errNoEndpoint is what is wrong with the props of whatever calls one.
var errNoEndpoint = errors.New("no Endpoint: give it the one that NewEndpoint made")

// checkConcurrency refuses numbers of calls at once that AWS does not take, and those that the
// endpoint would throttle at times: 0 stands for DefaultConcurrency.
func (e *Endpoint) checkConcurrency(atOnce, least, most int) error {
	if err := checkToken("MaxConcurrency", atOnce); err != nil {
		return err
	}
	atOnce = cmp.Or(atOnce, DefaultConcurrency)
	if atOnce < least || atOnce > most {
		return fmt.Errorf("MaxConcurrency is %d: AWS takes %d to %d", atOnce, least, most)
	}
	if reserved := e.props.ReservedConcurrency; reserved > 0 && atOnce > reserved {
		return fmt.Errorf("%d calls at once are more than the reserved concurrency %d of the endpoint: lower MaxConcurrency, or reserve more", atOnce, reserved)
	}
	return nil
}

// made reports whether NewEndpoint made it.
func (e *Endpoint) made() bool { return e != nil && e.Construct != nil }

// checkToken refuses what a token of the CDK becomes as a whole number. Its value is
// known only while CloudFormation deploys, and so can't be checked here.
func checkToken(what string, n int) error {
	if n == math.MinInt {
		return fmt.Errorf("%s is a token, such as the value of a parameter, which has no number yet while the app is synthesized: give a number", what)
	}
	return nil
}

func (e *Endpoint) addAlias(p EndpointProps) {
	props := &awslambda.AliasProps{AliasName: jsii.String("live"), Version: e.Function.CurrentVersion()}
	if p.Scaling == nil {
		props.ProvisionedConcurrentExecutions = optionalNumber(p.ProvisionedConcurrency)
	}
	e.Alias = awslambda.NewAlias(e.Construct, jsii.String("Live"), props)
	if p.Scaling != nil {
		p.Scaling.addTo(e.Alias, p.ProvisionedConcurrency)
	}
}

func (e *Endpoint) addFunction(p EndpointProps) {
	architecture := map[Architecture]awslambda.Architecture{
		Arm64: awslambda.Architecture_ARM_64(),
		X86:   awslambda.Architecture_X86_64(),
	}[p.Architecture]
	source := sourceOf(e.Construct, p.Source)
	var layers []awslambda.ILayerVersion
	for _, l := range layersOf(e.Construct, p, source) {
		layers = append(layers, newLayer(e.Construct, architecture, l))
	}
	e.Function = awslambda.NewFunction(e.Construct, jsii.String("Function"), &awslambda.FunctionProps{
		FunctionName:                 optionalString(p.FunctionName),
		Description:                  jsii.String("Detects objects in pictures with a YOLO model"),
		Runtime:                      awslambda.Runtime_PROVIDED_AL2023(),
		Architecture:                 architecture,
		Handler:                      jsii.String("bootstrap"),
		Code:                         handlerCode(source, p.Architecture, kept{p.Cache}),
		Layers:                       &layers,
		MemorySize:                   jsii.Number(p.MemoryMB),
		Timeout:                      awscdk.Duration_Seconds(jsii.Number(p.TimeoutSeconds)),
		ReservedConcurrentExecutions: optionalNumber(p.ReservedConcurrency),
		// lambda/internal/bootstrap reads it.
		Environment: &map[string]*string{
			"ORT_DISABLE_TELEMETRY": jsii.String("1"),
			"YOLAMBDA_MODEL":        jsii.String(p.Models[0].file()),
		},
		EnvironmentEncryption: p.EncryptionKey,
		Role:                  e.Role,
		Tracing:               p.Tracing,
		Vpc:                   p.Vpc,
		VpcSubnets:            p.VpcSubnets,
		SecurityGroups:        optionalList(p.SecurityGroups),
		LogGroup:              e.LogGroup,
		LoggingFormat:         awslambda.LoggingFormat_JSON,
		SystemLogLevelV2:      awslambda.SystemLogLevel_INFO, // has the report lines that MetricMemoryUsed reads
		ApplicationLogLevelV2: awslambda.ApplicationLogLevel_INFO,
		// An old version stays when the next is deployed: the alias can be moved back to it.
		CurrentVersionOptions: &awslambda.VersionOptions{RemovalPolicy: awscdk.RemovalPolicy_RETAIN},
	})
	e.name = e.Function.FunctionName()
	if p.FunctionName != "" {
		e.name = jsii.String(p.FunctionName)
	}
}

// GrantInvokeUrl lets somebody call the URL: it gives the two rights that a caller needs
// since October 2025, lambda:InvokeFunctionUrl, and lambda:InvokeFunction for calls that
// come through the URL.
func (e *Endpoint) GrantInvokeUrl(grantee awsiam.IGrantable) awsiam.Grant {
	return e.Url.GrantInvokeUrl(grantee)
}

// ReadPictures lets the function read the objects below the location, and so requests
// name them, as {"image": "s3://bucket/key"}.
func (e *Endpoint) ReadPictures(from Location) {
	if err := from.Check(); err != nil {
		panic(BuildError{fmt.Sprintf("%s: pictures to read: %v", *e.Construct.Node().Path(), err)})
	}
	address := from.URL()
	if slices.ContainsFunc(e.readable, func(known *string) bool { return *known == *address }) {
		return
	}
	e.readable = append(e.readable, address)
	e.checkPublic()
	e.allow(from.objects(), "s3:GetObject")
	grantKey(from.Bucket.EncryptionKey(), e.Role, "kms:Decrypt")
	all := make([]string, len(e.readable))
	for i, address := range e.readable {
		all[i] = *address
	}
	e.Function.AddEnvironment(jsii.String("YOLAMBDA_S3_PREFIXES"), jsii.String(strings.Join(all, ",")), nil)
}

// writeReplies lets the function write its replies to new pictures below the location. It
// has one such place.
func (e *Endpoint) writeReplies(to Location) {
	if e.replies {
		panic(BuildError{fmt.Sprintf("%s has a trigger already: the function writes its replies to one place", *e.Construct.Node().Path())})
	}
	e.replies = true
	e.allow(to.objects(), "s3:PutObject")
	grantKey(to.Bucket.EncryptionKey(), e.Role, "kms:GenerateDataKey")
	e.Function.AddEnvironment(jsii.String("YOLAMBDA_S3_RESULTS"), to.URL(), nil)
}

func (e *Endpoint) allow(resource *string, action string) {
	e.Role.AddToPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions: jsii.Strings(action), Resources: &[]*string{resource},
	}))
}

// addMemoryFilter makes a metric of the report line that Lambda writes after each request.
// A filter cannot add a dimension with a fixed value, so the namespace has the function's name.
func (e *Endpoint) addMemoryFilter() {
	e.memory = e.LogGroup.AddMetricFilter(jsii.String("MemoryFilter"), &awslogs.MetricFilterOptions{
		FilterPattern:   awslogs.FilterPattern_Literal(jsii.String(`{ $.type = "platform.report" }`)),
		MetricNamespace: jsii.String(names.MetricNamespace + "/" + *e.name),
		MetricName:      jsii.String("MaxMemoryUsedMB"),
		MetricValue:     jsii.String("$.record.metrics.maxMemoryUsedMB"),
	})
}

// MetricMemoryUsed is the memory that requests used, in MB.
func (e *Endpoint) MetricMemoryUsed(options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return e.memory.Metric(options)
}

func optionalName(prefix, name string) *string {
	if name == "" {
		return nil
	}
	return jsii.String(prefix + name)
}

func optionalString(text string) *string { return optionalName("", text) }

func optionalList[T any](list []T) *[]T {
	if len(list) == 0 {
		return nil
	}
	return &list
}

func optionalNumber(n int) *float64 {
	if n == 0 {
		return nil
	}
	return jsii.Number(n)
}
