package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

const (
	testCertificate = "arn:aws:acm:us-east-1:111122223333:certificate/01234567-89ab-cdef-0123-456789abcdef"
	testWebACL      = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/limit/01234567-89ab-cdef-0123-456789abcdef"
	testKey         = "arn:aws:kms:us-east-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
	testRole        = "arn:aws:iam::111122223333:role/function"
)

// ownThings are those that healthyOwn answers for.
var ownThings = own{Domain: "detect.example.org", Certificate: testCertificate, HostedZone: "Z0123456789ABCDEFGHIJ", WebACL: testWebACL, KMSKey: testKey}

func distributionAnswer(status, enabled, alias string) answer {
	return answer{200, fmt.Sprintf(`<Distribution><Id>E1</Id><Status>%s</Status><DomainName>d1.cloudfront.net</DomainName><DistributionConfig>
		<Enabled>%s</Enabled><Aliases><Quantity>1</Quantity><Items><CNAME>%s</CNAME></Items></Aliases>
		<ViewerCertificate><ACMCertificateArn>%s</ACMCertificateArn></ViewerCertificate><WebACLId>%s</WebACLId>
		</DistributionConfig></Distribution>`, status, enabled, alias, testCertificate, testWebACL)}
}

func certificateAnswer(status string, ends int64, names ...string) answer {
	all, _ := json.Marshal(names)
	return answer{200, fmt.Sprintf(`{"Certificate":{"DomainName":%q,"SubjectAlternativeNames":%s,"Status":%q,"NotAfter":%d}}`, names[0], all, status, ends)}
}

func zoneAnswer(name, private string) answer {
	return answer{200, fmt.Sprintf(`<GetHostedZoneResponse><HostedZone><Id>/hostedzone/Z0123456789ABCDEFGHIJ</Id><Name>%s</Name>
		<Config><PrivateZone>%s</PrivateZone></Config></HostedZone></GetHostedZoneResponse>`, name, private)}
}

func keyAnswer(state, spec string) answer {
	return answer{200, fmt.Sprintf(`{"KeyMetadata":{"KeyId":"k","KeyState":%q,"KeySpec":%q,"KeyUsage":"ENCRYPT_DECRYPT"}}`, state, spec)}
}

func policyAnswer(text string) answer {
	return answer{200, fmt.Sprintf(`{"Policy":%q}`, text)}
}

// rules are those of a web ACL, with AWS' common set; override is what is done with its limit.
func rules(override string) answer {
	return answer{200, `{"WebACL":{"Name":"limit","Rules":[{"Name":"rate","Statement":{"RateBasedStatement":{"Limit":100,"AggregateKeyType":"IP"}}},
		{"Name":"common","Statement":{"ManagedRuleGroupStatement":{"VendorName":"AWS","Name":"AWSManagedRulesCommonRuleSet"` + override + `}]}}`}
}

// farAway is a time in seconds since 1970: in the year 2255.
const farAway = 9000000000

// documentedPolicy is the policy of a key that docs/deploy.md has.
func documentedPolicy(t *testing.T) string {
	t.Helper()
	_, after, found := strings.Cut(string(yolotest.Read(t, yolotest.Root(t, "docs", "deploy.md"))), "<!-- key policy")
	_, after, begins := strings.Cut(after, "```json\n")
	text, _, ends := strings.Cut(after, "```")
	if !found || !begins || !ends {
		t.Fatal("docs/deploy.md has no policy of a key")
	}
	return strings.NewReplacer("123456789012", "111122223333", "eu-central-1", "us-east-1").Replace(text)
}

// healthyOwn is a healthy deployment that uses all of ownThings.
func healthyOwn(t *testing.T) map[string]answer {
	t.Helper()
	answers := healthyAWS()
	maps.Copy(answers, map[string]answer{
		"/configuration": {200, `{"FunctionArn":"arn:aws:lambda:us-east-1:111122223333:function:yolambda:live","State":"Active","MemorySize":3008,
			"Architectures":["arm64"],"Role":"` + testRole + `","KMSKeyArn":"` + testKey + `"}`},
		"ListStackResources": {200, strings.Replace(answers["ListStackResources"].body, "<StackResourceSummaries>",
			"<StackResourceSummaries>"+resources("AWS::CloudFront::Distribution", "E1"), 1)},
		"/distribution/E1":                  distributionAnswer("Deployed", "true", "detect.example.org"),
		"DescribeCertificate":               certificateAnswer("ISSUED", farAway, "example.org", "*.example.org"),
		"/hostedzone/Z0123456789ABCDEFGHIJ": zoneAnswer("example.org.", "false"),
		"GetWebACL":                         rules(`,"RuleActionOverrides":[{"Name":"SizeRestrictions_BODY","ActionToUse":{"Count":{}}}]}},"OverrideAction":{"None":{}}`),
		"DescribeKey":                       keyAnswer("Enabled", "SYMMETRIC_DEFAULT"),
		"GetKeyPolicy":                      policyAnswer(documentedPolicy(t)),
	})
	return answers
}

func found(context.Context, string) ([]string, error) { return []string{"192.0.2.1"}, nil }

// What the settings name is looked at before anything is deployed.
func TestDoctorOfOwnThings(t *testing.T) {
	findings := ask(t, Patient{own: ownThings}, healthyOwn(t))
	for check, want := range map[string]string{
		"certificate": "issued, for detect.example.org",
		"zone":        "example.org",
		"web acl":     "limit, 2 rules",
		"key":         "enabled; its policy lets in CloudWatch Logs, and leaves the rest to IAM",
	} {
		if f := findings[check]; f.Status != OK || f.Mend != "" || f.Detail != want {
			t.Errorf("%s: got %+v, want %q", check, f, want)
		}
	}
	for _, check := range []string{"domain", "stack"} {
		if f, told := findings[check]; told {
			t.Errorf("there is no stack: %+v", f)
		}
	}
}

// A deployed stack says itself what it uses; one without such things is not asked about them.
func TestDoctorOfDeployedDomain(t *testing.T) {
	findings := askAWS(t, Patient{Stack: "yolambda", lookup: found}, healthyOwn(t))
	wantOK(t, findings, map[string]string{
		"domain":      "detect.example.org, by distribution E1",
		"certificate": "issued, for detect.example.org",
		"web acl":     "limit, 2 rules",
		"key":         "enabled; the function's role may decrypt with it",
		"request":     "by yolov8n",
	})
	if f, told := findings["zone"]; told {
		t.Errorf("no hosted zone is known: %+v", f)
	}
	plain := askAWS(t, Patient{Stack: "yolambda"}, healthyAWS())
	for _, check := range []string{"domain", "certificate", "zone", "web acl", "key"} {
		if f, told := plain[check]; told {
			t.Errorf("the stack has no %s: %+v", check, f)
		}
	}
}

func TestDoctorFindsFaultsOfOwnThings(t *testing.T) {
	const json404, xmlDenied = `{"__type":"%s"}`, `<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>`
	missing := func(code string) answer { return answer{400, fmt.Sprintf(json404, code)} }
	nowhere := func(context.Context, string) ([]string, error) { return nil, &net.DNSError{IsNotFound: true} }
	broken := func(context.Context, string) ([]string, error) { return nil, &net.DNSError{IsTimeout: true} }
	denied := answer{200, `<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><EvaluationResults>
		<member><EvalActionName>kms:Decrypt</EvalActionName><EvalDecision>implicitDeny</EvalDecision></member>
		</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`}
	statement := func(principal, action string) string {
		return fmt.Sprintf(`{"Effect":"Allow","Principal":%s,"Action":%s,"Resource":"*"}`, principal, action)
	}
	policy := func(statements ...string) answer {
		return policyAnswer(`{"Statement":[` + strings.Join(statements, ",") + `]}`)
	}
	logs := statement(`{"Service":"logs.us-east-1.amazonaws.com"}`, `["kms:GenerateDataKey*"]`)
	iam := statement(`{"AWS":"arn:aws:iam::111122223333:root"}`, `"kms:*"`)
	for _, test := range []struct {
		name   string
		asked  string
		answer answer
		check  string
		status Status
		text   string // in the detail or the mend
	}{
		{"switched off", "/distribution/E1", distributionAnswer("Deployed", "false", "detect.example.org"), "domain", Fail, "enable it"},
		{"another name", "/distribution/E1", distributionAnswer("Deployed", "true", "other.example.org"), "domain", Fail, "does not answer for detect.example.org"},
		{"still spreading", "/distribution/E1", distributionAnswer("InProgress", "true", "detect.example.org"), "domain", Warn, "wait some minutes"},
		{"distribution not to be read", "/distribution/E1", answer{403, xmlDenied}, "domain", Skip, "cloudfront:GetDistribution"},
		{"no certificate", "DescribeCertificate", missing("ResourceNotFoundException"), "certificate", Fail, "aws acm request-certificate"},
		{"certificate not to be read", "DescribeCertificate", missing("AccessDeniedException"), "certificate", Skip, "acm:DescribeCertificate"},
		{"certificate waits", "DescribeCertificate", certificateAnswer("PENDING_VALIDATION", farAway, "detect.example.org"), "certificate", Fail, "write the records"},
		{"certificate ended", "DescribeCertificate", certificateAnswer("EXPIRED", 1, "detect.example.org"), "certificate", Fail, "EXPIRED"},
		{"certificate ends", "DescribeCertificate", certificateAnswer("ISSUED", 1, "detect.example.org"), "certificate", Warn, "ends on 1970-01-01"},
		{"certificate of others", "DescribeCertificate", certificateAnswer("ISSUED", farAway, "example.org", "*.eu.example.org"), "certificate", Fail, "for example.org, *.eu.example.org, not for detect.example.org"},
		{"no zone", "/hostedzone/Z0123456789ABCDEFGHIJ", answer{404, `<ErrorResponse><Error><Code>NoSuchHostedZone</Code></Error></ErrorResponse>`}, "zone", Fail, "has no hosted zone"},
		{"zone not to be read", "/hostedzone/Z0123456789ABCDEFGHIJ", answer{403, xmlDenied}, "zone", Skip, "route53:GetHostedZone"},
		{"zone of others", "/hostedzone/Z0123456789ABCDEFGHIJ", zoneAnswer("ample.org.", "false"), "zone", Fail, "no room for detect.example.org"},
		{"private zone", "/hostedzone/Z0123456789ABCDEFGHIJ", zoneAnswer("example.org.", "true"), "zone", Fail, "is private"},
		{"no web ACL", "GetWebACL", missing("WAFNonexistentItemException"), "web acl", Fail, "list-web-acls"},
		{"web ACL not to be read", "GetWebACL", missing("AccessDeniedException"), "web acl", Skip, "wafv2:GetWebACL"},
		{"web ACL refuses pictures", "GetWebACL", rules(`}},"OverrideAction":{"None":{}}`), "web acl", Warn, "SizeRestrictions_BODY"},
		{"web ACL counts", "GetWebACL", rules(`}},"OverrideAction":{"Count":{}}`), "web acl", OK, "2 rules"},
		{"no key", "DescribeKey", missing("NotFoundException"), "key", Fail, "there is no key"},
		{"key not to be read", "DescribeKey", missing("AccessDeniedException"), "key", Skip, "kms:DescribeKey"},
		{"key disabled", "DescribeKey", keyAnswer("Disabled", "SYMMETRIC_DEFAULT"), "key", Fail, "aws kms enable-key"},
		{"key about to go", "DescribeKey", keyAnswer("PendingDeletion", "SYMMETRIC_DEFAULT"), "key", Fail, "cancel-key-deletion"},
		{"key in the making", "DescribeKey", keyAnswer("Creating", "SYMMETRIC_DEFAULT"), "key", Fail, "is Creating"},
		{"key of another kind", "DescribeKey", keyAnswer("Enabled", "RSA_2048"), "key", Fail, "RSA_2048"},
		{"policy not to be read", "GetKeyPolicy", missing("AccessDeniedException"), "key", Skip, "kms:GetKeyPolicy"},
		{"no logs", "GetKeyPolicy", policy(iam), "key", Fail, "does not let in logs.us-east-1.amazonaws.com"},
		{"no rights from IAM", "GetKeyPolicy", policy(logs), "key", Fail, "leaves no rights to IAM"},
		{"the role by name", "GetKeyPolicy", policy(logs, statement(`{"AWS":["`+testRole+`"]}`, `"kms:Decrypt"`)), "key", OK, "names the function's role"},
		{"small letters", "GetKeyPolicy", policy(statement(`{"Service":"logs.us-east-1.amazonaws.com"}`, `"KMS:generatedatakey*"`), iam), "key", OK, "may decrypt"},
		{"everybody", "GetKeyPolicy", policy(logs, statement(`"*"`, `"kms:*"`)), "key", OK, "names the function's role"},
		{"role without the right", "SimulatePrincipalPolicy", denied, "key", Fail, "may not decrypt with the key"},
	} {
		t.Run(test.name, func(t *testing.T) {
			answers := healthyOwn(t)
			answers[test.asked] = test.answer
			f := askAWS(t, Patient{Stack: "yolambda", own: ownThings, lookup: found}, answers)[test.check]
			if f.Status != test.status || !strings.Contains(f.Detail+f.Mend, test.text) {
				t.Errorf("got %+v, want %s with %q", f, test.status, test.text)
			}
		})
	}
	t.Run("no record", func(t *testing.T) {
		f := askAWS(t, Patient{Stack: "yolambda", lookup: nowhere}, healthyOwn(t))["domain"]
		if f.Status != Fail || !strings.Contains(f.Mend, "lead it to d1.cloudfront.net") {
			t.Errorf("%+v", f)
		}
	})
	t.Run("no answer from DNS", func(t *testing.T) {
		if f := askAWS(t, Patient{Stack: "yolambda", lookup: broken}, healthyOwn(t))["domain"]; f.Status != OK {
			t.Errorf("that says nothing of the domain: %+v", f)
		}
	})
	t.Run("trigger without events", func(t *testing.T) {
		answers := healthyOwn(t)
		answers["GetKeyPolicy"] = policy(logs, iam)
		answers["DescribeStacks"] = answer{200, strings.Replace(answers["DescribeStacks"].body, "<Outputs>",
			"<Outputs><member><OutputKey>TriggerResultsLocation</OutputKey><OutputValue>s3://b/</OutputValue></member>", 1)}
		if f := askAWS(t, Patient{Stack: "yolambda", lookup: found}, answers)["key"]; f.Status != Fail || !strings.Contains(f.Detail, "events.amazonaws.com") {
			t.Errorf("%+v", f)
		}
	})
	t.Run("web ACL of the classic kind", func(t *testing.T) { // a distribution names it by its ID
		classic := own{WebACL: "473e64fd-f30b-4765-81a0-62ad96dd167a"}
		if f := askAWS(t, Patient{own: classic}, healthyOwn(t))["web acl"]; f.Status != Fail || !strings.Contains(f.Mend, "ARN") {
			t.Errorf("%+v", f)
		}
	})
	t.Run("alarms without CloudWatch", func(t *testing.T) {
		answers := healthyOwn(t)
		list := answers["ListStackResources"].body
		answers["ListStackResources"] = answer{200, strings.Replace(list, "<StackResourceSummaries>", "<StackResourceSummaries>"+resources("AWS::SNS::Topic", "alarms"), 1)}
		if f := askAWS(t, Patient{Stack: "yolambda", lookup: found}, answers)["key"]; f.Status != OK {
			t.Errorf("the documented policy has it: %+v", f)
		}
		answers["GetKeyPolicy"] = policy(logs, iam)
		if f := askAWS(t, Patient{Stack: "yolambda", lookup: found}, answers)["key"]; f.Status != Fail || !strings.Contains(f.Detail, "cloudwatch.amazonaws.com") {
			t.Errorf("%+v", f)
		}
	})
	t.Run("key of another region", func(t *testing.T) {
		elsewhere := own{KMSKey: strings.Replace(testKey, "us-east-1", "eu-central-1", 1)}
		if f := askAWS(t, Patient{own: elsewhere}, healthyOwn(t))["key"]; f.Status != Fail || !strings.Contains(f.Detail, "is of eu-central-1") {
			t.Errorf("%+v", f)
		}
	})
}

// What CloudFront takes from us-east-1 only is looked for there, wherever the stack is.
func TestDoctorLooksInCloudFrontsRegion(t *testing.T) {
	var mu sync.Mutex
	regions := map[string]string{} // by service
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request
		scope := strings.Split(r.Header.Get("Authorization"), "/")
		mu.Lock()
		regions[scope[3]] = scope[2]
		mu.Unlock()
		w.WriteHeader(http.StatusNotFound)
	}))
	defer server.Close()
	yolotest.FakeAWS(t, server.URL)
	t.Setenv("AWS_REGION", "eu-central-1")
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	q := &inquiry{own: ownThings, caller: arn.ARN{Partition: "aws"}}
	for _, check := range []func(context.Context) Finding{q.credentials, q.certificate, q.webACL, q.quota} {
		check(t.Context())
	}
	mu.Lock()
	defer mu.Unlock()
	want := map[string]string{"sts": "eu-central-1", "acm": "us-east-1", "wafv2": "us-east-1", "lambda": "eu-central-1"}
	if !maps.Equal(regions, want) {
		t.Errorf("asked %v, want %v", regions, want)
	}
}
