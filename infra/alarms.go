package main

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	"github.com/aws/jsii-runtime-go"
)

// nearLimit is the percentage of a limit (time, memory) that raises an alarm.
const nearLimit = 90

// newAlarms makes the alarms, and the topic that mails them if c names an address.
func newAlarms(stack awscdk.Stack, f deployed, c Config) []interfacesawscloudwatch.IAlarmRef {
	five := &awscloudwatch.MetricOptions{Period: awscdk.Duration_Minutes(jsii.Number(5))}
	alarm := func(id, description string, metric awscloudwatch.IMetric, threshold, periods int) awscloudwatch.Alarm {
		return awscloudwatch.NewAlarm(stack, jsii.String(id), &awscloudwatch.AlarmProps{
			AlarmName:          jsii.String(f.name + "-" + id),
			AlarmDescription:   jsii.String(description),
			Metric:             metric,
			Threshold:          jsii.Number(threshold),
			ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
			EvaluationPeriods:  jsii.Number(periods),
			TreatMissingData:   awscloudwatch.TreatMissingData_NOT_BREACHING, // no requests, no metrics
		})
	}
	alarms := []awscloudwatch.Alarm{
		alarm("Errors", "The function crashed or ran out of time",
			f.function.MetricErrors(five), 1, 1),
		// Lambda takes an answer for a success, whatever status it has.
		alarm("ServerErrors", "The function answered with a status of 500 or above",
			f.function.Metric(jsii.String("Url5xxCount"), &awscloudwatch.MetricOptions{Statistic: jsii.String("Sum"), Period: five.Period}), 1, 1),
		alarm("Throttles", "Requests were refused for lack of concurrency",
			f.function.MetricThrottles(five), 1, 1),
		alarm("Duration", fmt.Sprintf("The slowest 1 %% of requests are close to the timeout of %d s", c.TimeoutSeconds),
			f.function.MetricDuration(&awscloudwatch.MetricOptions{Statistic: jsii.String("p99"), Period: five.Period}),
			c.TimeoutSeconds*1000*nearLimit/100, 3),
		alarm("Memory", fmt.Sprintf("The function is close to its memory of %d MB", c.MemoryMB),
			memoryUsed(f), c.MemoryMB*nearLimit/100, 1),
	}
	var topic awssns.Topic
	if c.AlarmEmail != "" {
		topic = newAlarmTopic(stack, c.AlarmEmail)
	}
	var all []interfacesawscloudwatch.IAlarmRef
	for _, a := range alarms {
		if topic != nil {
			a.AddAlarmAction(awscloudwatchactions.NewSnsAction(topic))
		}
		all = append(all, a)
	}
	return all
}

// newAlarmTopic mails what CloudWatch publishes. That right has to be given: a topic's
// own policy, which the refusal of plain HTTP makes, takes the place of the one that SNS
// gives a topic without.
func newAlarmTopic(stack awscdk.Stack, email string) awssns.Topic {
	topic := awssns.NewTopic(stack, jsii.String("AlarmTopic"), &awssns.TopicProps{EnforceSSL: jsii.Bool(true)})
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

// memoryUsed is the peak memory in MB, as Lambda reports it after each request.
func memoryUsed(f deployed) awscloudwatch.IMetric {
	filter := f.logs.AddMetricFilter(jsii.String("MemoryFilter"), &awslogs.MetricFilterOptions{
		FilterPattern:   awslogs.FilterPattern_Literal(jsii.String(`{ $.type = "platform.report" }`)),
		MetricNamespace: jsii.String(memoryNamespace(f.name)),
		MetricName:      jsii.String(metricMemory),
		MetricValue:     jsii.String("$.record.metrics.maxMemoryUsedMB"),
	})
	return filter.Metric(&awscloudwatch.MetricOptions{
		Statistic: jsii.String("Maximum"),
		Period:    awscdk.Duration_Minutes(jsii.Number(5)),
	})
}
