package yolambda

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/yolambda/yolambda/lambda/names"
)

// MetricOfModel is what the function measures for each picture that the model looks at:
// metric is one of lambda/names by model, such as names.MetricInference.
func (e *Endpoint) MetricOfModel(metric, model string, options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return e.metric(metric, names.DimensionModel, model, options)
}

// MetricDetections counts what was found of a class.
func (e *Endpoint) MetricDetections(class string, options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return e.metric(names.MetricDetections, names.DimensionClass, class, options)
}

func (e *Endpoint) metric(name, dimension, value string, options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	metric := awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace: jsii.String(names.MetricNamespace), MetricName: jsii.String(name),
		DimensionsMap: &map[string]*string{names.DimensionFunction: e.name, dimension: jsii.String(value)},
	})
	if options == nil {
		return metric
	}
	return metric.With(options)
}

// MetricsOfModels finds a metric by model once for each model that has data.
func (e *Endpoint) MetricsOfModels(metric, statistic string) awscloudwatch.IMetric {
	return e.search(names.DimensionModel, metric, statistic)
}

// MetricsOfClasses finds the number of detections once for each class that has any.
func (e *Endpoint) MetricsOfClasses(statistic string) awscloudwatch.IMetric {
	return e.search(names.DimensionClass, names.MetricDetections, statistic)
}

// search finds the metric once for each value of dimension; CloudWatch labels
// each line with that value.
func (e *Endpoint) search(dimension, metric, statistic string) awscloudwatch.IMetric {
	return awscloudwatch.NewSearchExpression(&awscloudwatch.SearchExpressionProps{
		Expression: jsii.String(fmt.Sprintf(`SEARCH('{%s,%s,%s} MetricName="%s" %s="%s"', '%s')`,
			names.MetricNamespace, names.DimensionFunction, dimension, metric, names.DimensionFunction, *e.name, statistic)),
		Label:  jsii.String(fmt.Sprintf("${PROP('Dim.%s')} %s", dimension, statistic)),
		Period: awscdk.Duration_Minutes(jsii.Number(5)),
	})
}
