package price

import (
	"cmp"
	"flag"
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

var update = flag.Bool("update", false, "rewrite the tables of costs in docs/deploy.md")

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

// memories are the sizes of the tables, in MB: whole vCPUs, what a new account may have at
// most, and what Lambda has at most.
var memories = []int64{vCPU, 3008, 2 * vCPU, 3 * vCPU, 4 * vCPU, 10240}

// pictures of a call, as in a batch.
const pictures = 12

// single is what a picture in a request of its own takes: ms, and dollars for a million.
func (m measured) single(list List, memory int64) (ms, million float64) {
	ms = m.at(float64(memory) / vCPU)
	return ms, 1e6 * list.Request(ms, "arm64", memory)
}

// batched is what pictures take that are many in a call: how many it looks at in a second,
// and dollars for a million. The vCPUs look at one each; the last of a call leave some of
// them idle.
func (m measured) batched(list List, memory int64) (perSecond, million float64) {
	cpus := float64(memory) / vCPU
	call := pictures * m.at(cpus) * idle(pictures, cpus)
	return pictures * 1000 / call, 1e6 / pictures * list.Request(call, "arm64", memory)
}

// timesIn reads the rows of docs/performance.md that a pattern finds, of two models.
func timesIn(t *testing.T, request string) (of []measured) {
	t.Helper()
	row := regexp.MustCompile(`(?m)^\| (\w+), ` + request + ` \| ([\d.]+) \| ([\d.]+) \|$`)
	for _, found := range row.FindAllStringSubmatch(string(yolotest.Read(t, yolotest.Root(t, "docs", "performance.md"))), -1) {
		of = append(of, timesOf(t, found))
	}
	if len(of) != 2 {
		t.Fatalf("docs/performance.md has the times of %d models, want 2", len(of))
	}
	return of
}

const alone, many = "baseline-720p", "16 a request"

// What pictures cost, by the measured times and the list of prices: docs/deploy.md has
// this table.
func TestCosts(t *testing.T) {
	var table strings.Builder
	table.WriteString("| Model | Memory | vCPUs | Milliseconds | 1,000 pictures | a million |\n| --- | --- | --- | --- | --- | --- |\n")
	list, _ := In("us-east-1")
	for _, m := range timesIn(t, alone) {
		for _, memory := range memories {
			ms, million := m.single(list, memory)
			fmt.Fprintf(&table, "| %s | %d MB | %.1f | %.0f, %s | $%.4f | $%.2f |\n", m.model, memory, float64(memory)/vCPU, ms, how(memory), million/1000, million)
		}
	}
	holdTable(t, "costs", table.String())
}

// What pictures cost of which many are in a call, as in a batch: the second table there.
func TestBatchCosts(t *testing.T) {
	var table strings.Builder
	table.WriteString("| Model | Memory | vCPUs | pictures a second and call | a million |\n| --- | --- | --- | --- | --- |\n")
	list, _ := In("us-east-1")
	for _, m := range timesIn(t, many) {
		for _, memory := range memories {
			perSecond, million := m.batched(list, memory)
			fmt.Fprintf(&table, "| %s | %d MB | %.1f | %.0f, %s | $%.2f |\n", m.model, memory, float64(memory)/vCPU, perSecond, how(memory), million)
		}
	}
	holdTable(t, "costs of batches", table.String())
}

// how says where a figure comes from.
func how(memory int64) string {
	if memory == vCPU || memory == 2*vCPU {
		return "measured on x86-64"
	}
	return "projected"
}

// Which memory serves what: the table before those.
func TestMemory(t *testing.T) {
	list, _ := In("us-east-1")
	// least is the memory for which a model's value is the least.
	least := func(value func(memory int64) float64) int64 {
		return slices.MinFunc(memories, func(a, b int64) int { return cmp.Compare(value(a), value(b)) })
	}
	var table strings.Builder
	singles, batches := timesIn(t, alone), timesIn(t, many)
	fmt.Fprintf(&table, "| For | %s | %s | because |\n| --- | --- | --- | --- |\n", singles[0].model, singles[1].model)
	for _, row := range []struct {
		want, why string
		value     func(ms, million float64) float64
	}{
		{"a caller who waits", "the least time", func(ms, _ float64) float64 { return ms }},
		{"time and cost alike", "the least product of both", func(ms, million float64) float64 { return ms * million }},
		{"cost", "the least cost", func(_, million float64) float64 { return million }},
	} {
		fmt.Fprintf(&table, "| %s |", row.want)
		for _, m := range singles {
			memory := least(func(memory int64) float64 { return row.value(m.single(list, memory)) })
			ms, million := m.single(list, memory)
			fmt.Fprintf(&table, " %d MB: %.0f ms, $%.2f a million |", memory, ms, million)
		}
		fmt.Fprintf(&table, " %s |\n", row.why)
	}
	table.WriteString("| batches |")
	for _, m := range batches {
		memory := least(func(memory int64) float64 { _, million := m.batched(list, memory); return million })
		perSecond, million := m.batched(list, memory)
		fmt.Fprintf(&table, " %d MB: %.0f a second and call, $%.2f a million |", memory, perSecond, million)
	}
	table.WriteString(" the least cost; more where the quota of calls is the limit |\n")
	holdTable(t, "memory", table.String())
}

// idle is how many times as long a call takes because its last pictures are fewer than the
// threads, of which there is one for each vCPU, the last one's part rounded up.
func idle(pictures int, cpus float64) float64 {
	threads := int(math.Ceil(cpus))
	whole, rest := pictures/threads, pictures%threads
	took := float64(whole*threads) / cpus
	if rest > 0 {
		took += max(float64(rest)/cpus, 1)
	}
	return took / (float64(pictures) / cpus)
}

func TestIdle(t *testing.T) {
	for _, tt := range []struct {
		pictures   int
		cpus, want float64
	}{{16, 1, 1}, {16, 2, 1}, {12, 5.5, 1}, {1, 2, 2}, {10, 4, 1.2}, {13, 6, 18. / 13}} {
		if got := idle(tt.pictures, tt.cpus); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%d pictures on %g vCPUs: %g times, want %g", tt.pictures, tt.cpus, got, tt.want)
		}
	}
}

// timesOf reads the row of a table: model, ms with one thread, with two.
func timesOf(t *testing.T, row []string) measured {
	t.Helper()
	m := measured{model: row[1]}
	var err error
	if m.one, err = strconv.ParseFloat(row[2], 64); err != nil {
		t.Fatal(err)
	}
	if m.two, err = strconv.ParseFloat(row[3], 64); err != nil || m.two >= m.one || m.two < m.one/2 {
		t.Fatalf("%s: two threads take %g ms, one %g, %v", m.model, m.two, m.one, err)
	}
	return m
}

// holdTable holds the table of that name in docs/deploy.md to what it should be.
func holdTable(t *testing.T, name, want string) {
	t.Helper()
	begin, end := "<!-- "+name+": written by `go test ./price -update` in integration/ -->\n", "<!-- end of "+name+" -->"
	path := yolotest.Root(t, "docs", "deploy.md")
	before, rest, found := strings.Cut(string(yolotest.Read(t, path)), begin)
	got, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("no place for the table of %s in %s", name, path)
	}
	if *update {
		if err := os.WriteFile(path, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if got != want {
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
