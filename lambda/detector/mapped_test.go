package detector

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestMapped(t *testing.T) {
	folder := t.TempDir()
	for _, tt := range []struct {
		name, content string
		wantErr       string
	}{
		{"full", "model", ""},
		{"empty", "", ""},
		{"missing", "", "no such file"},
		{".", "", "not a regular file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(folder, tt.name)
			if tt.wantErr == "" {
				if err := os.WriteFile(path, []byte(tt.content), 0o400); err != nil {
					t.Fatal(err)
				}
			}
			data, err := mapped(path)
			if tt.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
					t.Fatalf("got %v, want %s", err, tt.wantErr)
				}
				return
			}
			if err != nil || string(data) != tt.content {
				t.Errorf("got %q, %v", data, err)
			}
			if len(data) > 0 {
				data[0]++ // as the session's opening may
				if kept, err := os.ReadFile(path); err != nil || string(kept) != tt.content {
					t.Errorf("the file has become %q, %v", kept, err)
				}
				if err := unix.Munmap(data); err != nil {
					t.Error(err)
				}
			}
		})
	}
}
