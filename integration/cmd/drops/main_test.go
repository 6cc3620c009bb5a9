package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

const member = `<member><LogicalResourceId>%s</LogicalResourceId><PhysicalResourceId>%s</PhysicalResourceId>
	<ResourceType>%s</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>`

// cloud answers as STS and CloudFormation do, for a stack with these resources; without any there
// is no stack.
func cloud(resources ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch {
		case strings.Contains(string(body), "GetCallerIdentity"):
			io.WriteString(w, `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`)
		case len(resources) == 0:
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, `<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack with id yolambda does not exist</Message></Error></ErrorResponse>`)
		default:
			fmt.Fprintf(w, `<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries>%s</StackResourceSummaries>
				</ListStackResourcesResult></ListStackResourcesResponse>`, strings.Join(resources, ""))
		}
	}
}

func TestDrops(t *testing.T) {
	function := fmt.Sprintf(member, "Function1", "yolambda", "AWS::Lambda::Function")
	bucket := fmt.Sprintf(member, "Bucket1", "yolambda-bucket-x", "AWS::S3::Bucket")
	machine := fmt.Sprintf(member, "Batch1", "arn:machine", "AWS::StepFunctions::StateMachine")
	for _, test := range []struct {
		name      string
		resources []string
		template  string
		account   string
		lost      []string // in the error
		warning   string
	}{
		{"no stack yet", nil, `{}`, "", nil, ""},
		{"all stays", []string{function, bucket, machine},
			`{"Resources": {"Bucket1": {"Type": "AWS::S3::Bucket"}, "Batch1": {"Type": "AWS::StepFunctions::StateMachine"}}}`, "123456789012", nil, ""},
		{"nobody relies on it", []string{function}, `{}`, "", nil, ""},
		{"bucket and batch", []string{function, bucket, machine}, `{"Resources": {}}`, "",
			[]string{"AWS::S3::Bucket yolambda-bucket-x: it stays", "AWS::StepFunctions::StateMachine arn:machine: batches end", "-c drop=true"}, ""},
		{"another type of that id", []string{machine}, `{"Resources": {"Batch1": {"Type": "AWS::SQS::Queue"}}}`, "", []string{"batches end"}, ""},
		{"adopted bucket", []string{bucket}, `{"Resources": {"Role": {"Properties": {"Resource": "arn:aws:s3:::yolambda-bucket-x/*"}}}}`, "", nil, ""},
		{"another account", []string{bucket}, `{}`, "999999999999", nil, "could not be checked"},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(cloud(test.resources...))
			defer server.Close()
			yolotest.FakeAWS(t, server.URL)
			t.Setenv("CDK_DEFAULT_ACCOUNT", test.account)
			template := filepath.Join(t.TempDir(), "template.json")
			if err := os.WriteFile(template, []byte(test.template), 0o600); err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			err := run(t.Context(), []string{"-stack", "yolambda", template}, &out)
			if (err != nil) != (test.lost != nil) {
				t.Errorf("%v", err)
			}
			for _, lost := range test.lost {
				if !strings.Contains(err.Error(), lost) {
					t.Errorf("no %q in %v", lost, err)
				}
			}
			if !strings.Contains(out.String(), test.warning) || test.warning == "" && out.String() != "" {
				t.Errorf("said %q", out.String())
			}
		})
	}
}
