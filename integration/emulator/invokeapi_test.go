package emulator

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"
)

// sdk is the SDK's own client of the emulator.
func sdk(url string, credentials aws.Credentials) *lambda.Client {
	return lambda.New(lambda.Options{
		BaseEndpoint: &url,
		Region:       "us-east-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return credentials, nil
		}),
		RetryMaxAttempts: 1,
	})
}

func TestInvokeHandler(t *testing.T) {
	e := start(t, fakeConfig(t))
	url := serve(t, e.InvokeHandler())
	client := sdk(url, developer)
	const arn = "arn:aws:lambda:us-east-1:123456789012:function:yolambda"
	for _, name := range []string{"yolambda", "yolambda:$LATEST", arn} {
		out, err := client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: &name, Payload: []byte(`{"a":1}`), LogType: types.LogTypeTail})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if string(out.Payload) != `{"a":1}` || out.FunctionError != nil || aws.ToString(out.ExecutedVersion) != "$LATEST" || out.StatusCode != 200 {
			t.Errorf("%s: %+v", name, out)
		}
		log, err := base64.StdEncoding.DecodeString(aws.ToString(out.LogResult))
		if err != nil || !strings.HasPrefix(string(log), "START RequestId: ") {
			t.Errorf("%s: log is %q, %v", name, log, err)
		}
	}

	name := "yolambda"
	out, err := client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: &name})
	if err != nil || string(out.Payload) != "{}" || out.LogResult != nil {
		t.Errorf("no payload: %+v, %v", out, err)
	}
	out, err = client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: &name, Payload: []byte(`{"do":"error"}`)})
	if err != nil || aws.ToString(out.FunctionError) != "Unhandled" || !strings.Contains(string(out.Payload), "on purpose") {
		t.Errorf("function error: %+v, %v", out, err)
	}
	out, err = client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: &name, InvocationType: types.InvocationTypeDryRun})
	if err != nil || out.StatusCode != http.StatusNoContent {
		t.Errorf("dry run: %+v, %v", out, err)
	}
	g := newGate(t)
	out, err = client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: &name, InvocationType: types.InvocationTypeEvent, Payload: []byte(`{"do":"wait","gate":"` + g.url + `"}`)})
	if err != nil || out.StatusCode != http.StatusAccepted {
		t.Errorf("event: %+v, %v", out, err)
	}
	<-g.waiting
	_, err = client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: &name})
	if _, ok := errors.AsType[*types.TooManyRequestsException](err); !ok {
		t.Errorf("meanwhile: %v, want TooManyRequestsException", err)
	}
}

// An event that nobody will run any more is not accepted.
func TestEventAfterClose(t *testing.T) {
	e := start(t, fakeConfig(t))
	url := serve(t, e.InvokeHandler())
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	name := "yolambda"
	out, err := sdk(url, developer).Invoke(t.Context(), &lambda.InvokeInput{FunctionName: &name, InvocationType: types.InvocationTypeEvent})
	if _, ok := errors.AsType[*types.ServiceException](err); !ok {
		t.Errorf("%+v, %v, want ServiceException", out, err)
	}
}

// The function does not stream, so its answer is one chunk, as on AWS.
func TestInvokeWithResponseStream(t *testing.T) {
	url := serve(t, start(t, fakeConfig(t)).InvokeHandler())
	name := "yolambda"
	for _, tt := range []struct{ payload, want, code string }{
		{`{"a":1}`, `{"a":1}`, ""},
		{`{"do":"error"}`, "", "Unhandled"},
	} {
		out, err := sdk(url, developer).InvokeWithResponseStream(t.Context(), &lambda.InvokeWithResponseStreamInput{
			FunctionName: &name, Payload: []byte(tt.payload), LogType: types.LogTypeTail,
		})
		if err != nil {
			t.Fatal(err)
		}
		var payload []byte
		var end *types.InvokeWithResponseStreamCompleteEvent
		for event := range out.GetStream().Events() {
			switch e := event.(type) {
			case *types.InvokeWithResponseStreamResponseEventMemberPayloadChunk:
				payload = append(payload, e.Value.Payload...)
			case *types.InvokeWithResponseStreamResponseEventMemberInvokeComplete:
				end = &e.Value
			}
		}
		if err := out.GetStream().Err(); err != nil || end == nil {
			t.Fatalf("%s: %v, end %v", tt.payload, err, end)
		}
		log, err := base64.StdEncoding.DecodeString(aws.ToString(end.LogResult))
		if string(payload) != tt.want || aws.ToString(end.ErrorCode) != tt.code || err != nil || !strings.HasPrefix(string(log), "START") {
			t.Errorf("%s: %q, %+v", tt.payload, payload, end)
		}
		if details := aws.ToString(end.ErrorDetails); (tt.code != "") != strings.Contains(details, "on purpose") {
			t.Errorf("%s: details %q", tt.payload, details)
		}
	}
	missing := "other"
	_, err := sdk(url, developer).InvokeWithResponseStream(t.Context(), &lambda.InvokeWithResponseStreamInput{FunctionName: &missing})
	if _, ok := errors.AsType[*types.ResourceNotFoundException](err); !ok {
		t.Errorf("another function: %v", err)
	}
}

// Other operations of the API are not the function's business.
func TestUnknownOperation(t *testing.T) {
	e := start(t, fakeConfig(t))
	_, err := sdk(serve(t, e.InvokeHandler()), developer).ListFunctions(t.Context(), &lambda.ListFunctionsInput{})
	if got, ok := errors.AsType[smithy.APIError](err); !ok || got.ErrorCode() != "UnknownOperationException" || !strings.Contains(got.ErrorMessage(), "Invoke") {
		t.Errorf("ListFunctions: %v", err)
	}
	for path, want := range map[string]bool{
		"/2015-03-31/functions/": true, "/2021-10-31/functions/yolambda/url": true, "/2018-10-31/layers": true,
		"/": false, "/2015": false, "/2015-03-31": false, "/a/2015-03-31/functions/": false, "/openapi.json": false,
	} {
		if got := IsAPI(&http.Request{URL: &url.URL{Path: path}}); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}

func TestInvokeHandlerRefuses(t *testing.T) {
	url := serve(t, start(t, fakeConfig(t)).InvokeHandler())
	wrong := aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wrong"}
	tests := []struct {
		name, function, payload string
		kind                    types.InvocationType
		credentials             aws.Credentials
		want                    string
	}{
		{name: "another function", function: "other", credentials: developer, want: "ResourceNotFoundException"},
		{name: "not JSON", function: "yolambda", payload: "<", credentials: developer, want: "InvalidRequestContentException"},
		{name: "too large", function: "yolambda", payload: strings.Repeat(" ", maxRequest) + "1", credentials: developer, want: "RequestEntityTooLargeException"},
		{name: "unknown type", function: "yolambda", kind: "Now", credentials: developer, want: "InvalidParameterValueException"},
		{name: "wrong key", function: "yolambda", credentials: wrong, want: "InvalidSignatureException"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := sdk(url, test.credentials).Invoke(t.Context(), &lambda.InvokeInput{
				FunctionName: &test.function, Payload: []byte(test.payload), InvocationType: test.kind,
			})
			got, ok := errors.AsType[smithy.APIError](err)
			if !ok || got.ErrorCode() != test.want {
				t.Errorf("Invoke: %v, want %s", err, test.want)
			}
		})
	}
	t.Run("unsigned", func(t *testing.T) {
		resp, err := http.Post(url+"/2015-03-31/functions/yolambda/invocations", "application/json", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden || resp.Header.Get("X-Amzn-Errortype") != "MissingAuthenticationTokenException" {
			t.Errorf("status %d, headers %v", resp.StatusCode, resp.Header)
		}
	})
}
