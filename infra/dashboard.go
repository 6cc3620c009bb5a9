package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/yolambda/yolambda/lambda/names"
)

// newDashboard draws what Lambda counts and what the handler writes. The names
// of models and classes are not known here, so their graphs search for them.
func newDashboard(stack awscdk.Stack, w watched, alarms []interfacesawscloudwatch.IAlarmRef) {
	p50 := &awscloudwatch.MetricOptions{Statistic: jsii.String("p50"), Label: jsii.String("p50")}
	p99 := &awscloudwatch.MetricOptions{Statistic: jsii.String("p99"), Label: jsii.String("p99")}
	dashboard := awscloudwatch.NewDashboard(stack, jsii.String("Dashboard"), &awscloudwatch.DashboardProps{
		DashboardName: jsii.String(w.name),
	})
	dashboard.AddWidgets(awscloudwatch.NewAlarmStatusWidget(&awscloudwatch.AlarmStatusWidgetProps{
		Title: jsii.String("Alarms"), Alarms: &alarms, Width: jsii.Number(24), Height: jsii.Number(3),
	}))
	dashboard.AddWidgets(
		graph("Requests", w.Function.MetricInvocations(nil), w.Function.MetricErrors(nil), w.Function.MetricThrottles(nil)),
		graph("Duration (ms)", w.Function.MetricDuration(p50), w.Function.MetricDuration(p99)),
		graph("Cold starts by model", w.MetricsOfModels(names.MetricColdStart, "Sum")),
	)
	dashboard.AddWidgets(
		graph("Decode (ms, p50)", w.MetricsOfModels(names.MetricDecode, "p50")),
		graph("Preprocess (ms, p50)", w.MetricsOfModels(names.MetricPreprocess, "p50")),
		graph("Postprocess (ms, p50)", w.MetricsOfModels(names.MetricPostprocess, "p50")),
	)
	dashboard.AddWidgets(
		graph("Inference (ms, p50 and p99)", w.MetricsOfModels(names.MetricInference, "p50"), w.MetricsOfModels(names.MetricInference, "p99")),
		graph("Picture size (megapixels, average)", w.MetricsOfModels(names.MetricPicture, "Average")),
		graph("Detections by class", w.MetricsOfClasses("Sum")),
	)
	dashboard.AddWidgets(
		graph("Pictures that could not be read", w.MetricsOfModels(names.MetricUnread, "Sum")),
	)
}

func graph(title string, metrics ...awscloudwatch.IMetric) awscloudwatch.GraphWidget {
	return awscloudwatch.NewGraphWidget(&awscloudwatch.GraphWidgetProps{
		Title: jsii.String(title), Left: &metrics, Width: jsii.Number(8), Height: jsii.Number(6),
	})
}
