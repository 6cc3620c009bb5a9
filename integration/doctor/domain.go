package doctor

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	waftypes "github.com/aws/aws-sdk-go-v2/service/wafv2/types"
)

// own are the things of the account that a stack uses and did not make: those that the settings
// name, or those of the deployed stack. Empty ones are not looked at.
type own struct {
	Domain      string
	Certificate string // ARN
	HostedZone  string // ID
	WebACL      string // ARN
	KMSKey      string // ARN
	Qualifier   string // of the CDK's bootstrap
}

// usEastOnly is what is wrong with a domain in China and in GovCloud.
const usEastOnly = "CloudFront takes %s of us-east-1 only, a region that accounts of the partition %s do not have"

// global is the configuration for what CloudFront takes from us-east-1 only.
func (q *inquiry) global() aws.Config {
	cfg := q.cfg.Copy()
	cfg.Region = "us-east-1"
	return cfg
}

// distribution looks at the deployed one, and takes from it what the settings did not name.
func (q *inquiry) distribution(ctx context.Context) Finding {
	if len(q.has["AWS::CloudFront::Distribution"]) == 0 {
		return Finding{}
	}
	id := q.has["AWS::CloudFront::Distribution"][0]
	out, err := cloudfront.NewFromConfig(q.cfg).GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: &id})
	if err != nil {
		return unanswered("look at distribution "+id+" (cloudfront:GetDistribution)", err)
	}
	if out.Distribution == nil || out.Distribution.DistributionConfig == nil {
		return skipf("AWS tells nothing of distribution %s", id)
	}
	d, c := out.Distribution, out.Distribution.DistributionConfig
	var aliases []string
	if c.Aliases != nil {
		aliases = c.Aliases.Items
	}
	if q.own.Domain == "" && len(aliases) > 0 {
		q.own.Domain = aliases[0]
	}
	if c.ViewerCertificate != nil {
		q.own.Certificate = cmp.Or(q.own.Certificate, aws.ToString(c.ViewerCertificate.ACMCertificateArn))
	}
	q.own.WebACL = cmp.Or(q.own.WebACL, aws.ToString(c.WebACLId))
	address := aws.ToString(d.DomainName)
	switch {
	case !aws.ToBool(c.Enabled):
		return fail("enable it in CloudFront's console", "distribution %s is switched off", id)
	case q.own.Domain == "" || !slices.Contains(aliases, q.own.Domain):
		return fail("deploy again with the domain; a name that another distribution has is freed there first",
			"distribution %s does not answer for %s", id, cmp.Or(q.own.Domain, "any name but its own"))
	case aws.ToString(d.Status) != "Deployed":
		return warn("wait some minutes", "distribution %s is %s: CloudFront still spreads its last change", id, aws.ToString(d.Status))
	}
	var unknown *net.DNSError
	if _, err := q.lookup(ctx, q.own.Domain); errors.As(err, &unknown) && unknown.IsNotFound {
		return fail(fmt.Sprintf("lead it to %s: by a CNAME, or an alias where the zone itself has that name; -c hostedZone does so", address),
			"the name %s leads nowhere", q.own.Domain)
	}
	return okf("%s, by distribution %s", q.own.Domain, id)
}

// soon is how long before its end a certificate is warned of. ACM renews its own 60 days before.
const soon = 30 * 24 * time.Hour

func (q *inquiry) certificate(ctx context.Context) Finding {
	if q.caller.Partition != "aws" {
		return fail("leave the domain out, or deploy to another account", usEastOnly, "certificates of ACM", q.caller.Partition)
	}
	const another = "aws acm request-certificate --region us-east-1 --validation-method DNS --domain-name "
	out, err := acm.NewFromConfig(q.global()).DescribeCertificate(ctx, &acm.DescribeCertificateInput{CertificateArn: &q.own.Certificate})
	var missing *acmtypes.ResourceNotFoundException
	switch {
	case errors.As(err, &missing):
		return fail("name one of this account, or "+another+q.own.Domain, "account %s has no certificate %s in us-east-1", q.caller.AccountID, q.own.Certificate)
	case err != nil:
		return unanswered("look at the certificate (acm:DescribeCertificate)", err)
	case out.Certificate == nil:
		return skipf("AWS tells nothing of the certificate")
	}
	c := out.Certificate
	all := append([]string{aws.ToString(c.DomainName)}, c.SubjectAlternativeNames...)
	switch covers := (&x509.Certificate{DNSNames: all}).VerifyHostname(q.own.Domain) == nil; {
	case c.Status == acmtypes.CertificateStatusPendingValidation:
		return fail("write the records that `aws acm describe-certificate --region us-east-1 --certificate-arn "+q.own.Certificate+"` shows, and wait",
			"the certificate of %s is not valid yet: ACM waits for records in DNS, or a mail's answer", all[0])
	case c.Status != acmtypes.CertificateStatusIssued:
		return fail(another+q.own.Domain, "the certificate of %s is %s", all[0], c.Status)
	case !covers:
		return fail(another+q.own.Domain, "the certificate is for %s, not for %s", strings.Join(slices.Compact(all), ", "), q.own.Domain)
	case c.NotAfter != nil && time.Until(*c.NotAfter) < soon:
		return warn("import a new one, or look in ACM's console why it was not renewed", "the certificate of %s ends on %s", all[0], c.NotAfter.Format(time.DateOnly))
	}
	return okf("issued, for %s", q.own.Domain)
}

func (q *inquiry) zone(ctx context.Context) Finding {
	const mend = "`aws route53 list-hosted-zones` lists them; without hostedZone the records are yours to write"
	out, err := route53.NewFromConfig(q.cfg).GetHostedZone(ctx, &route53.GetHostedZoneInput{Id: &q.own.HostedZone})
	var missing *route53types.NoSuchHostedZone
	switch {
	case errors.As(err, &missing):
		return fail(mend, "account %s has no hosted zone %s", q.caller.AccountID, q.own.HostedZone)
	case err != nil:
		return unanswered("look at the hosted zone (route53:GetHostedZone)", err)
	case out.HostedZone == nil:
		return skipf("AWS tells nothing of the hosted zone")
	}
	name := strings.TrimSuffix(aws.ToString(out.HostedZone.Name), ".")
	switch {
	case !strings.HasSuffix("."+q.own.Domain, "."+name):
		return fail(mend, "hosted zone %s is that of %s, and has no room for %s", q.own.HostedZone, name, q.own.Domain)
	case out.HostedZone.Config != nil && out.HostedZone.Config.PrivateZone:
		return fail(mend, "hosted zone %s of %s is private: nobody outside of its VPCs would find %s", q.own.HostedZone, name, q.own.Domain)
	}
	return okf("%s", name)
}

// webACL looks whether it is there, and whether it would refuse pictures for their size.
func (q *inquiry) webACL(ctx context.Context) Finding {
	if q.caller.Partition != "aws" {
		return fail("leave the domain out, or deploy to another account", usEastOnly, "web ACLs", q.caller.Partition)
	}
	words := strings.Split(q.own.WebACL, "/") // arn:…:global/webacl/NAME/ID
	if len(words) != 4 {
		return fail("name it by its ARN", "%s is not the ARN of a web ACL of the scope CLOUDFRONT", q.own.WebACL)
	}
	out, err := wafv2.NewFromConfig(q.global()).GetWebACL(ctx, &wafv2.GetWebACLInput{Name: &words[2], Id: &words[3], Scope: waftypes.ScopeCloudfront})
	var missing *waftypes.WAFNonexistentItemException
	switch {
	case errors.As(err, &missing):
		return fail("`aws wafv2 list-web-acls --scope CLOUDFRONT --region us-east-1` lists them", "there is no web ACL %s", q.own.WebACL)
	case err != nil:
		return unanswered("look at the web ACL (wafv2:GetWebACL)", err)
	case out.WebACL == nil:
		return skipf("AWS tells nothing of the web ACL")
	}
	for _, rule := range out.WebACL.Rules {
		if refusesLarge(rule) {
			return warn("have its rule SizeRestrictions_BODY count only", "the rule %s of web ACL %s refuses bodies over 8 KB, which all pictures are",
				aws.ToString(rule.Name), aws.ToString(out.WebACL.Name))
		}
	}
	return okf("%s, %d rules", aws.ToString(out.WebACL.Name), len(out.WebACL.Rules))
}

// refusesLarge reports whether a rule is AWS' common set with its limit of a body's size.
func refusesLarge(rule waftypes.Rule) bool {
	const limit = "SizeRestrictions_BODY"
	if rule.Statement == nil || rule.Statement.ManagedRuleGroupStatement == nil {
		return false
	}
	group := rule.Statement.ManagedRuleGroupStatement
	counts := rule.OverrideAction != nil && rule.OverrideAction.Count != nil ||
		slices.ContainsFunc(group.ExcludedRules, func(r waftypes.ExcludedRule) bool { return aws.ToString(r.Name) == limit }) ||
		slices.ContainsFunc(group.RuleActionOverrides, func(r waftypes.RuleActionOverride) bool {
			return aws.ToString(r.Name) == limit && r.ActionToUse != nil && (r.ActionToUse.Count != nil || r.ActionToUse.Allow != nil)
		})
	return aws.ToString(group.Name) == "AWSManagedRulesCommonRuleSet" && !counts
}
