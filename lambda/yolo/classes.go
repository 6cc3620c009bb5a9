package yolo

import (
	"strconv"
	"strings"
)

// ClassIDs finds the classes that a text means: all that have the name or, where none
// has, the one with that id, as a decimal. Where there is none the slice is empty, and not nil,
// which as Options.Classes stands for all.
func (m *Model) ClassIDs(nameOrID string) []int {
	ids := []int{}
	for id, name := range m.Names {
		if name == nameOrID && name != "" {
			ids = append(ids, id)
		}
	}
	if id, err := strconv.Atoi(nameOrID); len(ids) == 0 && err == nil && m.HasClass(id) {
		ids = append(ids, id)
	}
	return ids
}

// HasClass reports whether the model may find the class.
func (m *Model) HasClass(id int) bool {
	return id >= 0 && (m.Classes == 0 || id < m.Classes)
}

// SimilarClass is the class name that differs least from a text: in case or spaces only,
// or in a third of its letters at most. Empty where none is that close.
func (m *Model) SimilarClass(text string) string {
	plain := func(s string) string {
		return strings.ToLower(strings.NewReplacer(" ", "", "_", "", "-", "").Replace(s))
	}
	if plain(text) == "" || len(text) > 60 {
		return ""
	}
	best, least := "", max(len(text)/3, 1)+1
	for _, name := range m.Names {
		if n := edits(plain(text), plain(name)); name != "" && n < least {
			best, least = name, n
		}
	}
	return best
}

// edits is Levenshtein's distance, in bytes.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for i := range row {
		row[i] = i
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for k := range len(b) {
			cost := diagonal
			if a[i] != b[k] {
				cost++
			}
			diagonal = row[k+1]
			row[k+1] = min(row[k+1]+1, row[k]+1, cost)
		}
	}
	return row[len(b)]
}
