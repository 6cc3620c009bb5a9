package doctor

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/names"
)

// usualQualifier is the CDK's, of accounts that were bootstrapped without another.
const usualQualifier = "hnb659fds"

// usualConcurrency is the quota of an account that is not new.
const usualConcurrency = 1000

// withoutURLs are the regions in which Lambda has no function URLs, as its documentation said in 2025.
var withoutURLs = []string{"ap-east-2", "ap-south-2", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
	"ca-west-1", "eu-central-2", "eu-south-2", "il-central-1", "me-central-1"}

// patience is how long a check waits for AWS.
const patience = 20 * time.Second

// inquiry is what the checks know of AWS; each adds to it.
type inquiry struct {
	cfg      aws.Config
	caller   arn.ARN
	stack    string // its name; empty for none
	version  string // of this program; empty where unknown
	own      own
	outputs  map[string]string   // of the stack
	function string              // ARN of the alias that the URL calls
	role     string              // ARN of the function's
	has      map[string][]string // what the stack has: physical ids by type

	lookup func(ctx context.Context, host string) ([]string, error) // in DNS
}

// checkAWS makes the checks of the account and, where a stack is named, of the deployed
// function. Where one finds that AWS can't be asked, the rest is skipped.
func checkAWS(ctx context.Context, p Patient, tell func(check string, f Finding) error) error {
	q := &inquiry{stack: p.Stack, version: p.Version, own: p.own, lookup: p.lookup}
	type check struct {
		name  string
		check func(context.Context) Finding
		lack  string // why those that follow are skipped unless this one is ok
	}
	checks := []check{
		{"credentials", q.credentials, "no credentials"},
		{"region", q.region, "no region"},
		{"quota", q.quota, ""},
		{"bootstrap", q.bootstrap, ""},
	}
	custom := []check{{"certificate", q.certificate, ""}, {"zone", q.zone, ""}, {"web acl", q.webACL, ""}, {"key", q.key, ""}}
	if p.Stack == "" {
		checks = append(checks, custom...)
	} else {
		checks = append(checks,
			check{"stack", q.findStack, "no stack"},
			check{"function", q.findFunction, "no function"},
			check{"parts", q.parts, ""},
			check{"domain", q.distribution, ""})
		checks = append(checks, custom...)
		checks = append(checks,
			check{"program", q.program, ""},
			check{"versions", q.versions, ""},
			check{"permissions", q.permissions, ""},
			check{"request", q.request, ""})
	}
	named := map[string]*string{"certificate": &q.own.Certificate, "zone": &q.own.HostedZone, "web acl": &q.own.WebACL, "key": &q.own.KMSKey}
	lack := ""
	for _, c := range checks {
		if thing := named[c.name]; thing != nil && *thing == "" {
			continue
		}
		f := skipf("%s", lack)
		if lack == "" {
			ctx, cancel := context.WithTimeout(ctx, patience)
			f = c.check(ctx)
			cancel()
			if f == (Finding{}) {
				continue // there is nothing to look at
			}
			if f.Status != OK && f.Status != Warn {
				lack = c.lack
			}
		}
		if err := tell(c.name, f); err != nil {
			return err
		}
	}
	return nil
}

// unanswered distinguishes a refusal, which leaves the question open, from a failure to
// reach AWS.
func unanswered(what string, err error) Finding {
	var refusal smithy.APIError
	if errors.As(err, &refusal) && strings.Contains(refusal.ErrorCode(), "AccessDenied") {
		return skipf("you may not %s", what)
	}
	return fail("check the network and the region", "%s: %v", what, err)
}

func (q *inquiry) credentials(ctx context.Context) Finding {
	const mend = "set AWS_PROFILE, or run `aws configure` or `aws sso login`"
	cfg, err := client.LoadAWS(ctx)
	if err != nil {
		return fail(mend, "%v", err)
	}
	q.cfg = cfg
	switch _, err := cfg.Credentials.Retrieve(ctx); {
	case errors.Is(err, client.ErrNoCredentials):
		f := skipf("no credentials")
		f.Mend = mend
		return f
	case err != nil:
		return fail(mend, "%s", oneLine(err.Error()))
	}
	cfg.Region = cmp.Or(cfg.Region, "us-east-1") // any region of the partition knows who asks
	who, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return fail(mend+"; those of China and of GovCloud need AWS_REGION", "AWS does not take the credentials: %v", err)
	}
	if q.caller, err = arn.Parse(aws.ToString(who.Arn)); err != nil {
		return fail(mend, "AWS does not say who you are: %v", err)
	}
	return okf("%s", q.caller)
}

func (q *inquiry) region(context.Context) Finding {
	if q.cfg.Region == "" {
		return fail("set AWS_REGION, or `aws configure set region`", "no region is set")
	}
	if slices.Contains(withoutURLs, q.cfg.Region) {
		return warn("set AWS_REGION to another; AWS' documentation of function URLs has the regions of today", "Lambda has no function URLs in %s", q.cfg.Region)
	}
	return okf("%s", q.cfg.Region)
}

// quota looks at the concurrency, which shows whether the account is new. AWS
// has no API that tells the limit of a function's memory.
func (q *inquiry) quota(ctx context.Context) Finding {
	out, err := lambda.NewFromConfig(q.cfg).GetAccountSettings(ctx, &lambda.GetAccountSettingsInput{})
	if err != nil {
		return unanswered("read the account's settings (lambda:GetAccountSettings)", err)
	}
	if out.AccountLimit == nil {
		return skipf("AWS tells no limits")
	}
	if n := out.AccountLimit.ConcurrentExecutions; n < usualConcurrency {
		return warn("if the deployment is refused for its MemorySize: -c memory=3008; with batch=true and trigger=s3 lower batchConcurrency and triggerConcurrency",
			"%d requests at once: the account is new, it may allow functions of 3008 MB only", n)
	}
	return okf("%d requests at once", out.AccountLimit.ConcurrentExecutions)
}

func (q *inquiry) bootstrap(ctx context.Context) Finding {
	name := "/cdk-bootstrap/" + cmp.Or(q.own.Qualifier, usualQualifier) + "/version" // `cdk bootstrap` leaves it there
	out, err := ssm.NewFromConfig(q.cfg).GetParameter(ctx, &ssm.GetParameterInput{Name: &name})
	var missing *ssmtypes.ParameterNotFound
	switch {
	case errors.As(err, &missing):
		mend := fmt.Sprintf("npx cdk bootstrap aws://%s/%s", q.caller.AccountID, q.cfg.Region)
		if q.own.Qualifier != "" {
			mend += " --qualifier " + q.own.Qualifier
		}
		return fail(mend, "the CDK is not bootstrapped in account %s, region %s", q.caller.AccountID, q.cfg.Region)
	case err != nil:
		return unanswered("read "+name+" (ssm:GetParameter)", err)
	case out.Parameter == nil:
		return skipf("%s is empty", name)
	}
	return okf("version %s", aws.ToString(out.Parameter.Value))
}

func (q *inquiry) findStack(ctx context.Context) Finding {
	outputs, err := client.StackOutputs(ctx, q.cfg, q.stack)
	if err != nil {
		return fail("npx cdk deploy, or set AWS_REGION to where it is", "%v", err)
	}
	if outputs[names.OutputURL] == "" || outputs[names.OutputFunctionName] == "" {
		return fail("name a stack of YOLambda", "stack %s has no outputs %s and %s", q.stack, names.OutputURL, names.OutputFunctionName)
	}
	q.outputs = outputs
	return okf("%s", outputs[names.OutputURL])
}

func (q *inquiry) findFunction(ctx context.Context) Finding {
	name, alias := q.outputs[names.OutputFunctionName], cmp.Or(q.outputs[names.OutputAlias], "live")
	functions := lambda.NewFromConfig(q.cfg)
	f, err := functions.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &name, Qualifier: &alias})
	if err != nil {
		return unanswered("describe the function (lambda:GetFunctionConfiguration)", err)
	}
	q.role = aws.ToString(f.Role)
	q.own.KMSKey = cmp.Or(q.own.KMSKey, aws.ToString(f.KMSKeyArn))
	q.function = strings.TrimSuffix(aws.ToString(f.FunctionArn), ":"+alias) + ":" + alias
	if f.State != "" && f.State != lambdatypes.StateActive {
		return fail("deploy again; the log group may say more", "%s is %s: %s", name, f.State, aws.ToString(f.StateReason))
	}
	url, err := functions.GetFunctionUrlConfig(ctx, &lambda.GetFunctionUrlConfigInput{FunctionName: &name, Qualifier: &alias})
	switch {
	case err == nil && url.AuthType != lambdatypes.FunctionUrlAuthTypeAwsIam:
		return fail("deploy again", "the URL of %s lets in everybody: its AuthType is %s", name, url.AuthType)
	case len(f.Architectures) == 0:
		return okf("%s:%s, %d MB", name, alias, aws.ToInt32(f.MemorySize))
	}
	return okf("%s:%s, %s, %d MB", name, alias, f.Architectures[0], aws.ToInt32(f.MemorySize))
}

// permissions asks IAM whether the caller's own policies grant both rights that
// a function URL wants, and looks in the function's policy (the setting
// invokers) for what they don't. What neither grants is a warning: the request
// will tell.
func (q *inquiry) permissions(ctx context.Context) Finding {
	source := principal(q.caller)
	if source == "" {
		return skipf("IAM does not simulate %s", q.caller)
	}
	users := iam.NewFromConfig(q.cfg)
	ask := &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: &source,
		ActionNames:     []string{"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"},
		ResourceArns:    []string{q.function},
		ContextEntries: []iamtypes.ContextEntry{
			{ContextKeyName: aws.String("lambda:FunctionUrlAuthType"), ContextKeyType: iamtypes.ContextKeyTypeEnumString, ContextKeyValues: []string{"AWS_IAM"}},
			{ContextKeyName: aws.String("lambda:InvokedViaFunctionUrl"), ContextKeyType: iamtypes.ContextKeyTypeEnumBoolean, ContextKeyValues: []string{"true"}},
		},
	}
	out, err := users.SimulatePrincipalPolicy(ctx, ask)
	var missing *iamtypes.NoSuchEntityException
	if _, name, ok := strings.Cut(source, ":role/"); ok && errors.As(err, &missing) { // it has a path, as those of IAM Identity Center have
		role, lookup := users.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
		if lookup != nil || role.Role == nil {
			return unanswered("look up your role (iam:GetRole)", cmp.Or(lookup, err))
		}
		source = aws.ToString(role.Role.Arn)
		out, err = users.SimulatePrincipalPolicy(ctx, ask)
	}
	if err != nil {
		return unanswered("simulate your policies (iam:SimulatePrincipalPolicy)", err)
	}
	var denied []string
	for _, result := range out.EvaluationResults {
		if result.EvalDecision != iamtypes.PolicyEvaluationDecisionTypeAllowed {
			denied = append(denied, aws.ToString(result.EvalActionName))
		}
	}
	if len(denied) > 0 {
		invited := q.invited(ctx, source)
		denied = slices.DeleteFunc(denied, func(action string) bool { return slices.Contains(invited, action) })
		if len(denied) == 0 {
			return okf("the function's own policy grants %s what is missing of both rights of a caller", source)
		}
		return warn("attach the policy "+q.outputs[names.OutputCallerPolicy]+" to "+source, "%s does not grant %s", source, strings.Join(denied, " and "))
	}
	return okf("%s grants both rights of a caller", source)
}

// invited are those of both rights that the function's own policy grants the principal, by name or
// with its whole account.
func (q *inquiry) invited(ctx context.Context, principal string) []string {
	name, alias := q.outputs[names.OutputFunctionName], cmp.Or(q.outputs[names.OutputAlias], "live")
	out, err := lambda.NewFromConfig(q.cfg).GetPolicy(ctx, &lambda.GetPolicyInput{FunctionName: &name, Qualifier: &alias})
	if err != nil {
		return nil // most often there is none
	}
	var p policy
	if json.Unmarshal([]byte(aws.ToString(out.Policy)), &p) != nil {
		return nil
	}
	root := fmt.Sprintf("arn:%s:iam::%s:root", q.caller.Partition, q.caller.AccountID)
	var actions []string
	for _, action := range []string{"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"} {
		if p.allows("AWS", principal, action) || p.allows("AWS", root, action) {
			actions = append(actions, action)
		}
	}
	return actions
}

// principal is the user or role whose policies count for the caller; empty for
// the account's root user, who has none. The path of an assumed role is missing: its
// session does not tell it.
func principal(caller arn.ARN) string {
	kind, name, _ := strings.Cut(caller.Resource, "/")
	switch kind {
	case "user":
		return caller.String()
	case "assumed-role":
		role, _, _ := strings.Cut(name, "/")
		caller.Service, caller.Resource = "iam", "role/"+role
		return caller.String()
	}
	return ""
}

// request sends a grey picture.
func (q *inquiry) request(ctx context.Context) Finding {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 64, 64))); err != nil {
		return fail("", "make picture: %v", err)
	}
	c, err := client.New(ctx, client.Config{URL: q.outputs[names.OutputURL], AWS: &q.cfg, Retries: -1})
	if err != nil {
		return fail("deploy again", "%v", err)
	}
	start := time.Now()
	reply, err := c.Predict(ctx, picture.Bytes(), api.Options{})
	var refused *client.EndpointError
	switch {
	case errors.As(err, &refused) && refused.Status == http.StatusForbidden:
		return fail("attach the policy "+q.outputs[names.OutputCallerPolicy]+" to your user or role", "%v", err)
	case err != nil:
		return fail("look into the log group "+q.outputs[names.OutputLogGroup], "%v", err)
	}
	cold := ""
	if reply.ColdStart {
		cold = ", a cold start"
	}
	return okf("answered in %d ms by %s%s", time.Since(start).Milliseconds(), reply.Model, cold)
}
