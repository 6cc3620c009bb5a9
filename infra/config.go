package main

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/yolambda/yolambda/infra/yolambda"
)

// Config is what a user can set about the stack. It is filled and checked by
// [ParseConfig] before anything is synthesized, so the rest of the package may
// take every field as valid. An optional number that is not set is 0.
type Config struct {
	Environment            string // the name of a file below environments, read before
	Version                string // of the project, as git tells it; empty: unknown
	StackName              string
	Models                 []yolambda.Model // the default first, 1 to 4
	Optimize               bool             // the models' graphs, ahead of time
	Architecture           yolambda.Architecture
	MemoryMB               int
	TimeoutSeconds         int
	ReservedConcurrency    int // 0: none
	ProvisionedConcurrency int // 0: none
	ProvisionedMax         int // 0: none, the number stays
	ProvisionedUtilization int // percent
	ProvisionedSchedule    []yolambda.ScheduledLimits
	ProvisionedTimeZone    string
	VPC                    string // ID; empty: none
	Subnets                []string
	SecurityGroups         []string
	Invokers               []string
	CORSOrigins            []string
	Domain                 string // the name under which CloudFront answers; empty: no CloudFront
	Certificate            string // ARN, of us-east-1
	HostedZone             string // ID; empty: the domain's records are made elsewhere
	WebACL                 string // ARN, of the scope CLOUDFRONT
	Public                 bool   // CloudFront signs for whoever reaches it
	LogRetentionDays       int
	AlarmEmail             string
	Rollout                string // "atOnce" or "canary"
	Answers                string // file of known answers, for the check of a canary
	Tracing                bool
	Batch                  bool
	BatchConcurrency       int         // calls of a batch at once, unless an execution says otherwise
	Trigger                string      // "none" or "s3"
	TriggerConcurrency     int         // new pictures in work at once
	Pictures               *S3Location // nil: pictures/ of the bucket of results
	Bucket                 string      // takes the results; empty: the stack makes one
	Drop                   bool        // the deployment may drop what is deployed
	KMSKey                 string      // ARN; empty: keys of AWS
	Tags                   []string    // KEY=VALUE
	PermissionsBoundary    string      // ARN of a managed policy; empty: none
	Qualifier              string      // of the CDK's bootstrap; empty: its usual one
}

// S3Location is the part of a bucket whose keys start with Prefix.
type S3Location struct {
	Bucket string
	Prefix string // ends in "/", or empty for the whole bucket
}

// setting is one key of the CDK context. The table in docs/deploy.md is
// written from these fields (see TestDocsTable).
type setting struct {
	key     string
	value   string // the default, in the form a user would write it
	allowed string
	meaning string
	parse   func(c *Config, value string) error
}

var settings = []setting{
	{"env", "", "the name of a file below `environments`, without `.json`",
		"Takes settings from that file. Those of the command line win.",
		func(c *Config, v string) error { return parsePattern(&c.Environment, environmentName, v) }},
	{"stackName", "yolambda", "1 to 48 letters, digits and `-`, starting with a letter",
		"Name of the stack, the function and the log group. Another name gives a second, independent deployment.",
		func(c *Config, v string) error { return parsePattern(&c.StackName, stackNamePattern, v) }},
	{"model", "coco,codes", "1 to 4 of `coco`, `codes` and paths of `.onnx` files, seen from the directory of `cdk.json`, separated by commas",
		"The models that the function serves, each in a layer of its own and by its file's name; the first answers where a request names none.",
		func(c *Config, v string) error { return parseModels(&c.Models, v) }},
	{"optimize", "true", "`true` or `false`",
		"Optimize the models' graphs while they are bundled, and not at each cold start, where this machine can; their answers stay the same.",
		func(c *Config, v string) error { return parseBool(&c.Optimize, v) }},
	{"architecture", "arm64", "`arm64` or `x86_64`",
		"Instruction set of the function and of the runtime layer. arm64 costs 20 % less a second.",
		func(c *Config, v string) error {
			return parseChoice(&c.Architecture, v, yolambda.Arm64, yolambda.X86)
		}},
	{"memory", "10240", "128 to 10240, in new AWS accounts to 3008",
		"Memory in MB; Lambda gives CPU in proportion, six cores at 10240.",
		func(c *Config, v string) error { return parseInt(&c.MemoryMB, v, 128, 10240) }},
	{"timeout", "60", "1 to 900",
		"Seconds after which Lambda ends a request.",
		func(c *Config, v string) error { return parseInt(&c.TimeoutSeconds, v, 1, 900) }},
	{"reservedConcurrency", "none", "`none`, or 1 to 10000",
		"Upper limit of requests in work at once, taken out of the account's quota. New AWS accounts have a quota too small for any.",
		func(c *Config, v string) error { return parseOptionalInt(&c.ReservedConcurrency, v, 1, 10000) }},
	{"provisionedConcurrency", "none", "`none`, or 1 to 10000, not above `reservedConcurrency`",
		"Number of execution environments kept warm. They [cost money](#warm-environments) while nobody calls.",
		func(c *Config, v string) error { return parseOptionalInt(&c.ProvisionedConcurrency, v, 1, 10000) }},
	{"provisionedMax", "none", "`none`, or 1 to 10000, from `provisionedConcurrency` to `reservedConcurrency`",
		"With it, the number of warm environments [follows the load](#warm-environments): from `provisionedConcurrency` to this.",
		func(c *Config, v string) error { return parseOptionalInt(&c.ProvisionedMax, v, 1, 10000) }},
	{"provisionedUtilization", "70", "10 to 90",
		"Percent of the warm environments that are to be in use while their number follows the load.",
		func(c *Config, v string) error { return parseInt(&c.ProvisionedUtilization, v, 10, 90) }},
	{"provisionedSchedule", "", "`cron(MINUTE HOUR DAY MONTH WEEKDAY YEAR)=LEAST..MOST`, from 1 to 10000, or `=NUMBER`, from 0, separated by commas",
		"Other numbers of warm environments [from given times on](#warm-environments), each until the next one.",
		func(c *Config, v string) error { return parseSchedule(&c.ProvisionedSchedule, v) }},
	{"provisionedTimeZone", scheduleZone, "a name such as `Europe/Berlin`",
		"Time zone of `provisionedSchedule`.",
		func(c *Config, v string) error { return parseTimeZone(&c.ProvisionedTimeZone, v) }},
	{"vpc", "", "ID of a VPC, such as `vpc-0123456789abcdef0`",
		"Where the function's own calls [go through](#in-a-vpc--c-vpc). Its URL stays where it is.",
		func(c *Config, v string) error { return parsePattern(&c.VPC, vpcPattern, v) }},
	{"subnets", "", "1 to 16 IDs of private subnets of `vpc`, each once, separated by commas",
		"The subnets of the function; take two, of different availability zones.",
		func(c *Config, v string) error { return parseIDs(&c.Subnets, subnetPattern, v, 16) }},
	{"securityGroups", "", "1 to 5 IDs of security groups of `vpc`, each once, separated by commas",
		"Those of the function. Without it the stack makes one, which lets everything out and nothing in.",
		func(c *Config, v string) error { return parseIDs(&c.SecurityGroups, securityGroupPattern, v, 5) }},
	{"invokers", "", "ARNs of IAM roles, users or account roots, each once, separated by commas",
		"Principals that may call the URL without the caller policy attached; this also lets in other accounts.",
		func(c *Config, v string) error { return parsePatterns(&c.Invokers, principalPattern, v) }},
	{"corsOrigins", "", "origins such as `https://example.org`, each once, separated by commas, or `*` alone",
		"Web pages that may call the URL from a browser. They sign all the same, unless they go through a `domain` that is `public`.",
		func(c *Config, v string) error { return parseOrigins(&c.CORSOrigins, v) }},
	{"domain", "", "a name such as `detect.example.org`",
		"The name under which CloudFront answers, in front of the function URL. Callers sign all the same, unless `public` says otherwise.",
		func(c *Config, v string) error { return parseChecked(&c.Domain, yolambda.CheckDomainName, v) }},
	{"certificate", "", "ARN of a certificate of ACM in us-east-1",
		"The certificate of `domain`.",
		func(c *Config, v string) error { return parseCertificate(&c.Certificate, v) }},
	{"hostedZone", "", "ID of a hosted zone of Route 53, such as `Z0123456789ABCDEFGHIJ`",
		"Where the records of `domain` are written. Without it, lead the name to the output `DistributionDomainName`: by a CNAME, or by an alias where the zone itself has that name.",
		func(c *Config, v string) error { return parsePattern(&c.HostedZone, hostedZonePattern, v) }},
	{"webAcl", "", "ARN of a web ACL of WAF, of the scope CLOUDFRONT",
		"What it refuses does not get through `domain`.",
		func(c *Config, v string) error { return parseChecked(&c.WebACL, yolambda.CheckWebACL, v) }},
	{"public", "false", "`true` or `false`",
		"Let everybody call through `domain` whom `webAcl` lets pass, without a signature: CloudFront signs for them.",
		func(c *Config, v string) error { return parseBool(&c.Public, v) }},
	{"logRetentionDays", "30", joinInts(slices.Sorted(maps.Keys(logRetention))),
		"Days after which log lines are deleted.",
		func(c *Config, v string) error { return parseLogRetention(&c.LogRetentionDays, v) }},
	{"alarmEmail", "", "one e-mail address",
		"Where alarms go. AWS asks this address once to confirm. Without it the alarms only show in the console.",
		func(c *Config, v string) error { return parseEmail(&c.AlarmEmail, v) }},
	{"rollout", "atOnce", "`atOnce` or `canary`",
		"How a new version gets its traffic. With `canary` CodeDeploy has it asked about pictures with known answers first, then gives it a tenth for ten minutes, and goes back where an alarm is raised; not with [warm environments](#warm-environments).",
		func(c *Config, v string) error { return parseChoice(&c.Rollout, v, "atOnce", "canary") }},
	{"answers", "layers/answers.jsonl", "a file of what `yolambda predict --json` prints",
		"The known answers that `rollout=canary` asks for, one at least for each model.",
		func(c *Config, v string) error { c.Answers = v; return nil }},
	{"tracing", "true", "`true` or `false`",
		"Trace a sample of the requests with AWS X-Ray.",
		func(c *Config, v string) error { return parseBool(&c.Tracing, v) }},
	{"batch", "false", "`true` or `false`",
		"Add the state machine that runs all pictures of an S3 prefix through the function.",
		func(c *Config, v string) error { return parseBool(&c.Batch, v) }},
	{"batchConcurrency", "5", "1 to 10000",
		"Calls that a batch makes at once unless its start says otherwise. Callers of the URL have the rest of the account's quota; that of a new account is 10.",
		func(c *Config, v string) error { return parseInt(&c.BatchConcurrency, v, 1, 10000) }},
	{"trigger", "none", "`none` or `s3`",
		"With `s3`, each new picture under `pictures` is detected as it arrives.",
		func(c *Config, v string) error { return parseChoice(&c.Trigger, v, "none", "s3") }},
	{"triggerConcurrency", "5", "2 to 1000",
		"New pictures in work at once; the others wait in a queue, so that a mass upload leaves room for callers of the URL.",
		func(c *Config, v string) error { return parseInt(&c.TriggerConcurrency, v, 2, 1000) }},
	{"pictures", "", "`s3://bucket/prefix/` in the region of the stack",
		"Where `batch` and `trigger` find pictures. Without it, in `pictures/` of the bucket of results.",
		func(c *Config, v string) error { return parseS3Location(&c.Pictures, v) }},
	{"bucket", "", "the name of a bucket in the region of the stack",
		"Takes the results of `batch` and `trigger`, such as the bucket that an earlier deployment left. Without it the stack makes one.",
		func(c *Config, v string) error { return parsePattern(&c.Bucket, bucketPattern, v) }},
	{"kmsKey", "", "ARN of a symmetric key of KMS in the region of the stack",
		"Encrypts the function's variables, logs, and what the stack makes of buckets, queues and the alarms' topic. [Its policy](#a-key-of-your-own--c-kmskey) has to allow that.",
		func(c *Config, v string) error { return parseKMSKey(&c.KMSKey, v) }},
	{"tags", "", "`KEY=VALUE`, each key once, separated by commas",
		"Tags of the stack and of all in it that takes tags.",
		func(c *Config, v string) error { return parseTags(&c.Tags, v) }},
	{"permissionsBoundary", "", "ARN of a managed policy",
		"The most that any role of the stack may do, for accounts that ask for one.",
		func(c *Config, v string) error { return parsePattern(&c.PermissionsBoundary, policyPattern, v) }},
	{"qualifier", "", "1 to 10 letters and digits",
		"The qualifier of an account that was bootstrapped with `cdk bootstrap --qualifier`.",
		func(c *Config, v string) error { return parsePattern(&c.Qualifier, qualifierPattern, v) }},
	{"drop", "false", "`true` or `false`",
		"Let the deployment take away buckets, batches, triggers, alarms' mails, the domain or the URL that the deployed stack has. Without it, that is refused.",
		func(c *Config, v string) error { return parseBool(&c.Drop, v) }},
}

// ParseConfig reads the settings from the CDK context, as given by `-c` on the
// command line or under "context" in cdk.json. Its error has one line for each
// setting that is wrong; each names the key and the values it takes.
func ParseConfig(context map[string]any) (Config, error) {
	var c Config
	var errs []error
	for _, s := range settings {
		value := s.value
		if raw, ok := context[s.key]; ok && raw != nil {
			text, err := contextText(raw)
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w (allowed: %s)", s.key, err, s.allowed))
				continue
			}
			value = text
		}
		if value == "" {
			continue
		}
		if err := s.parse(&c, value); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w (allowed: %s)", s.key, err, s.allowed))
		}
	}
	errs = append(errs, unknownKeys(context)...)
	refuse := func(when bool, format string, args ...any) {
		if when {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	if len(errs) == 0 { // else one that is wrong would seem to be missing
		c.checkScaling(refuse)
		c.checkNetwork(refuse)
		c.checkDomain(refuse)
		c.checkS3(refuse)
	}
	if len(errs) > 0 {
		return Config{}, errors.Join(errs...)
	}
	return c, nil
}

// refuse adds a sentence to what is wrong with the settings, when it holds.
type refuse func(when bool, format string, args ...any)

// idle is that of a setting which does nothing without another.
const idle = "%s: has no effect without %s"

// checkS3 refuses settings of pictures in S3 that nothing reads, and what would go wrong while they
// are read.
func (c Config) checkS3(refuse refuse) {
	const users = "batch=true or trigger=s3"
	refuse(c.Pictures != nil && !c.usesS3(), idle, "pictures", users)
	refuse(c.Bucket != "" && !c.usesS3(), idle, "bucket", users)
	refuse(c.BatchConcurrency != yolambda.DefaultConcurrency && !c.Batch, idle, "batchConcurrency", "batch=true")
	refuse(c.TriggerConcurrency != yolambda.DefaultConcurrency && c.Trigger != "s3", idle, "triggerConcurrency", "trigger=s3")
	if c.Pictures != nil && c.Pictures.Bucket == c.Bucket {
		err := yolambda.CheckApart(c.Pictures.Prefix)
		refuse(err != nil, "pictures: in the bucket of the results, %v", err)
	}
	refuse(c.Batch && c.TimeoutSeconds > yolambda.MaxBatchTimeoutSeconds,
		"timeout: %d seconds are more than the %d that a call of a batch may take (batch=true runs express workflows)", c.TimeoutSeconds, yolambda.MaxBatchTimeoutSeconds)
	c.checkRoomForCallers(refuse)
}

// checkRoomForCallers refuses a batch and a trigger that may use up what is reserved for
// the function, as callers of the URL would be throttled while they run.
func (c Config) checkRoomForCallers(refuse refuse) {
	taken, by := 0, []string{}
	if c.Batch {
		taken, by = taken+c.BatchConcurrency, append(by, fmt.Sprintf("batchConcurrency %d", c.BatchConcurrency))
	}
	if c.Trigger == "s3" {
		taken, by = taken+c.TriggerConcurrency, append(by, fmt.Sprintf("triggerConcurrency %d", c.TriggerConcurrency))
	}
	refuse(c.ReservedConcurrency > 0 && taken >= c.ReservedConcurrency,
		"reservedConcurrency: %d leaves nothing for callers of the URL beside %s: reserve more, or lower these", c.ReservedConcurrency, strings.Join(by, " and "))
}

// checkDomain refuses settings of a domain that is not there, and a public one without guard.
func (c Config) checkDomain(refuse refuse) {
	if c.Domain == "" {
		refuse(c.Certificate != "", idle, "certificate", "domain")
		refuse(c.HostedZone != "", idle, "hostedZone", "domain")
		refuse(c.WebACL != "", idle, "webAcl", "domain")
		refuse(c.Public, idle, "public", "domain")
		return
	}
	refuse(c.Certificate == "", "domain: needs a certificate of %s as well, of ACM in us-east-1", c.Domain)
	refuse(c.Public && c.WebACL == "", "public: whoever knows the name may call and you pay for it, so it needs a webAcl, with a limit of requests for each address at least")
	refuse(c.Public && c.usesS3(), "public: everybody could have the pictures of batch and trigger, by their s3:// addresses: deploy a second stack for these, with another stackName")
}

// usesS3 reports whether the function reads pictures from S3.
func (c Config) usesS3() bool { return c.Batch || c.Trigger == "s3" }

// contextText gives a context value in the form it has on a command line.
// Values from the command line are strings already, those from cdk.json may
// have any JSON type.
func contextText(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return strings.TrimSpace(v), nil
	case bool:
		return strconv.FormatBool(v), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			text, ok := item.(string)
			if !ok {
				return "", fmt.Errorf("item %d is not a string", i+1)
			}
			items[i] = text
		}
		return strings.Join(items, ","), nil
	default:
		return "", fmt.Errorf("a value of type %T is not understood", value)
	}
}

// plainWord matches the form of our keys. The CDK's own context keys hold
// other characters as well ("aws:cdk:...", "@aws-cdk/...", "cli-telemetry").
var plainWord = regexp.MustCompile(`^[A-Za-z]+$`)

// unknownKeys finds misspelt settings, which would otherwise be ignored silently.
func unknownKeys(context map[string]any) []error {
	var errs []error
	for key := range context {
		if !slices.Contains(settingKeys(), key) && plainWord.MatchString(key) {
			errs = append(errs, unknownSetting(key))
		}
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errs
}

// unknownSetting names the setting that key may be meant for, or else all.
func unknownSetting(key string) error {
	for _, known := range settingKeys() {
		if levenshtein.ComputeDistance(strings.ToLower(key), strings.ToLower(known)) <= max(1, len(known)/3) {
			return fmt.Errorf("%s: no such setting, did you mean %s?", key, known)
		}
	}
	return fmt.Errorf("%s: no such setting (there are: %s)", key, strings.Join(settingKeys(), ", "))
}

func settingKeys() []string {
	keys := make([]string, len(settings))
	for i, s := range settings {
		keys[i] = s.key
	}
	return keys
}

var (
	// Room is left for suffixes: a function's name has at most 64 characters.
	stackNamePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,47}$`)
	principalPattern = regexp.MustCompile(`^arn:aws[a-z-]*:iam::\d{12}:(root|(user|role)/[\w+=,.@/-]+)$`)
	tagPattern       = regexp.MustCompile(`^[\w .:/+@-]{1,128}=[\w .:/=+@-]{0,256}$`)
	policyPattern    = regexp.MustCompile(`^arn:aws[a-z-]*:iam::(\d{12}|aws):policy/[\w+=,.@/-]+$`)
	qualifierPattern = regexp.MustCompile(`^[A-Za-z0-9]{1,10}$`)
	bucketPattern    = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

	hostedZonePattern  = regexp.MustCompile(`^Z[A-Z0-9]{1,31}$`)
	kmsKeyPattern      = regexp.MustCompile(`^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[\w-]+$`)
	certificatePattern = regexp.MustCompile(`^arn:aws[a-z-]*:acm:([a-z0-9-]+):\d{12}:certificate/[0-9a-f-]{36}$`)
)

func parsePattern(field *string, pattern *regexp.Regexp, value string) error {
	if !pattern.MatchString(value) {
		return fmt.Errorf("%q is not allowed", value)
	}
	*field = value
	return nil
}

func parseChecked(field *string, check func(string) error, value string) error {
	if err := check(value); err != nil {
		return err
	}
	*field = value
	return nil
}

func parsePatterns(field *[]string, pattern *regexp.Regexp, value string) error {
	var items []string
	for item := range strings.SplitSeq(value, ",") {
		var checked string
		if err := parsePattern(&checked, pattern, strings.TrimSpace(item)); err != nil {
			return err
		}
		if slices.Contains(items, checked) {
			return fmt.Errorf("%s is named twice", checked)
		}
		items = append(items, checked)
	}
	*field = items
	return nil
}

// parseIDs takes so many at most.
func parseIDs(field *[]string, pattern *regexp.Regexp, value string, most int) error {
	if n := strings.Count(value, ",") + 1; n > most {
		return fmt.Errorf("%d are too many", n)
	}
	return parsePatterns(field, pattern, value)
}

func parseOrigins(field *[]string, value string) error {
	var origins []string
	for item := range strings.SplitSeq(value, ",") {
		origins = append(origins, strings.TrimSpace(item))
	}
	if err := yolambda.CheckOrigins(origins); err != nil {
		return err
	}
	*field = origins
	return nil
}

// parseTags takes each key once, and none that is AWS' own.
func parseTags(field *[]string, value string) error {
	var tags, keys []string
	if err := parsePatterns(&tags, tagPattern, value); err != nil {
		return err
	}
	for _, tag := range tags {
		key, _, _ := strings.Cut(tag, "=")
		switch {
		case slices.Contains(keys, key):
			return fmt.Errorf("%s is named twice", key)
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			return fmt.Errorf("%s: keys that begin with aws: are for AWS itself", key)
		}
		keys = append(keys, key)
	}
	*field = tags
	return nil
}

func parseChoice[T ~string](field *T, value string, choices ...T) error {
	if !slices.Contains(choices, T(value)) {
		return fmt.Errorf("%q is not allowed", value)
	}
	*field = T(value)
	return nil
}

func parseBool(field *bool, value string) error {
	if value != "true" && value != "false" {
		return fmt.Errorf("%q is not allowed", value)
	}
	*field = value == "true"
	return nil
}

func parseInt(field *int, value string, low, high int) error {
	number, err := strconv.ParseFloat(value, 64) // cdk.json gives 60 as 60.0
	if err != nil || number != math.Trunc(number) {
		return fmt.Errorf("%q is not a whole number", value)
	}
	if number < float64(low) || number > float64(high) {
		return fmt.Errorf("%s is out of range", value)
	}
	*field = int(number)
	return nil
}

func parseOptionalInt(field *int, value string, low, high int) error {
	if value == "none" {
		*field = 0
		return nil
	}
	return parseInt(field, value, low, high)
}

func parseLogRetention(field *int, value string) error {
	var days int
	if err := parseInt(&days, value, 1, 3653); err != nil {
		return err
	}
	if _, ok := logRetention[days]; !ok {
		return fmt.Errorf("CloudWatch Logs has no period of %d days", days)
	}
	*field = days
	return nil
}

func parseEmail(field *string, value string) error {
	address, err := mail.ParseAddress(value)
	if err != nil || address.Address != value {
		return fmt.Errorf("%q is not an e-mail address", value)
	}
	*field = value
	return nil
}

func parseKMSKey(field *string, value string) error {
	if strings.Contains(value, ":alias/") {
		return fmt.Errorf("%q is an alias, which CloudWatch Logs does not take: give the ARN of the key itself", value)
	}
	return parsePattern(field, kmsKeyPattern, value)
}

func parseCertificate(field *string, value string) error {
	found := certificatePattern.FindStringSubmatch(value)
	if found == nil {
		return fmt.Errorf("%q is not the ARN of a certificate", value)
	}
	if found[1] != "us-east-1" {
		return fmt.Errorf("CloudFront takes certificates of us-east-1 only, and this one is of %s, wherever the stack is", found[1])
	}
	*field = value
	return nil
}

// parseS3Location takes the prefix as it stands: such addresses have no escapes, as keys have none.
func parseS3Location(field **S3Location, value string) error {
	place, ok := strings.CutPrefix(value, "s3://")
	bucket, prefix, _ := strings.Cut(place, "/")
	if !ok || !bucketPattern.MatchString(bucket) {
		return fmt.Errorf("%q is not an S3 location", value)
	}
	if err := yolambda.CheckPrefix(prefix); err != nil {
		return err
	}
	*field = &S3Location{Bucket: bucket, Prefix: prefix}
	return nil
}

func joinInts(numbers []int) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ", ")
}
