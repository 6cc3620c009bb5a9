package main

import (
	"slices"
	"strings"
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

// Each part of the stack is watched: the queue of failed pictures, what EventBridge could
// not deliver, and batches.
func TestEveryPartIsWatched(t *testing.T) {
	_, tmpl := synthesized(t, map[string]any{"batch": "true", "trigger": "s3", "alarmEmail": "ops@example.org"})
	type dimension struct {
		Name  string
		Value any
	}
	type alarm struct {
		AlarmName, Namespace, MetricName, Statistic string
		Dimensions                                  []dimension
		Threshold                                   float64
		AlarmActions                                []any
	}
	found := map[string]alarm{}
	for _, a := range all[alarm](t, tmpl, "AWS::CloudWatch::Alarm") {
		found[a.AlarmName] = a
	}
	for _, want := range []struct {
		name, namespace, metric, statistic, dimension, resource string
		threshold                                               float64
	}{
		{"PicturesFailed", "AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", "QueueName", "FailedPictures", 1},
		{"PicturesExpire", "AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", "QueueName", "FailedPictures", 864000},
		{"PicturesWait", "AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", "QueueName", "NewPictures", 86400},
		{"Undelivered", "AWS/Events", "FailedInvocations", "Sum", "RuleName", "NewPicture", 1},
		{"BatchFailed", "AWS/States", "ExecutionsFailed", "Sum", "StateMachineArn", "Batch", 1},
		{"BatchTimedOut", "AWS/States", "ExecutionsTimedOut", "Sum", "StateMachineArn", "Batch", 1},
	} {
		got := found["yolambda-"+want.name]
		if got.Namespace != want.namespace || got.MetricName != want.metric || got.Statistic != want.statistic ||
			got.Threshold != want.threshold || len(got.AlarmActions) != 1 || len(got.Dimensions) != 1 ||
			got.Dimensions[0].Name != want.dimension || !isOf(got.Dimensions[0].Value, want.resource) {
			t.Errorf("%s: %+v", want.name, got)
		}
	}
}

// isOf reports whether value is a Ref to a resource whose id starts so, or an attribute of it.
func isOf(value any, id string) bool {
	object, _ := value.(map[string]any)
	attribute, _ := object["Fn::GetAtt"].([]any)
	if len(attribute) == 0 {
		return refersTo(value, id)
	}
	return strings.HasPrefix(attribute[0].(string), id)
}
