package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// A canary is asked before it gets traffic, by a function that may call that version alone,
// and alarms of the function take its traffic away.
func TestCanary(t *testing.T) {
	_, tmpl := synthesized(t, map[string]any{"rollout": "canary"})
	group := only[struct {
		DeploymentConfigName      any
		AlarmConfiguration        struct{ Alarms []struct{ Name any } }
		AutoRollbackConfiguration struct{ Events []string }
		DeploymentStyle           struct{ DeploymentOption string }
	}](t, tmpl, "AWS::CodeDeploy::DeploymentGroup")
	if group.DeploymentConfigName != "CodeDeployDefault.LambdaCanary10Percent10Minutes" || group.DeploymentStyle.DeploymentOption != "WITH_TRAFFIC_CONTROL" {
		t.Errorf("%+v", group)
	}
	for _, event := range []string{"DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"} {
		if !slices.Contains(group.AutoRollbackConfiguration.Events, event) {
			t.Errorf("no rollback on %s: %v", event, group.AutoRollbackConfiguration)
		}
	}
	alarms := ""
	for _, a := range group.AlarmConfiguration.Alarms {
		alarms += mustMarshal(t, a.Name) + " "
	}
	for _, want := range []string{`{"Ref":"Errors`, `{"Ref":"ServerErrors`, `{"Ref":"Memory`} {
		if !strings.Contains(alarms, want) {
			t.Errorf("no alarm %s: %s", want, alarms)
		}
	}
	for id, r := range tmpl.Resources {
		switch {
		case r.Type == "AWS::Lambda::Alias":
			if !slices.ContainsFunc(r.DependsOn, func(id string) bool { return strings.HasPrefix(id, "RolloutDeploymentGroupServiceRoleDefaultPolicy") }) {
				t.Errorf("%s may move before CodeDeploy may call the check: %v", id, r.DependsOn)
			}
			policy := mustMarshal(t, r.UpdatePolicy)
			for _, want := range []string{`"CodeDeployLambdaAliasUpdate"`, `"BeforeAllowTrafficHook":{"Ref":"RolloutCheck`, `"DeploymentGroupName":{"Ref":"RolloutDeploymentGroup`} {
				if !strings.Contains(policy, want) {
					t.Errorf("%s lacks %s: %s", id, want, policy)
				}
			}
		case r.Type == "AWS::Lambda::Version" && r.DeletionPolicy != "Retain":
			t.Errorf("%s is not kept to go back to", id)
		}
	}
	check := grants(t, tmpl, "RolloutCheckRole")
	if !strings.Contains(check["lambda:InvokeFunction"], `{"Ref":"FunctionCurrentVersion`) || !strings.Contains(check["codedeploy:PutLifecycleEventHookExecutionStatus"], "deploymentgroup:") {
		t.Errorf("the check may %v", check)
	}
}

// Nothing of CodeDeploy is there unless it is asked for.
func TestAtOnce(t *testing.T) {
	_, tmpl := synthesized(t, nil)
	for id, r := range tmpl.Resources {
		if strings.Contains(r.Type, "CodeDeploy") || r.UpdatePolicy != nil {
			t.Errorf("%s: %s", id, r.Type)
		}
	}
}

func mustMarshal(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
