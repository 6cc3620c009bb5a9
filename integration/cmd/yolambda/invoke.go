package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/predict"
	"github.com/yolambda/yolambda/lambda/names"
)

type invokeCommand struct {
	Local    bool   `xor:"where" required:"" help:"Start the function on this machine, for this command alone."`
	Function string `xor:"where" required:"" placeholder:"NAME" help:"The function's name or ARN, with :ALIAS if wanted."`
	Stack    string `xor:"where" required:"" placeholder:"NAME" help:"The CloudFormation stack whose outputs tell the function's name."`

	partsFlags

	Verbose bool   `short:"v" help:"With --local: show the function's log on stderr."`
	Event   string `arg:"" name:"event.json" help:"The event's file, or - for the standard input."`
}

func (invokeCommand) Help() string {
	return `Examples:

  echo '{"image": "'$(base64 < bus.jpg | tr -d '\n')'"}' | yolambda invoke --local -
  yolambda invoke --function yolambda:live event.json

The event is a request as JSON, or a whole function URL event. What the
function answers goes to the standard output as it is.

The exit status is 0 when the function answered, 1 when it did not or its answer
is an error: one with the key error, or with a statusCode of 400 or more.`
}

func (c *invokeCommand) Run(ctx context.Context, std *streams) error {
	if !c.Local && (c.partsFlags != partsFlags{}) {
		return usagef("--model, --models, --bootstrap and --library go with --local")
	}
	event, err := predict.ReadFile(ctx, c.Event, std.in)
	if err != nil {
		return err
	}
	if !json.Valid(event) {
		return fmt.Errorf("%s is not JSON: an event is a JSON object", c.Event)
	}
	payload, functionError, err := c.invoke(ctx, std, event)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(std.out, "%s\n", bytes.TrimRight(payload, "\n")); err != nil {
		return fmt.Errorf("print answer: %w", err)
	}
	if functionError != "" {
		return fmt.Errorf("the function failed: %s", functionError)
	}
	return refusal(payload)
}

// refusal is the error that an answer tells, to a request as JSON or to a
// function URL event; nil if it tells none.
func refusal(payload []byte) error {
	var answer struct {
		Error      json.RawMessage `json:"error"`
		StatusCode int             `json:"statusCode"`
	}
	if json.Unmarshal(payload, &answer) != nil {
		return nil // not of this form, as the answer of a foreign function may be
	}
	switch {
	case answer.StatusCode >= http.StatusBadRequest:
		return fmt.Errorf("the function answered with status %d", answer.StatusCode)
	case answer.Error != nil && string(answer.Error) != "null":
		return errors.New("the function answered with an error")
	}
	return nil
}

// invoke returns the function's answer, and AWS's word for its failure.
func (c *invokeCommand) invoke(ctx context.Context, std *streams, event []byte) (payload []byte, functionError string, err error) {
	if c.Local {
		endpoint := endpointFlags{Local: true, partsFlags: c.partsFlags, Verbose: c.Verbose}
		server, err := endpoint.serve(ctx, std, 1)
		if err != nil {
			return nil, "", err
		}
		defer server.Close()
		result, err := server.Invoke(ctx, event)
		return result.Payload, result.FunctionError, err
	}
	cfg, err := client.LoadAWS(ctx)
	if err != nil {
		return nil, "", err
	}
	name := c.Function
	if c.Stack != "" {
		outputs, err := client.StackOutputs(ctx, cfg, c.Stack)
		if err != nil {
			return nil, "", err
		}
		if name = outputs[names.OutputFunctionName]; name == "" {
			return nil, "", fmt.Errorf("stack %s has no output %s: is it a stack of YOLambda?", c.Stack, names.OutputFunctionName)
		}
	}
	out, err := lambda.NewFromConfig(cfg).Invoke(ctx, &lambda.InvokeInput{FunctionName: &name, Payload: event})
	if err != nil {
		return nil, "", fmt.Errorf("invoke %s: %w", name, err)
	}
	return out.Payload, aws.ToString(out.FunctionError), nil
}
