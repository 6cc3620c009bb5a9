package main

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

type vpcConfig struct {
	SubnetIds        []string
	SecurityGroupIds []any
}

// vpcOf is what the function that answers has, and not the one that checks new versions.
func vpcOf(t *testing.T, tmpl template) *vpcConfig {
	t.Helper()
	var found []*vpcConfig
	for _, f := range all[struct {
		Layers    []any
		VpcConfig *vpcConfig
	}](t, tmpl, "AWS::Lambda::Function") {
		if len(f.Layers) > 0 {
			found = append(found, f.VpcConfig)
		} else if f.VpcConfig != nil {
			t.Errorf("the check of new versions asks Lambda and CodeDeploy, and is in the VPC: %+v", f.VpcConfig)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d functions", len(found))
	}
	return found[0]
}

// The function is in the VPC, with a security group that lets nothing in unless others are named.
func TestVPC(t *testing.T) {
	_, tmpl := synthesized(t, configurations["vpc"])
	group := only[struct {
		VpcId                string
		SecurityGroupIngress []any
		SecurityGroupEgress  []struct{ CidrIp, IpProtocol string }
	}](t, tmpl, "AWS::EC2::SecurityGroup")
	if group.VpcId != "vpc-0123456789abcdef0" || len(group.SecurityGroupIngress) > 0 || len(group.SecurityGroupEgress) != 1 {
		t.Errorf("%+v", group)
	}
	if got := vpcOf(t, tmpl); !slices.Equal(got.SubnetIds, []string{"subnet-0123456789abcdef0", "subnet-0123456789abcdef1"}) || len(got.SecurityGroupIds) != 1 {
		t.Errorf("%+v", got)
	}

	_, tmpl = synthesized(t, configurations["vpc-groups"])
	if found := all[any](t, tmpl, "AWS::EC2::SecurityGroup"); len(found) > 0 {
		t.Errorf("a security group that nobody needs: %v", found)
	}
	if got := vpcOf(t, tmpl); !reflect.DeepEqual(got, &vpcConfig{[]string{"subnet-0123456789abcdef0"}, []any{"sg-0123456789abcdef0"}}) {
		t.Errorf("%+v", got)
	}
	if _, tmpl = synthesized(t, nil); vpcOf(t, tmpl) != nil {
		t.Error("a VPC that nobody asked for")
	}
}

// Lambda may keep network interfaces; the function's own code may not.
func TestNetworkRights(t *testing.T) {
	_, tmpl := synthesized(t, configurations["vpc"])
	var conditions []map[string]map[string]any
	for _, p := range all[policyProperties](t, tmpl, "AWS::IAM::Policy") {
		for _, s := range p.PolicyDocument.Statement {
			if strings.Contains(mustMarshal(t, s.Action), "ec2:CreateNetworkInterface") {
				conditions = append(conditions, s.Condition)
			}
		}
	}
	if want := []map[string]map[string]any{{"Null": {"lambda:SourceFunctionArn": "true"}}}; !reflect.DeepEqual(conditions, want) {
		t.Errorf("%v", conditions)
	}
}
