package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/yolambda/yolambda/lambda/names"
)

const keyPolicy = "docs/deploy.md, A key of your own, has a policy that serves every setting"

// key looks whether it can be used, whom its policy lets in, and whether the function's role may.
func (q *inquiry) key(ctx context.Context) Finding {
	id, err := arn.Parse(q.own.KMSKey)
	if err != nil {
		return fail("name the key by its ARN", "%s: %v", q.own.KMSKey, err)
	}
	if id.Region != q.cfg.Region {
		return fail("name a key of "+q.cfg.Region+", or set AWS_REGION", "the key %s is of %s, the stack of %s", q.own.KMSKey, id.Region, q.cfg.Region)
	}
	keys := kms.NewFromConfig(q.cfg)
	out, err := keys.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &q.own.KMSKey})
	var missing *kmstypes.NotFoundException
	switch {
	case errors.As(err, &missing):
		return fail("`aws kms list-keys` lists them", "there is no key %s", q.own.KMSKey)
	case err != nil:
		return unanswered("look at the key (kms:DescribeKey)", err)
	case out.KeyMetadata == nil:
		return skipf("AWS tells nothing of the key")
	}
	const all = " (until then the function does not start, and its logs are not read)"
	switch k := out.KeyMetadata; {
	case k.KeyState == kmstypes.KeyStateDisabled:
		return fail("aws kms enable-key --key-id "+q.own.KMSKey, "the key is disabled%s", all)
	case k.KeyState == kmstypes.KeyStatePendingDeletion:
		return fail("aws kms cancel-key-deletion --key-id "+q.own.KMSKey+", and enable-key", "the key is about to be deleted, and disabled%s", all)
	case k.KeyState != kmstypes.KeyStateEnabled:
		return fail("see what KMS's console says of it", "the key is %s", k.KeyState)
	case k.KeySpec != kmstypes.KeySpecSymmetricDefault || k.KeyUsage != kmstypes.KeyUsageTypeEncryptDecrypt:
		return fail("aws kms create-key --policy file://policy.json", "the key is of the kind %s for %s, the stack needs one that is symmetric and encrypts", k.KeySpec, k.KeyUsage)
	}
	return q.keyPolicy(ctx, keys, id)
}

// keyPolicy looks for those who use the key themselves, and for the role.
func (q *inquiry) keyPolicy(ctx context.Context, keys *kms.Client, id arn.ARN) Finding {
	out, err := keys.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: &q.own.KMSKey})
	if err != nil {
		return unanswered("read the key's policy (kms:GetKeyPolicy)", err)
	}
	var p policy
	if err := json.Unmarshal([]byte(aws.ToString(out.Policy)), &p); err != nil {
		return skipf("read the key's policy: %v", err)
	}
	logs := "logs." + id.Region + ".amazonaws.com"
	if id.Partition == "aws-cn" { // events and cloudwatch have one name everywhere
		logs += ".cn"
	}
	if !p.allows("Service", logs, "kms:GenerateDataKey") {
		return fail(keyPolicy, "the key's policy does not let in %s: a log group can't be made with it", logs)
	}
	if q.outputs[names.OutputTrigger] != "" && !p.allows("Service", "events.amazonaws.com", "kms:GenerateDataKey") {
		return fail(keyPolicy, "the key's policy does not let in events.amazonaws.com: new pictures are not detected")
	}
	if len(q.has["AWS::SNS::Topic"]) > 0 && !p.allows("Service", "cloudwatch.amazonaws.com", "kms:GenerateDataKey") {
		return fail(keyPolicy, "the key's policy does not let in cloudwatch.amazonaws.com: nobody is told of alarms")
	}
	root := fmt.Sprintf("arn:%s:iam::%s:root", id.Partition, id.AccountID)
	byRole := q.role != "" && p.allows("AWS", q.role, "kms:Decrypt")
	switch {
	case byRole:
		return okf("enabled; its policy names the function's role")
	case !p.allows("AWS", root, "kms:Decrypt"):
		return fail(keyPolicy, "the key's policy leaves no rights to IAM (%s), which has those of the function's role", root)
	case q.role == "":
		return okf("enabled; its policy lets in CloudWatch Logs, and leaves the rest to IAM")
	}
	return q.keyRights(ctx)
}

// keyRights asks IAM for those of the function's role.
func (q *inquiry) keyRights(ctx context.Context) Finding {
	out, err := iam.NewFromConfig(q.cfg).SimulatePrincipalPolicy(ctx, &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: &q.role, ActionNames: []string{"kms:Decrypt"}, ResourceArns: []string{q.own.KMSKey},
	})
	if err != nil {
		return unanswered("simulate the policies of the function's role (iam:SimulatePrincipalPolicy)", err)
	}
	for _, result := range out.EvaluationResults {
		if result.EvalDecision != iamtypes.PolicyEvaluationDecisionTypeAllowed {
			return fail("deploy again", "the function's role %s may not decrypt with the key, so that it can't read its variables", q.role)
		}
	}
	return okf("enabled; the function's role may decrypt with it")
}
