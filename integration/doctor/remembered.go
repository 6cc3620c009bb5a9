package doctor

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"

	"github.com/yolambda/yolambda/integration/local"
)

// memory is a folder that says with which models the function answered before, by an empty file for
// each. Without a folder nothing is remembered.
type memory struct {
	dir   string
	asked []byte // hash of what answers: this very program, the function, ONNX Runtime
}

// of is the path of the file for a model's bytes.
func (m *memory) of(model []byte, parts local.Parts) (string, error) {
	if m.asked == nil {
		program, err := os.Executable()
		if err != nil {
			return "", fmt.Errorf("find this program: %w", err)
		}
		for _, path := range []string{program, parts.Bootstrap, parts.Library} {
			data, err := os.ReadFile(path)
			if err != nil {
				return "", err
			}
			sum := sha256.Sum256(data)
			m.asked = append(m.asked, sum[:]...)
		}
	}
	sum := sha256.Sum256(model)
	return filepath.Join(m.dir, fmt.Sprintf("answered-%x", sha256.Sum256(append(sum[:], m.asked...)))), nil
}

// look asks the function unless it answered before; ask is how. Refusals are not remembered.
func (m *memory) look(model []byte, parts local.Parts, ask func() error) error {
	if m.dir == "" {
		return ask()
	}
	path, err := m.of(model, parts)
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := ask(); err != nil {
		return err
	}
	if os.MkdirAll(m.dir, 0o755) == nil { // else it is asked again
		_ = os.WriteFile(path, nil, 0o644)
	}
	return nil
}
