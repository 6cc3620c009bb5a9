package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

const (
	testCertificate = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"
	testWebACL      = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/limit/01234567-89ab-cdef-0123-456789abcdef"
)

// domainSettings are those of a domain with all that belongs to it, and others.
func domainSettings(others map[string]any) map[string]any {
	all := map[string]any{"domain": "detect.example.org", "certificate": testCertificate,
		"hostedZone": "Z0123456789ABCDEFGHIJ", "webAcl": testWebACL}
	maps.Copy(all, others)
	return all
}

type distribution struct {
	DistributionConfig struct {
		Aliases              []string
		DefaultCacheBehavior struct {
			AllowedMethods                                             []string
			CachePolicyId, OriginRequestPolicyId, ViewerProtocolPolicy string
		}
		HttpVersion, WebACLId string
		Origins               []struct {
			OriginAccessControlId any
			CustomOriginConfig    struct {
				OriginProtocolPolicy string
				OriginReadTimeout    int
			}
		}
		ViewerCertificate struct{ AcmCertificateArn, MinimumProtocolVersion string }
	}
}

type permission struct {
	Principal, Action       string
	FunctionName, SourceArn any
	InvokedViaFunctionUrl   bool
}

// Callers of a domain sign as ever: CloudFront only carries. It waits for longer than the function
// may work, as the first request waits for an execution environment too.
func TestDomain(t *testing.T) {
	_, tmpl := synthesized(t, domainSettings(map[string]any{"timeout": "5"}))
	d := only[distribution](t, tmpl, "AWS::CloudFront::Distribution").DistributionConfig
	const cachingDisabled, allButHost = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "b689b0a8-53d0-40ab-baf2-68738e2966ac"
	b := d.DefaultCacheBehavior
	if !slices.Equal(d.Aliases, []string{"detect.example.org"}) || d.ViewerCertificate.AcmCertificateArn != testCertificate ||
		d.ViewerCertificate.MinimumProtocolVersion != "TLSv1.2_2021" || d.WebACLId != testWebACL || d.HttpVersion != "http2and3" {
		t.Errorf("distribution: %+v", d)
	}
	if !slices.Contains(b.AllowedMethods, "POST") || b.CachePolicyId != cachingDisabled || b.OriginRequestPolicyId != allButHost || b.ViewerProtocolPolicy != "https-only" {
		t.Errorf("behaviour: %+v", b)
	}
	if o := d.Origins[0]; o.OriginAccessControlId != nil || o.CustomOriginConfig.OriginProtocolPolicy != "https-only" || o.CustomOriginConfig.OriginReadTimeout != 60 {
		t.Errorf("origin: %+v", o)
	}
	if found := all[any](t, tmpl, "AWS::Lambda::Permission"); len(found) > 0 {
		t.Errorf("somebody may call who does not sign: %v", found)
	}
	var types []string
	for _, r := range all[struct{ HostedZoneId, Name, Type string }](t, tmpl, "AWS::Route53::RecordSet") {
		if r.HostedZoneId != "Z0123456789ABCDEFGHIJ" || r.Name != "detect.example.org." {
			t.Errorf("record: %+v", r)
		}
		types = append(types, r.Type)
	}
	if slices.Sort(types); !slices.Equal(types, []string{"A", "AAAA"}) {
		t.Errorf("records: %v", types)
	}
	if got := tmpl.Outputs["DomainUrl"].Value; got != "https://detect.example.org/" || tmpl.Outputs["DistributionDomainName"].Value == nil {
		t.Errorf("outputs: %v", tmpl.Outputs)
	}
}

// CloudFront of a public domain signs, and has both rights, for this distribution and on the
// alias alone; the URL still takes nobody who does not sign.
func TestPublicDomain(t *testing.T) {
	_, tmpl := synthesized(t, domainSettings(map[string]any{"public": "true"}))
	o := only[distribution](t, tmpl, "AWS::CloudFront::Distribution").DistributionConfig.Origins[0]
	if o.OriginAccessControlId == nil || o.CustomOriginConfig.OriginReadTimeout != 60 {
		t.Errorf("origin: %+v", o)
	}
	control := only[struct {
		OriginAccessControlConfig struct{ OriginAccessControlOriginType, SigningBehavior, SigningProtocol string }
	}](t, tmpl, "AWS::CloudFront::OriginAccessControl").OriginAccessControlConfig
	if control.OriginAccessControlOriginType != "lambda" || control.SigningBehavior != "always" || control.SigningProtocol != "sigv4" {
		t.Errorf("origin access control: %+v", control)
	}
	if url := only[urlProperties](t, tmpl, "AWS::Lambda::Url"); url.AuthType != "AWS_IAM" {
		t.Errorf("URL: %+v", url)
	}
	var actions []string
	for _, p := range all[permission](t, tmpl, "AWS::Lambda::Permission") {
		if p.Principal != "cloudfront.amazonaws.com" || !refersTo(p.FunctionName, "Live") ||
			!strings.Contains(fmt.Sprint(p.SourceArn), ":distribution/ map[Ref:Domain") || p.InvokedViaFunctionUrl != (p.Action == "lambda:InvokeFunction") {
			t.Errorf("permission: %+v", p)
		}
		actions = append(actions, p.Action)
	}
	if slices.Sort(actions); !slices.Equal(actions, []string{"lambda:InvokeFunction", "lambda:InvokeFunctionUrl"}) {
		t.Errorf("CloudFront may %v", actions)
	}
}

// Whoever has records elsewhere, and no firewall, has neither here.
func TestDomainAlone(t *testing.T) {
	_, tmpl := synthesized(t, map[string]any{"domain": "detect.example.org", "certificate": testCertificate})
	if found := all[any](t, tmpl, "AWS::Route53::RecordSet"); len(found) > 0 {
		t.Errorf("records: %v", found)
	}
	if d := only[distribution](t, tmpl, "AWS::CloudFront::Distribution").DistributionConfig; d.WebACLId != "" {
		t.Errorf("distribution: %+v", d)
	}
}

func TestParseConfigChecksTheDomain(t *testing.T) {
	for _, test := range []struct {
		context map[string]any
		wrong   string
	}{
		{map[string]any{"domain": "detect.example.org"}, "domain: needs a certificate of detect.example.org"},
		{map[string]any{"certificate": testCertificate}, "certificate: has no effect without domain"},
		{map[string]any{"hostedZone": "Z0123456789ABCDEFGHIJ"}, "hostedZone: has no effect without domain"},
		{map[string]any{"webAcl": testWebACL}, "webAcl: has no effect without domain"},
		{map[string]any{"public": "true"}, "public: has no effect without domain"},
		{map[string]any{"domain": "detect.example.org", "certificate": testCertificate, "public": "true"}, "public: whoever knows the name may call"},
		{domainSettings(map[string]any{"public": "true", "batch": "true"}), "public: everybody could have the pictures"},
		{domainSettings(map[string]any{"public": "true", "trigger": "s3"}), "public: everybody could have the pictures"},
		{domainSettings(map[string]any{"batch": "true", "trigger": "s3"}), ""},
		{map[string]any{"domain": "detect.example.org", "certificate": strings.Replace(testCertificate, "us-east-1", "eu-central-1", 1)}, "of us-east-1 only, and this one is of eu-central-1"},
		{domainSettings(map[string]any{"webAcl": strings.NewReplacer("us-east-1", "eu-central-1", "global", "regional").Replace(testWebACL)}), "and this one is regional, of eu-central-1"},
	} {
		_, err := ParseConfig(test.context)
		if (err == nil) != (test.wrong == "") || err != nil && !strings.Contains(err.Error(), test.wrong) {
			t.Errorf("%v: got %v, want %q", test.context, err, test.wrong)
		}
	}
}
