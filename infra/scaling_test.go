package main

import "testing"

type scalableTarget struct {
	MinCapacity, MaxCapacity            *int
	ResourceId                          any
	ServiceNamespace, ScalableDimension string
	ScheduledActions                    []struct {
		Schedule, Timezone   string
		ScalableTargetAction struct{ MinCapacity, MaxCapacity *int }
	}
}

// Application Auto Scaling owns the number of warm environments: the alias has none of its own,
// to which a deployment would go back.
func TestScaling(t *testing.T) {
	_, tmpl := synthesized(t, configurations["scaled"])
	alias := only[struct{ ProvisionedConcurrencyConfig any }](t, tmpl, "AWS::Lambda::Alias")
	if alias.ProvisionedConcurrencyConfig != nil {
		t.Errorf("alias: %+v", alias)
	}
	target := only[scalableTarget](t, tmpl, "AWS::ApplicationAutoScaling::ScalableTarget")
	if *target.MinCapacity != 2 || *target.MaxCapacity != 20 || target.ServiceNamespace != "lambda" ||
		target.ScalableDimension != "lambda:function:ProvisionedConcurrency" || len(target.ScheduledActions) != 2 {
		t.Fatalf("%s", mustMarshal(t, target))
	}
	for i, want := range []struct {
		schedule  string
		low, high int
	}{{"cron(0 7 ? * MON-FRI *)", 5, 40}, {"cron(0 19 ? * MON-FRI *)", 0, 0}} {
		got := target.ScheduledActions[i]
		if got.Schedule != want.schedule || got.Timezone != "Europe/Berlin" ||
			*got.ScalableTargetAction.MinCapacity != want.low || *got.ScalableTargetAction.MaxCapacity != want.high {
			t.Errorf("%s", mustMarshal(t, got))
		}
	}
	policy := only[struct {
		TargetTrackingScalingPolicyConfiguration struct {
			TargetValue                   float64
			PredefinedMetricSpecification struct{ PredefinedMetricType string }
		}
	}](t, tmpl, "AWS::ApplicationAutoScaling::ScalingPolicy").TargetTrackingScalingPolicyConfiguration
	if policy.TargetValue != 0.6 || policy.PredefinedMetricSpecification.PredefinedMetricType != "LambdaProvisionedConcurrencyUtilization" {
		t.Errorf("%+v", policy)
	}
}

// Where the numbers are fixed, nothing follows the load.
func TestScheduleAlone(t *testing.T) {
	_, tmpl := synthesized(t, configurations["scheduled"])
	target := only[scalableTarget](t, tmpl, "AWS::ApplicationAutoScaling::ScalableTarget")
	if *target.MinCapacity != 0 || *target.MaxCapacity != 0 || len(target.ScheduledActions) != 2 {
		t.Errorf("%s", mustMarshal(t, target))
	}
	if found := all[any](t, tmpl, "AWS::ApplicationAutoScaling::ScalingPolicy"); len(found) > 0 {
		t.Errorf("%v", found)
	}
}
