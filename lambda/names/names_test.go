package names

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// constants are those of this package whose names begin with the prefix.
func constants(t *testing.T, prefix string) []string {
	t.Helper()
	source, err := parser.ParseFile(token.NewFileSet(), "names.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	ast.Inspect(source, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(spec.Names[0].Name, prefix) {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, value)
		}
		return true
	})
	if len(values) == 0 {
		t.Fatalf("no constant %s…", prefix)
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// template is the stack with all that can be switched on, as infra's tests hold it.
func template(t *testing.T) []byte {
	return yolotest.Read(t, yolotest.Root(t, "infra", "testdata", "s3.template.json"))
}

// The stack draws all metrics, and no others, by their dimensions.
func TestMetricsAreDrawn(t *testing.T) {
	search := regexp.MustCompile(`\{(\w+),(\w+),(\w+)\} MetricName=\W*(\w+)`)
	drawn := map[string][]string{}
	for _, found := range search.FindAllSubmatch(template(t), -1) {
		for i, kind := range []string{"MetricNamespace", "Dimension", "Dimension", "Metric"} {
			drawn[kind] = append(drawn[kind], string(found[i+1]))
		}
	}
	drawn["Metric"] = append(drawn["Metric"], drawn["MetricNamespace"]...)
	for kind, got := range drawn {
		slices.Sort(got)
		if diff := cmp.Diff(constants(t, kind), slices.Compact(got)); diff != "" {
			t.Errorf("%s (-names +stack):\n%s", kind, diff)
		}
	}
	if len(drawn) < 3 {
		t.Errorf("the dashboard searches for %v", drawn)
	}
}

// The stack has the outputs that its callers read, and lets batches write where the
// command line looks for their results.
func TestStackHasOutputs(t *testing.T) {
	var stack struct {
		Outputs map[string]struct{ Value any }
	}
	if err := json.Unmarshal(template(t), &stack); err != nil {
		t.Fatal(err)
	}
	for _, name := range constants(t, "Output") {
		if _, ok := stack.Outputs[name]; !ok {
			t.Errorf("there is no output %s, only %q", name, slices.Sorted(maps.Keys(stack.Outputs)))
		}
	}
	where, err := json.Marshal(stack.Outputs["BatchResultsLocation"].Value)
	if err != nil || !strings.Contains(string(where), `"/`+PrefixBatchResults+`"`) {
		t.Errorf("batches write to %s, %v; want /%s", where, err, PrefixBatchResults)
	}
}

// The stack has the alarms that the doctor looks for, and no others.
func TestStackHasAlarms(t *testing.T) {
	var stack struct {
		Resources map[string]struct {
			Type       string
			Properties struct{ AlarmName string }
		}
	}
	if err := json.Unmarshal(template(t), &stack); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range stack.Resources {
		if r.Type == "AWS::CloudWatch::Alarm" {
			got = append(got, strings.TrimPrefix(r.Properties.AlarmName, "yolambda-"))
		}
	}
	slices.Sort(got)
	want := slices.Concat(AlarmsOfFunction, AlarmsOfBatch, AlarmsOfTrigger)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("alarms (-names +stack):\n%s", diff)
	}
}

// The document lists what callers and operators look for.
func TestDocumented(t *testing.T) {
	text := string(yolotest.Read(t, yolotest.Root(t, "docs", "deploy.md")))
	for _, name := range slices.Concat(constants(t, "Metric"), constants(t, "Dimension")) {
		if !strings.Contains(text, "`"+name+"`") {
			t.Errorf("docs/deploy.md lacks `%s`", name)
		}
	}
	if !strings.Contains(text, PrefixBatchResults) {
		t.Errorf("docs/deploy.md lacks %s", PrefixBatchResults)
	}
}
