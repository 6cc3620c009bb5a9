package slot

import (
	"runtime"
	"sync"
	"testing"
)

func TestSlot(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2)) // room for two
	var s Slot[int]
	if got := s.Take(); got != nil {
		t.Errorf("an empty slot gives %v", got)
	}
	one, two, three := 1, 2, 3
	s.Keep(&one)
	s.Keep(&two)
	s.Keep(&three)
	for _, want := range []*int{&two, &one, nil} {
		if got := s.Take(); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
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
