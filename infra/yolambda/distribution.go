package yolambda

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53targets"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// DistributionProps is what can be said about a distribution. Endpoint has to be.
type DistributionProps struct {
	// Endpoint is what answers.
	Endpoint *Endpoint

	// DomainName is the name that callers use, such as detect.example.org; empty: the one that
	// CloudFront gives, and no certificate.
	DomainName string

	// Certificate is for DomainName, which needs one, of the region us-east-1: CloudFront takes
	// no other.
	Certificate awscertificatemanager.ICertificate

	// HostedZone gets the records of DomainName; nil: they are made elsewhere.
	HostedZone awsroute53.IHostedZone

	// WebAclArn is that of a web ACL of WAF, of the scope CLOUDFRONT; empty: none.
	WebAclArn string

	// Public lets everybody call who reaches the distribution: an origin access control signs
	// what it sends on, whoever it comes from. What keeps others out is then up to the web ACL.
	//
	// Without it callers sign, as they do without a distribution, and for the host of the
	// function URL, as CloudFront puts that in the place of its own.
	Public bool
}

// Distribution is CloudFront in front of an endpoint's URL, with a domain name and a web ACL.
// Nothing is cached.
type Distribution struct {
	Construct constructs.Construct // the scope of all that belongs to it

	Distribution awscloudfront.Distribution
	Url          *string // with the domain name, where there is one
}

// responseSeconds is how long CloudFront waits for an answer: more would need a quota in some
// accounts. It has nothing to do with the function's timeout, in which Lambda does not count the
// start of an execution environment.
const responseSeconds = 60

// NewDistribution makes a distribution. It panics with a [BuildError] where the props are wrong, or
// everybody could have the function read pictures in S3.
func NewDistribution(scope constructs.Construct, id *string, props *DistributionProps) *Distribution {
	stop(id, props.check())
	d := &Distribution{Construct: newScope(scope, id)}
	e := props.Endpoint
	if props.Public {
		e.openToAll()
	}
	var names *[]*string
	if props.DomainName != "" {
		names = jsii.Strings(props.DomainName)
	}
	d.Distribution = awscloudfront.NewDistribution(d.Construct, jsii.String("Distribution"), &awscloudfront.DistributionProps{
		Comment: jsii.String("The URL of " + e.label),
		DefaultBehavior: &awscloudfront.BehaviorOptions{
			Origin:               d.origin(e, props.Public),
			AllowedMethods:       awscloudfront.AllowedMethods_ALLOW_ALL(), // there is no other set with POST
			CachePolicy:          awscloudfront.CachePolicy_CACHING_DISABLED(),
			OriginRequestPolicy:  awscloudfront.OriginRequestPolicy_ALL_VIEWER_EXCEPT_HOST_HEADER(),
			ViewerProtocolPolicy: awscloudfront.ViewerProtocolPolicy_HTTPS_ONLY,
		},
		DomainNames:            names,
		Certificate:            props.Certificate,
		MinimumProtocolVersion: awscloudfront.SecurityPolicyProtocol_TLS_V1_2_2021,
		HttpVersion:            awscloudfront.HttpVersion_HTTP2_AND_3,
		WebAclId:               optionalString(props.WebAclArn),
	})
	d.Url = jsii.String("https://" + cmp.Or(props.DomainName, *d.Distribution.DistributionDomainName()) + "/")
	if props.Public {
		d.grantInvokeUrl(e)
	}
	if props.HostedZone != nil {
		d.addRecords(props.HostedZone, props.DomainName)
	}
	return d
}

var (
	domainName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)
	webACL     = regexp.MustCompile(`^arn:aws[a-z-]*:wafv2:([a-z0-9-]+):\d{12}:(global|regional)/webacl/[\w-]+/[0-9a-f-]{36}$`)
)

// CheckDomainName refuses what callers could not write into a URL. A token it takes as it is.
func CheckDomainName(name string) error {
	switch {
	case *awscdk.Token_IsUnresolved(name):
		return nil
	case strings.HasPrefix(name, "*."):
		return fmt.Errorf("%q stands for many names, and the URL has to have one: name that (its certificate may be for %s)", name, name)
	case len(name) > 253 || !domainName.MatchString(name):
		return fmt.Errorf("%q is not a domain name such as detect.example.org, in small letters", name)
	}
	return nil
}

// CheckWebACL refuses what CloudFront does not take. A token it takes as it is.
func CheckWebACL(arn string) error {
	if *awscdk.Token_IsUnresolved(arn) {
		return nil
	}
	switch found := webACL.FindStringSubmatch(arn); {
	case found == nil:
		return fmt.Errorf("%q is not the ARN of a web ACL of WAFv2, arn:aws:wafv2:us-east-1:ACCOUNT:global/webacl/NAME/ID", arn)
	case found[1] != "us-east-1" || found[2] != "global":
		return fmt.Errorf("CloudFront takes web ACLs of the scope CLOUDFRONT only, which are of us-east-1, and this one is %s, of %s", found[2], found[1])
	}
	return nil
}

// check refuses a name, a certificate and a zone that lack one another.
func (p *DistributionProps) check() error {
	if p == nil || !p.Endpoint.made() {
		return errNoEndpoint
	}
	if p.DomainName != "" {
		if err := CheckDomainName(p.DomainName); err != nil {
			return err
		}
	}
	if p.WebAclArn != "" {
		if err := CheckWebACL(p.WebAclArn); err != nil {
			return err
		}
	}
	switch {
	case p.DomainName != "" && p.Certificate == nil:
		return fmt.Errorf("the domain name %s needs a certificate", p.DomainName)
	case p.DomainName == "" && p.Certificate != nil:
		return errors.New("a certificate, and no domain name that it is for")
	case p.DomainName == "" && p.HostedZone != nil:
		return errors.New("a hosted zone, and no domain name to write into it")
	}
	return nil
}

// origin is the function URL. What signs for everybody is left out where callers sign.
func (d *Distribution) origin(e *Endpoint, public bool) awscloudfront.IOrigin {
	props := &awscloudfrontorigins.FunctionUrlOriginProps{
		ReadTimeout: awscdk.Duration_Seconds(jsii.Number(responseSeconds)),
	}
	if public {
		control := awscloudfront.NewFunctionUrlOriginAccessControl(d.Construct, jsii.String("AccessControl"), nil)
		props.OriginAccessControlId = control.OriginAccessControlId()
	}
	return awscloudfrontorigins.NewFunctionUrlOrigin(e.Url, props)
}

// grantInvokeUrl gives the distribution the two rights of GrantInvokeUrl. That itself would name the permissions
// by CloudFront alone, so that the second distribution of an endpoint got none, without a word. The CDK's own
// FunctionUrlOrigin_WithOriginAccessControl gives the first right alone (aws/aws-cdk, issue 35872).
func (d *Distribution) grantInvokeUrl(e *Endpoint) {
	allow := func(id string, p awslambda.CfnPermissionProps) {
		p.Principal = jsii.String("cloudfront.amazonaws.com")
		p.SourceArn = d.Distribution.DistributionArn()
		p.FunctionName = e.Alias.FunctionArn()
		awslambda.NewCfnPermission(d.Construct, jsii.String(id), &p)
	}
	allow("InvokeUrl", awslambda.CfnPermissionProps{
		Action: jsii.String("lambda:InvokeFunctionUrl"), FunctionUrlAuthType: jsii.String("AWS_IAM")})
	allow("Invoke", awslambda.CfnPermissionProps{
		Action: jsii.String("lambda:InvokeFunction"), InvokedViaFunctionUrl: jsii.Bool(true)})
}

// addRecords has the name lead to the distribution, by IPv4 and by IPv6.
func (d *Distribution) addRecords(zone awsroute53.IHostedZone, name string) {
	full := jsii.String(name + ".") // with the dot the zone's own name is not needed
	target := awsroute53.RecordTarget_FromAlias(awsroute53targets.NewCloudFrontTarget(d.Distribution))
	awsroute53.NewARecord(d.Construct, jsii.String("IPv4"), &awsroute53.ARecordProps{Zone: zone, RecordName: full, Target: target})
	awsroute53.NewAaaaRecord(d.Construct, jsii.String("IPv6"), &awsroute53.AaaaRecordProps{Zone: zone, RecordName: full, Target: target})
}

// openToAll is for a distribution that signs for everybody. A request names pictures in S3
// by address, and may ask for the picture with what was seen drawn onto it: all that the
// function may read would be public too.
func (e *Endpoint) openToAll() {
	e.public = true
	e.checkPublic()
}

func (e *Endpoint) checkPublic() {
	if e.public && len(e.readable) > 0 {
		panic(BuildError{fmt.Sprintf("%s is public and reads pictures from S3, so that everybody could have them: let another endpoint read them", *e.Construct.Node().Path())})
	}
}
