package yolo

import "sync"

// abreast is how several runs go on at once: each with one thread, on a session of its own
// kind. Several pictures take less time so than one after the other on every core, since
// threads within an operator wait for each other; a single picture does not.
type abreast struct {
	runs int
	open func() (*Model, error)
}

// SetAbreast says how many runs are worth having at once, and opens the model for them:
// the same file, with one thread a run. It is opened when it is first needed.
func (m *Model) SetAbreast(runs int, open func() (*Model, error)) {
	m.abreast = abreast{runs, sync.OnceValues(open)}
}

// Abreast is the model for several pictures of these options, and how many runs of it
// there may be at once: m itself and one where SetAbreast was not called, or where the
// input is larger than the model's own, so that several would take the memory of several.
func (m *Model) Abreast(o Options) (*Model, int, error) {
	if m.abreast.runs < 2 || o.ImgSize > max(m.ImgSize.H, m.ImgSize.W) {
		return m, 1, nil
	}
	single, err := m.abreast.open()
	return single, m.abreast.runs, err
}
