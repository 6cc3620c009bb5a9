package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"
)

// deployed is the function with what belongs to it.
type deployed struct {
	function awslambda.Function
	alias    awslambda.Alias // "live", the only thing that is called
	role     awsiam.Role
	logs     awslogs.LogGroup
	name     string
}

// newFunction makes the function and its alias, with all that it may read and write. s is
// nil where there are no pictures in S3.
func newFunction(stack awscdk.Stack, c Config, assets Assets, s *storage) deployed {
	architecture := map[Architecture]awslambda.Architecture{
		Arm64: awslambda.Architecture_ARM_64(),
		X86:   awslambda.Architecture_X86_64(),
	}[c.Architecture]
	// A role of our own, for the ready-made one may write to any log group.
	role := awsiam.NewRole(stack, jsii.String("Role"), &awsiam.RoleProps{
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
		Description: jsii.String("Rights of the function " + c.StackName),
	})
	logs := awslogs.NewLogGroup(stack, jsii.String("Logs"), &awslogs.LogGroupProps{
		LogGroupName:  jsii.String("/aws/lambda/" + c.StackName),
		Retention:     logRetention[c.LogRetentionDays],
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	logs.GrantWrite(role)
	s.grant(role, c.Trigger == "s3")

	properties := &awslambda.FunctionProps{
		FunctionName:                 jsii.String(c.StackName),
		Description:                  jsii.String("Detects objects in pictures with a YOLO model"),
		Runtime:                      awslambda.Runtime_PROVIDED_AL2023(),
		Architecture:                 architecture,
		Handler:                      jsii.String("bootstrap"),
		Code:                         handlerCode(assets.Handler, c.Architecture),
		Layers:                       newLayers(stack, architecture, assets),
		MemorySize:                   jsii.Number(c.MemoryMB),
		Timeout:                      awscdk.Duration_Seconds(jsii.Number(c.TimeoutSeconds)),
		ReservedConcurrentExecutions: optionalNumber(c.ReservedConcurrency),
		Environment:                  environment(assets, s, c.Trigger == "s3"),
		Role:                         role,
		Tracing:                      tracing(c.Tracing),
		LogGroup:                     logs,
		LoggingFormat:                awslambda.LoggingFormat_JSON,
		SystemLogLevelV2:             awslambda.SystemLogLevel_INFO, // has the report lines that the memory alarm reads
		ApplicationLogLevelV2:        awslambda.ApplicationLogLevel_INFO,
	}
	// An old version stays when the next is deployed: the alias can be moved back to it.
	properties.CurrentVersionOptions = &awslambda.VersionOptions{RemovalPolicy: awscdk.RemovalPolicy_RETAIN}
	function := awslambda.NewFunction(stack, jsii.String("Function"), properties)
	alias := awslambda.NewAlias(stack, jsii.String("Live"), &awslambda.AliasProps{
		AliasName:                       jsii.String("live"),
		Version:                         function.CurrentVersion(),
		ProvisionedConcurrentExecutions: optionalNumber(c.ProvisionedConcurrency),
	})
	return deployed{function: function, alias: alias, role: role, logs: logs, name: c.StackName}
}

// environment is all that the function is told; lambda/internal/bootstrap reads it.
func environment(assets Assets, s *storage, trigger bool) *map[string]*string {
	all := map[string]*string{
		"ORT_DISABLE_TELEMETRY": jsii.String("1"),
		"YOLAMBDA_MODEL":        jsii.String(assets.Models[0].file()),
	}
	if s != nil {
		all["YOLAMBDA_S3_PREFIXES"] = s.picturesURL()
	}
	if trigger {
		all["YOLAMBDA_S3_RESULTS"] = s.repliesURL()
	}
	return &all
}

// newLayers makes a layer for ONNX Runtime and one for each model.
func newLayers(stack awscdk.Stack, architecture awslambda.Architecture, assets Assets) *[]awslambda.ILayerVersion {
	layers := []awslambda.ILayerVersion{
		newLayer(stack, "RuntimeLayer", architecture, assets.Runtime, "ONNX Runtime: /opt/lib/libonnxruntime.so"),
	}
	for _, m := range assets.Models {
		layers = append(layers, newLayer(stack, "ModelLayer-"+m.Name, architecture, m.Dir, "Model: "+m.file()))
	}
	return &layers
}

func newLayer(stack awscdk.Stack, id string, architecture awslambda.Architecture, dir, description string) awslambda.LayerVersion {
	return awslambda.NewLayerVersion(stack, jsii.String(id), &awslambda.LayerVersionProps{
		Code:                    awslambda.Code_FromAsset(jsii.String(dir), nil),
		CompatibleArchitectures: &[]awslambda.Architecture{architecture},
		CompatibleRuntimes:      &[]awslambda.Runtime{awslambda.Runtime_PROVIDED_AL2023()},
		Description:             jsii.String(description),
	})
}

func optionalNumber(n int) *float64 {
	if n == 0 {
		return nil
	}
	return jsii.Number(n)
}

func tracing(on bool) awslambda.Tracing {
	if on {
		return awslambda.Tracing_ACTIVE
	}
	return awslambda.Tracing_DISABLED
}
