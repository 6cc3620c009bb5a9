package price

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

var update = flag.Bool("update", false, "rewrite the table of costs in docs/deploy.md")

// vCPU is the memory in MB for which Lambda gives one (Lambda Developer Guide, "Configure
// Lambda function memory").
const vCPU = 1769

// measured is a row of docs/performance.md: what a request takes with one thread and with
// two, in ms.
type measured struct {
	model    string
	one, two float64
}

// at projects the time to so many vCPUs, by Amdahl's law through the two measured points.
func (m measured) at(cpus float64) float64 {
	parallel := 2 * (m.one - m.two)
	return m.one - parallel + parallel/cpus
}

// What pictures cost, by the measured times and the list of prices: docs/deploy.md has
// this table.
func TestCosts(t *testing.T) {
	row := regexp.MustCompile(`(?m)^\| (\w+), baseline-720p \| ([\d.]+) \| ([\d.]+) \|$`)
	performance := string(yolotest.Read(t, yolotest.Root(t, "docs", "performance.md")))
	var table strings.Builder
	table.WriteString("| Model | Memory | vCPUs | Milliseconds | 1,000 pictures | a million |\n| --- | --- | --- | --- | --- | --- |\n")
	list, _ := In("us-east-1")
	models := 0
	for _, found := range row.FindAllStringSubmatch(performance, -1) {
		m := measured{model: found[1]}
		var err error
		if m.one, err = strconv.ParseFloat(found[2], 64); err != nil {
			t.Fatal(err)
		}
		if m.two, err = strconv.ParseFloat(found[3], 64); err != nil || m.two >= m.one || m.two < m.one/2 {
			t.Fatalf("%s: two threads take %g ms, one %g, %v", m.model, m.two, m.one, err)
		}
		models++
		for _, memory := range []int64{vCPU, 3008, 10240} {
			cpus := float64(memory) / vCPU
			ms, how := m.at(cpus), "projected"
			if memory == vCPU {
				how = "measured on x86-64"
			}
			thousand := 1000 * list.Request(ms, "arm64", memory)
			fmt.Fprintf(&table, "| %s | %d MB | %.1f | %.0f, %s | $%.4f | $%.2f |\n", m.model, memory, cpus, ms, how, thousand, 1000*thousand)
		}
	}
	if models != 2 {
		t.Fatalf("docs/performance.md has the times of %d models, want 2", models)
	}
	const begin, end = "in integration/ -->\n", "<!-- end of costs -->"
	path := yolotest.Root(t, "docs", "deploy.md")
	before, rest, found := strings.Cut(string(yolotest.Read(t, path)), begin)
	got, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("no place for the table of costs in %s", path)
	}
	if *update {
		if err := os.WriteFile(path, []byte(before+begin+table.String()+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if got != table.String() {
		t.Errorf("%s is out of date: go test ./integration/price -update", path)
	}
}

// The projection goes through both points.
func TestProjection(t *testing.T) {
	m := measured{one: 60, two: 40}
	for cpus, want := range map[float64]float64{1: 60, 2: 40, 4: 30} {
		if got := m.at(cpus); got != want {
			t.Errorf("%g vCPUs: %g ms, want %g", cpus, got, want)
		}
	}
}
