package slot

import (
	"sync"
	"testing"
)

func TestSlot(t *testing.T) {
	var s Slot[int]
	if got := s.Take(); got != nil {
		t.Errorf("an empty slot gives %v", got)
	}
	one, two := 1, 2
	s.Keep(&one)
	s.Keep(&two)
	if got := s.Take(); got != &two {
		t.Errorf("got %v, want what was kept last", got)
	}
	if got := s.Take(); got != nil {
		t.Errorf("what was taken is given once more: %v", got)
	}
}

// Nobody gets what somebody else holds.
func TestSlotConcurrent(t *testing.T) {
	var s Slot[int]
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				mine := s.Take()
				if mine == nil {
					mine = new(int)
				}
				*mine++ // the race detector tells of a second holder
				s.Keep(mine)
			}
		})
	}
	wg.Wait()
}
