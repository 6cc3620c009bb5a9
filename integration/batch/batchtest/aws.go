// Package batchtest stands in for AWS in tests of batches: CloudFormation, Step
// Functions, S3 and Lambda, as far as a batch asks them.
package batchtest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// What the stand-in has.
const (
	MachineARN   = "arn:aws:states:us-east-1:111122223333:stateMachine:yolambda-batch"
	ExecutionARN = "arn:aws:states:us-east-1:111122223333:execution:yolambda-batch:holidays"
)

// AWS answers the calls of a batch. The execution runs for as many looks as
// Running says and then ends as End.
type AWS struct {
	Running int
	End     string
	Output  bool               // whether the execution says where the results are
	Taken   bool               // the name
	Input   map[string]any     // of the execution
	Looked  context.CancelFunc // called at each look, if set

	Reserved int // the function's concurrency; 0: none
	Quota    int // the account's concurrency; 0: not to be read

	definition string // infra/yolambda/batch.asl.json
}

func (f *AWS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path { // S3
	case "/results/results/batch/holidays/run/manifest.json":
		io.WriteString(w, `{"DestinationBucket":"results","ResultFiles":{"FAILED":[{"Key":"failed"}],"PENDING":[],
			"SUCCEEDED":[{"Key":"results/batch/holidays/run/SUCCEEDED_0.jsonl","Size":14},{"Key":"results/batch/holidays/run/SUCCEEDED_1.jsonl","Size":14}]}}`)
		return
	case "/results/results/batch/holidays/run/SUCCEEDED_0.jsonl":
		io.WriteString(w, "{\"a\":1}\n{\"a\":2}\n")
		return
	case "/results/results/batch/holidays/run/SUCCEEDED_1.jsonl":
		io.WriteString(w, "{\"a\":3}\n")
		return
	}
	if strings.HasSuffix(r.URL.Path, "/functions/yolambda/concurrency") {
		if f.Reserved == 0 {
			io.WriteString(w, `{}`)
			return
		}
		fmt.Fprintf(w, `{"ReservedConcurrentExecutions":%d}`, f.Reserved)
		return
	}
	if strings.Contains(r.URL.Path, "/account-settings") {
		if f.Quota == 0 {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		fmt.Fprintf(w, `{"AccountLimit":{"UnreservedConcurrentExecutions":%d}}`, f.Quota)
		return
	}
	if strings.Contains(r.URL.Path, "/functions/") {
		io.WriteString(w, `{"MemorySize":2048,"Architectures":["arm64"]}`)
		return
	}
	if r.Header.Get("X-Amz-Target") == "" { // CloudFormation
		fmt.Fprintf(w, `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><Outputs><member><OutputKey>BatchStateMachineArn</OutputKey>
			<OutputValue>%s</OutputValue></member></Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`, MachineARN)
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	switch operation := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "AWSStepFunctions."); operation {
	case "DescribeStateMachine":
		definition, err := os.ReadFile(f.definition)
		if err != nil {
			panic(err)
		}
		text := strings.NewReplacer("${PicturesBucket}", "photos", "${ResultsBucket}", "results",
			"${Alias}", "arn:aws:lambda:us-east-1:111122223333:function:yolambda:live").Replace(string(definition))
		json.NewEncoder(w).Encode(map[string]any{"stateMachineArn": MachineARN, "definition": text})
	case "StartExecution":
		if f.Taken {
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, `{"__type":"ExecutionAlreadyExists","message":"taken"}`)
			return
		}
		var request struct{ Input string }
		if json.NewDecoder(r.Body).Decode(&request) != nil || json.Unmarshal([]byte(request.Input), &f.Input) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		fmt.Fprintf(w, `{"executionArn":%q,"startDate":1000}`, ExecutionARN)
	case "DescribeExecution":
		answer := map[string]any{"executionArn": ExecutionARN, "status": f.End, "startDate": 1000, "stopDate": 1100}
		if f.Running--; f.Running >= 0 {
			answer["status"] = "RUNNING"
		}
		if f.End == "FAILED" {
			answer["error"], answer["cause"] = "invalid_request", "no such option"
		}
		if f.Output {
			answer["output"] = `{"MapRunArn":"run","ResultWriterDetails":{"Bucket":"results","Key":"results/batch/holidays/run/manifest.json"}}`
		}
		json.NewEncoder(w).Encode(answer)
	case "ListMapRuns":
		io.WriteString(w, `{"mapRuns":[{"mapRunArn":"run"}]}`)
	case "DescribeMapRun":
		if f.Looked != nil {
			f.Looked()
		}
		io.WriteString(w, `{"maxConcurrency":5,"itemCounts":{"total":100,"succeeded":90,"failed":7,"aborted":2,"timedOut":1},"executionCounts":{"total":10}}`)
	default:
		w.WriteHeader(http.StatusBadRequest)
	}
}

// Serve lets AWS' SDK ask f until the test ends.
func (f *AWS) Serve(t *testing.T) {
	t.Helper()
	f.definition = yolotest.Root(t, "infra", "yolambda", "batch.asl.json")
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	yolotest.FakeAWS(t, server.URL)
}
