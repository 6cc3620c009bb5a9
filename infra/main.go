// Command infra is the CDK app that deploys YOLambda: one stack with the
// function, its layers and its signed URL. It is run by the CDK's command line
// from the root of the project, as cdk.json says.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/yolambda/yolambda/infra/yolambda"
)

func main() {
	environment := flag.String("settings", "", "say what environments/`NAME`.json makes, as JSON, or what is wrong there, and stop")
	flag.Parse()
	run := synthesize
	if *environment != "" {
		run = func() error { return describeEnvironment(".", *environment, os.Stdout) }
	}
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "yolambda: %v\n", err)
		os.Exit(1)
	}
}

// synthesize writes the stack's template and assets to where the CDK's command
// line asks for them.
func synthesize() (err error) {
	defer closeQuietly()
	defer func() {
		switch failure := recover().(type) {
		case nil:
		case yolambda.BuildError:
			err = failure
		default:
			panic(failure)
		}
	}()
	app := awscdk.NewApp(nil)
	context, _ := app.Node().GetAllContext(nil).(map[string]any)
	context, err = withEnvironment(".", context)
	if err != nil {
		return fmt.Errorf("check settings:\n%w", err)
	}
	config, err := ParseConfig(context)
	if err != nil {
		return fmt.Errorf("check settings:\n%w", err)
	}
	if bundles(context) {
		if err := checkModels(".", config.Models, os.Stderr); err != nil {
			return err
		}
	}
	config.Version = versionOf(".")
	stack := NewStack(app, config)
	assembly := app.Synth(nil)
	if bundles(context) && !config.Drop && os.Getenv("CDK_DEFAULT_ACCOUNT") != "" { // set where the CDK has credentials
		return checkDrops(*stack.StackName(), filepath.Join(*assembly.Directory(), *stack.TemplateFile()))
	}
	return nil
}

// bundles reports whether the CDK's command wants the assets. cdk ls, bootstrap and
// destroy do not, and work in a clone in which nothing was built.
func bundles(context map[string]any) bool {
	stacks, told := context["aws:cdk:bundling-stacks"].([]any)
	return !told || len(stacks) > 0
}

// closeQuietly ends the CDK's Node.js process. jsii-runtime-go waits for it in
// two goroutines, and the one that comes second may complain on os.Stderr that
// there is nothing left to wait for.
func closeQuietly() {
	stderr := os.Stderr
	defer func() { os.Stderr = stderr }()
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null
	}
	jsii.Close()
}
