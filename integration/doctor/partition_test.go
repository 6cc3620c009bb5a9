package doctor

import (
	"strings"
	"testing"
)

// moved are the answers of a deployment in another partition and region.
func moved(answers map[string]answer, partition, region string) map[string]answer {
	names := strings.NewReplacer("arn:aws:", "arn:"+partition+":", "us-east-1", region)
	elsewhere := map[string]answer{}
	for asked, a := range answers {
		elsewhere[asked] = answer{a.status, names.Replace(a.body)}
	}
	return elsewhere
}

// In China and in GovCloud ARNs are others, one service's name is, and CloudFront is out of reach.
func TestDoctorInOtherPartitions(t *testing.T) {
	for partition, region := range map[string]string{"aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"} {
		t.Run(partition, func(t *testing.T) {
			answers := healthyOwn(t)
			delete(answers, "/distribution/E1")
			if partition == "aws-cn" { // as CloudWatch Logs is called there
				policy := strings.ReplaceAll(documentedPolicy(t), "logs.us-east-1.amazonaws.com", "logs.us-east-1.amazonaws.com.cn")
				answers["GetKeyPolicy"] = policyAnswer(policy)
			}
			answers["ListStackResources"] = healthyAWS()["ListStackResources"]
			names := strings.NewReplacer("arn:aws:", "arn:"+partition+":", "us-east-1", region)
			fakeAWS(t, moved(answers, partition, region))
			t.Setenv("AWS_REGION", region)
			patient := Patient{Stack: "yolambda", own: own{Certificate: testCertificate, WebACL: testWebACL, KMSKey: names.Replace(testKey)}}
			findings := map[string]Finding{}
			if err := checkAWS(t.Context(), patient, func(check string, f Finding) error { findings[check] = f; return nil }); err != nil {
				t.Fatal(err)
			}
			wantOK(t, findings, map[string]string{
				"credentials": "arn:" + partition + ":iam::111122223333:user/ann",
				"region":      region,
				"bootstrap":   "version 28",
				"function":    "yolambda:live",
				"permissions": "arn:" + partition + ":iam::111122223333:user/ann grants both",
				"key":         "may decrypt with it",
				"request":     "by yolov8n",
			})
			for _, check := range []string{"certificate", "web acl"} {
				if f := findings[check]; f.Status != Fail || !strings.Contains(f.Detail, "of the partition "+partition) {
					t.Errorf("%s: %+v", check, f)
				}
			}
		})
	}
}

// The qualifier of the settings is that of the bootstrap which is looked for.
func TestDoctorOfQualifier(t *testing.T) {
	answers := healthyAWS()
	answers["GetParameter"] = answer{400, `{"__type":"ParameterNotFound"}`}
	f := askAWS(t, Patient{own: own{Qualifier: "team"}}, answers)["bootstrap"]
	if f.Status != Fail || !strings.HasSuffix(f.Mend, "/us-east-1 --qualifier team") {
		t.Errorf("got %+v", f)
	}
}
