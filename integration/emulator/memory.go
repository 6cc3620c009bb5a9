package emulator

import "sync"

// memory keeps what large bodies and events were read into or written to for the next ones:
// new memory costs its pages and the collector's work, milliseconds for a photograph.
type memory struct {
	mu   sync.Mutex
	kept [][]byte
}

// mostKept is how many are kept, each as large as a body or an event was.
const mostKept = 8

// take returns an empty slice with room for n bytes.
func (m *memory) take(n int) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, b := range m.kept {
		if cap(b) >= n {
			last := len(m.kept) - 1
			m.kept[i] = m.kept[last]
			m.kept = m.kept[:last]
			return b
		}
	}
	if len(m.kept) > 0 {
		m.kept = m.kept[1:] // too small, as the next may be
	}
	const step = 1 << 20
	return make([]byte, 0, (n+step-1)/step*step)
}

// give gives a slice back, which nobody may hold any more.
func (m *memory) give(b []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if cap(b) > 0 && len(m.kept) < mostKept {
		m.kept = append(m.kept, b[:0])
	}
}
