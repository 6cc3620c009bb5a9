package doctor

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/lambda/names"
)

// parts compares what the stack has with what this version would make of it, by the names of
// alarms and the kinds of resources: what an earlier version deployed lacks some.
func (q *inquiry) parts(ctx context.Context) Finding {
	resources, err := client.StackResources(ctx, q.cfg, q.stack)
	if err != nil {
		return unanswered("list what the stack has (cloudformation:ListStackResources)", err)
	}
	has := map[string][]string{}
	for _, r := range resources {
		kind := aws.ToString(r.ResourceType)
		has[kind] = append(has[kind], aws.ToString(r.PhysicalResourceId))
	}
	q.has = has
	alarms := slices.Clone(names.AlarmsOfFunction)
	kinds := []string{"AWS::CloudWatch::Dashboard", "AWS::Lambda::Alias", "AWS::Lambda::Url", "AWS::Logs::MetricFilter"}
	if q.outputs[names.OutputBatch] != "" {
		alarms = append(alarms, names.AlarmsOfBatch...)
	}
	if q.outputs[names.OutputTrigger] != "" {
		alarms = append(alarms, names.AlarmsOfTrigger...)
		kinds = append(kinds, "AWS::Lambda::EventSourceMapping") // bounds the pictures in work at once
	}
	var lacks []string
	for _, name := range alarms {
		if full := q.outputs[names.OutputFunctionName] + "-" + name; !slices.Contains(has["AWS::CloudWatch::Alarm"], full) {
			lacks = append(lacks, "alarm "+full)
		}
	}
	for _, kind := range kinds {
		if len(has[kind]) == 0 {
			lacks = append(lacks, kind)
		}
	}
	for _, output := range []string{names.OutputAlias, names.OutputCallerPolicy, names.OutputLogGroup} {
		if q.outputs[output] == "" {
			lacks = append(lacks, "output "+output)
		}
	}
	if len(lacks) > 0 {
		return warn("deploy again with the settings that it has; `npx cdk diff` shows what changes",
			"an earlier version made this stack; it lacks %s", strings.Join(lacks, ", "))
	}
	return okf("%d alarms, dashboard%s", len(alarms), q.extras())
}

// program compares the version that deployed the stack with this program's. What was not
// committed counts for neither.
func (q *inquiry) program(context.Context) Finding {
	deployed, here := q.outputs[names.OutputVersion], strings.TrimSuffix(q.version, "-dirty")
	switch {
	case deployed == "":
		return warn("deploy again from a clone with git", "the stack does not say which version of YOLambda deployed it: one before %s did, or one without git", cmp.Or(here, "this one"))
	case here == "":
		return okf("deployed by %s", deployed)
	case deployed != here:
		return warn("`npx cdk diff`, with the settings that it has, shows what a deployment would change", "deployed by %s, this program is of %s", deployed, here)
	}
	return okf("deployed by %s, as this program", deployed)
}

// extras are the parts that settings add.
func (q *inquiry) extras() string {
	text := ""
	if q.outputs[names.OutputBatch] != "" {
		text += ", batch"
	}
	if q.outputs[names.OutputTrigger] != "" {
		text += ", trigger"
	}
	return text
}

// versions looks at which one the alias calls, and which are there to go back to.
func (q *inquiry) versions(ctx context.Context) Finding {
	name, alias := q.outputs[names.OutputFunctionName], cmp.Or(q.outputs[names.OutputAlias], "live")
	functions := lambda.NewFromConfig(q.cfg)
	live, err := functions.GetAlias(ctx, &lambda.GetAliasInput{FunctionName: &name, Name: &alias})
	if err != nil {
		return unanswered("read the alias (lambda:GetAlias)", err)
	}
	var kept []int
	for pages := lambda.NewListVersionsByFunctionPaginator(functions, &lambda.ListVersionsByFunctionInput{FunctionName: &name}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return unanswered("list the function's versions (lambda:ListVersionsByFunction)", err)
		}
		for _, v := range page.Versions {
			if n, err := strconv.Atoi(aws.ToString(v.Version)); err == nil { // not $LATEST
				kept = append(kept, n)
			}
		}
	}
	if len(kept) == 0 {
		return fail("deploy again", "the function has no versions")
	}
	slices.Sort(kept)
	newest, now := kept[len(kept)-1], aws.ToString(live.FunctionVersion)
	if live.RoutingConfig != nil {
		for version, share := range live.RoutingConfig.AdditionalVersionWeights {
			return warn("wait for its end: AWS CodeDeploy, Deployments", "a rollout is under way: version %s has %.0f %% of the requests, %s the rest", version, 100*share, now)
		}
	}
	if now != strconv.Itoa(newest) {
		return warn(fmt.Sprintf("if that is not what you want, deploy again, or aws lambda update-alias --function-name %s --name %s --function-version %d", name, alias, newest),
			"%s is at version %s, the newest is %d: it was moved back, or a rollout was stopped", alias, now, newest)
	}
	return okf("%s is at version %s; %d to go back to", alias, now, len(kept)-1)
}
