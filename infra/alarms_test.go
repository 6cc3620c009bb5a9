package main

import (
	"slices"
	"testing"
)

type topicPolicy struct {
	PolicyDocument struct{ Statement []topicStatement }
}

type topicStatement struct {
	Effect            string
	Action, Principal any
	Condition         map[string]map[string]any
}

// CloudWatch may publish to the topic of the alarms, for this account alone: a policy of
// the topic's own takes the place of the one that SNS gives, which allowed it.
func TestAlarmsMayPublish(t *testing.T) {
	_, tmpl := synthesized(t, map[string]any{"alarmEmail": "ops@example.org"})
	statements := only[topicPolicy](t, tmpl, "AWS::SNS::TopicPolicy").PolicyDocument.Statement
	if !slices.ContainsFunc(statements, func(s topicStatement) bool {
		principal, _ := s.Principal.(map[string]any)
		account := s.Condition["StringEquals"]["aws:SourceAccount"]
		return s.Effect == "Allow" && s.Action == "sns:Publish" && principal["Service"] == "cloudwatch.amazonaws.com" && account != nil
	}) {
		t.Errorf("CloudWatch may not publish: %+v", statements)
	}
}
