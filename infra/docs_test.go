package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestDocsTable compares the table in docs/deploy.md with the settings.
func TestDocsTable(t *testing.T) {
	const path, begin, end = "../docs/deploy.md", "in infra/ -->\n", "<!-- end of settings -->"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	table, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("no place for the table in %s", path)
	}
	want := settingsTable()
	if *update {
		write(t, path, before+begin+want+end+after)
	} else if table != want {
		t.Errorf("%s is out of date: go test -run TestDocsTable -update", path)
	}
}

func settingsTable() string {
	var table strings.Builder
	table.WriteString("| Key | Default | Allowed | Meaning |\n| --- | --- | --- | --- |\n")
	for _, s := range settings {
		value := "none"
		if s.value != "" && s.value != "none" {
			value = "`" + s.value + "`"
		}
		fmt.Fprintf(&table, "| `%s` | %s | %s | %s |\n", s.key, value, s.allowed, s.meaning)
	}
	return table.String()
}
