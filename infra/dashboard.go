package main

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	"github.com/aws/jsii-runtime-go"
)

// newDashboard draws what Lambda counts and what the handler writes. The names
// of models and classes are not known here, so their graphs search for them.
func newDashboard(stack awscdk.Stack, f deployed, alarms []interfacesawscloudwatch.IAlarmRef) {
	p50 := &awscloudwatch.MetricOptions{Statistic: jsii.String("p50"), Label: jsii.String("p50")}
	p99 := &awscloudwatch.MetricOptions{Statistic: jsii.String("p99"), Label: jsii.String("p99")}
	dashboard := awscloudwatch.NewDashboard(stack, jsii.String("Dashboard"), &awscloudwatch.DashboardProps{
		DashboardName: jsii.String(f.name),
	})
	dashboard.AddWidgets(awscloudwatch.NewAlarmStatusWidget(&awscloudwatch.AlarmStatusWidgetProps{
		Title: jsii.String("Alarms"), Alarms: &alarms, Width: jsii.Number(24), Height: jsii.Number(3),
	}))
	dashboard.AddWidgets(
		graph("Requests", f.function.MetricInvocations(nil), f.function.MetricErrors(nil), f.function.MetricThrottles(nil)),
		graph("Duration (ms)", f.function.MetricDuration(p50), f.function.MetricDuration(p99)),
		graph("Cold starts by model", perModel(f, metricColdStart, "Sum")),
	)
	dashboard.AddWidgets(
		graph("Decode (ms, p50)", perModel(f, metricDecode, "p50")),
		graph("Preprocess (ms, p50)", perModel(f, metricPreprocess, "p50")),
		graph("Postprocess (ms, p50)", perModel(f, metricPostprocess, "p50")),
	)
	dashboard.AddWidgets(
		graph("Inference (ms, p50 and p99)", perModel(f, metricInference, "p50"), perModel(f, metricInference, "p99")),
		graph("Picture size (megapixels, average)", perModel(f, metricPicture, "Average")),
		graph("Detections by class", search(f, dimensionClass, metricDetections, "Sum")),
	)
	dashboard.AddWidgets(
		graph("Pictures that could not be read", perModel(f, metricUnread, "Sum")),
	)
}

func graph(title string, metrics ...awscloudwatch.IMetric) awscloudwatch.GraphWidget {
	return awscloudwatch.NewGraphWidget(&awscloudwatch.GraphWidgetProps{
		Title: jsii.String(title), Left: &metrics, Width: jsii.Number(8), Height: jsii.Number(6),
	})
}

func perModel(f deployed, metric, statistic string) awscloudwatch.IMetric {
	return search(f, dimensionModel, metric, statistic)
}

// search finds the metric once for each value of dimension; CloudWatch labels
// each line with that value.
func search(f deployed, dimension, metric, statistic string) awscloudwatch.IMetric {
	return awscloudwatch.NewSearchExpression(&awscloudwatch.SearchExpressionProps{
		Expression: jsii.String(fmt.Sprintf(`SEARCH('{%s,%s,%s} MetricName="%s" %s="%s"', '%s')`,
			metricNamespace, dimensionFunction, dimension, metric, dimensionFunction, f.name, statistic)),
		Label:  jsii.String(fmt.Sprintf("${PROP('Dim.%s')} %s", dimension, statistic)),
		Period: awscdk.Duration_Minutes(jsii.Number(5)),
	})
}
