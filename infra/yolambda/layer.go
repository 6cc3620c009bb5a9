package yolambda

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3assets"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// maxUnzipped is Lambda's limit for the code and all layers together, in bytes.
const maxUnzipped = 250 << 20

// handlerRoom is kept free of maxUnzipped for the handler, in bytes. It is
// compiled after the check and has some 10 MB.
const handlerRoom = 20 << 20

type layer struct {
	id, description string
	code            awslambda.Code
}

// layersOf are those of the endpoint: one for ONNX Runtime and one for each model, so that a new
// one leaves the others' alone. Where assets are bundled, all must be there and fit.
func layersOf(scope constructs.Construct, p EndpointProps, source string) []layer {
	var library string
	if bundles(scope) {
		var err error
		if library, err = runtimeLibrary(p.RuntimeLibrary, p.Architecture, p.Cache); err != nil {
			panic(BuildError{err.Error()})
		}
		size, err := fileSize(library)
		if err == nil {
			err = checkModelFiles(p.Models, maxUnzipped-handlerRoom-size)
		}
		if err != nil {
			panic(BuildError{err.Error()})
		}
	}
	layers := []layer{{"RuntimeLayer", "ONNX Runtime: /opt/lib/libonnxruntime.so", runtimeContent(library)}}
	models := newOptimizer(p, source)
	for _, m := range p.Models {
		layers = append(layers, layer{"ModelLayer-" + m.Name, "Model: " + m.file(), m.content(models)})
	}
	return layers
}

func newLayer(scope constructs.Construct, architecture awslambda.Architecture, l layer) awslambda.LayerVersion {
	return awslambda.NewLayerVersion(scope, jsii.String(l.id), &awslambda.LayerVersionProps{
		Code:                    l.code,
		CompatibleArchitectures: &[]awslambda.Architecture{architecture},
		CompatibleRuntimes:      &[]awslambda.Runtime{awslambda.Runtime_PROVIDED_AL2023()},
		Description:             jsii.String(l.description),
	})
}

// bundles reports whether the CDK's command wants the assets of scope's stack. cdk ls, bootstrap and
// destroy do not, and work in a clone in which nothing was built.
func bundles(scope constructs.Construct) bool {
	return *awscdk.Stack_Of(scope).BundlingRequired()
}

// writtenCode is an asset whose files are written while it is bundled. what says which, and of
// what: the CDK writes the assets of an app that have the same once only.
func writtenCode(what string, write func(dir string) error) awslambda.Code {
	return awslambda.Code_FromAsset(jsii.String("."), &awss3assets.AssetOptions{
		AssetHashType: awscdk.AssetHashType_OUTPUT,
		Bundling: &awscdk.BundlingOptions{
			Local:   &writer{what, write},
			Image:   awscdk.DockerImage_FromRegistry(jsii.String(buildImage)), // has to be named, is never asked
			Command: jsii.Strings(what),
		},
	})
}

// writer is an awscdk.ILocalBundling.
type writer struct {
	what  string
	write func(dir string) error
}

// TryBundle writes the files, or stops the synthesis.
func (w *writer) TryBundle(outputDir *string, _ *awscdk.BundlingOptions) *bool {
	if err := w.write(*outputDir); err != nil {
		panic(BuildError{fmt.Sprintf("write layer of %s: %v", w.what, err)})
	}
	return jsii.Bool(true)
}
