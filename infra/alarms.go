package main

import (
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/yolambda/yolambda/infra/yolambda"
)

// nearLimit is the percentage of a limit (time, memory) that raises an alarm.
const nearLimit = 90

// watched is what alarms look at. Parts that the stack does not have are nil.
type watched struct {
	*yolambda.Endpoint
	name    string // of the function
	batch   *yolambda.Batch
	trigger *yolambda.Trigger
}

// newAlarms makes the alarms, and the topic that mails them if c names an address.
func newAlarms(stack awscdk.Stack, key awskms.IKey, w watched, c Config) []interfacesawscloudwatch.IAlarmRef {
	var topic awssns.Topic
	if c.AlarmEmail != "" {
		topic = newAlarmTopic(stack, key, c.AlarmEmail)
	}
	var all []interfacesawscloudwatch.IAlarmRef
	for _, raised := range slices.Concat(functionAlarms(w.Endpoint, c), batchAlarms(w.batch), triggerAlarms(w.trigger)) {
		alarm := awscloudwatch.NewAlarm(stack, jsii.String(raised.id), &awscloudwatch.AlarmProps{
			AlarmName:          jsii.String(w.name + "-" + raised.id),
			AlarmDescription:   jsii.String(raised.description),
			Metric:             raised.metric,
			Threshold:          jsii.Number(raised.threshold),
			ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
			EvaluationPeriods:  jsii.Number(raised.periods),
			TreatMissingData:   awscloudwatch.TreatMissingData_NOT_BREACHING, // no requests, no metrics
		})
		if topic != nil {
			alarm.AddAlarmAction(awscloudwatchactions.NewSnsAction(topic))
		}
		all = append(all, alarm)
	}
	return all
}

// stopsRollout are the alarms that a new version may be to blame for, and that one period
// raises. Throttles are not its fault.
func stopsRollout(alarms []interfacesawscloudwatch.IAlarmRef) []interfacesawscloudwatch.IAlarmRef {
	return slices.DeleteFunc(slices.Clone(alarms), func(a interfacesawscloudwatch.IAlarmRef) bool {
		return !slices.Contains([]string{"Errors", "ServerErrors", "Memory"}, *a.Node().Id())
	})
}

// alarm is raised when metric reaches threshold in so many periods, of five minutes,
// one after the other.
type alarm struct {
	id, description    string
	metric             awscloudwatch.IMetric
	threshold, periods int
}

// fiveMinutes is the period of a metric that alarms watch.
func fiveMinutes(statistic string) *awscloudwatch.MetricOptions {
	return &awscloudwatch.MetricOptions{Statistic: jsii.String(statistic), Period: awscdk.Duration_Minutes(jsii.Number(5))}
}

func functionAlarms(e *yolambda.Endpoint, c Config) []alarm {
	return []alarm{
		{"Errors", "The function crashed or ran out of time", e.Function.MetricErrors(fiveMinutes("Sum")), 1, 1},
		// Lambda takes an answer for a success, whatever status it has.
		{"ServerErrors", "The function answered with a status of 500 or above",
			e.Function.Metric(jsii.String("Url5xxCount"), fiveMinutes("Sum")), 1, 1},
		{"Throttles", "Requests were refused for lack of concurrency", e.Function.MetricThrottles(fiveMinutes("Sum")), 1, 1},
		{"Duration", fmt.Sprintf("The slowest 1 %% of requests are close to the timeout of %d s", c.TimeoutSeconds),
			e.Function.MetricDuration(fiveMinutes("p99")), c.TimeoutSeconds * 1000 * nearLimit / 100, 3},
		{"Memory", fmt.Sprintf("The function is close to its memory of %d MB", c.MemoryMB),
			e.MetricMemoryUsed(fiveMinutes("Maximum")), c.MemoryMB * nearLimit / 100, 1},
	}
}

// batchAlarms watch whole executions. A picture that cannot be read fails none.
func batchAlarms(b *yolambda.Batch) []alarm {
	if b == nil {
		return nil
	}
	return []alarm{
		{"BatchFailed", "A batch failed", b.StateMachine.MetricFailed(fiveMinutes("Sum")), 1, 1},
		{"BatchTimedOut", "A batch ran out of time", b.StateMachine.MetricTimedOut(fiveMinutes("Sum")), 1, 1},
	}
}

// oldFailure is the age in days at which events of failed pictures raise an alarm of
// their own, before the queue drops them.
const oldFailure = 10

// longWait is how many days a new picture may wait for its turn.
const longWait = 1

func triggerAlarms(t *yolambda.Trigger) []alarm {
	if t == nil {
		return nil
	}
	undelivered := awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace: jsii.String("AWS/Events"), MetricName: jsii.String("FailedInvocations"),
		DimensionsMap: &map[string]*string{"RuleName": t.Rule.RuleName()},
		Statistic:     jsii.String("Sum"), Period: awscdk.Duration_Minutes(jsii.Number(5)),
	})
	return []alarm{
		{"PicturesFailed", "Events of pictures that could not be handled wait in the queue",
			t.Failed.MetricApproximateNumberOfMessagesVisible(fiveMinutes("Maximum")), 1, 1},
		{"PicturesExpire", fmt.Sprintf("Events of failed pictures are %d days old; the queue drops them after %d", oldFailure, yolambda.QueueRetentionDays),
			t.Failed.MetricApproximateAgeOfOldestMessage(fiveMinutes("Maximum")), oldFailure * 24 * 60 * 60, 1},
		{"PicturesWait", fmt.Sprintf("A new picture has been waiting for %d day: is triggerConcurrency too low?", longWait),
			t.Waiting.MetricApproximateAgeOfOldestMessage(fiveMinutes("Maximum")), longWait * 24 * 60 * 60, 1},
		{"Undelivered", "EventBridge could not hand on a new picture", undelivered, 1, 1},
	}
}

// newAlarmTopic mails what CloudWatch publishes. That right has to be given: a topic's
// own policy, which the refusal of plain HTTP makes, takes the place of the one that SNS
// gives a topic without.
func newAlarmTopic(stack awscdk.Stack, key awskms.IKey, email string) awssns.Topic {
	topic := awssns.NewTopic(stack, jsii.String("AlarmTopic"), &awssns.TopicProps{EnforceSSL: jsii.Bool(true), MasterKey: key})
	// Inside the topic, as the address has no life of its own.
	topic.Node().DefaultChild().(awssns.CfnTopic).SetSubscription(&[]any{
		&awssns.CfnTopic_SubscriptionProperty{Protocol: jsii.String("email"), Endpoint: jsii.String(email)},
	})
	topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("AlarmsOfThisAccount"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("cloudwatch.amazonaws.com"), nil)},
		Actions:    jsii.Strings("sns:Publish"),
		Resources:  &[]*string{topic.TopicArn()},
		Conditions: &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": stack.Account()}},
	}))
	return topic
}
