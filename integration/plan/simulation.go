package plan

import (
	"container/heap"
	"context"
	"math"
	"math/rand/v2"
)

// Retries of a refused call, as infra/yolambda/batch.asl.json has them: the wait is a random part
// of what doubles each time (full jitter).
const (
	firstRetry  = 2.0 // seconds
	retryGrowth = 2.0
	maxRetries  = 6
)

// simulation is a batch under way. Times are seconds from its start.
type simulation struct {
	Batch
	now    float64
	events events
	random *rand.Rand

	left   int     // pictures that no child has yet
	listed float64 // when the next picture is listed

	idle, made int     // environments that wait, and all
	tokens     float64 // environments that may be made at once
	refilled   float64 // when tokens was last true

	reads []float64 // of each prefix: when what was asked so far is read

	calls, refused, failed int
	busy, childTime        float64           // of the function, of the children
	waited                 map[Limit]float64 // seconds of children
}

// child is one child of the map: a call, with its retries.
type child struct {
	number   int
	pictures int
	begun    float64
	retries  int
}

// event is what happens next to a child: it asks for an environment, or it ends.
type event struct {
	at float64
	child
	ends bool
}

func newSimulation(b Batch) *simulation {
	return &simulation{
		Batch: b, left: b.Pictures, random: rand.New(rand.NewPCG(1, 1)),
		tokens: float64(b.Quotas.Environments), reads: make([]float64, b.Prefixes), waited: map[Limit]float64{},
	}
}

func (s *simulation) run(ctx context.Context) error {
	for range s.Children {
		s.begin(0)
	}
	for n := 0; len(s.events) > 0; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		e := heap.Pop(&s.events).(event)
		s.now = e.at
		switch {
		case !e.ends:
			s.call(e.child)
		default:
			s.idle++
			s.end(e.child)
		}
	}
	return nil
}

// begin starts the next child, as soon as its pictures are listed.
func (s *simulation) begin(at float64) {
	if s.left == 0 {
		return
	}
	c := child{number: s.Pictures - s.left, pictures: min(s.Size, s.left)}
	s.left -= c.pictures
	s.listed += float64(c.pictures) / s.Quotas.Listed
	c.begun = max(at, s.listed)
	s.waited[ByListing] += c.begun - at
	heap.Push(&s.events, event{at: c.begun, child: c})
}

// end makes room for the next child.
func (s *simulation) end(c child) {
	s.childTime += s.now - c.begun
	s.begin(s.now)
}

// call runs a child's call, where there is an environment for it.
func (s *simulation) call(c child) {
	cold, limit := s.environment()
	if limit != "" {
		s.retry(c, limit)
		return
	}
	work := float64(c.pictures) * s.Picture.Seconds()
	if cold {
		work += s.ColdStart.Seconds()
	}
	// A call reads its pictures one ahead of the one that it looks at.
	prefix := c.number / s.Size % s.Prefixes
	s.reads[prefix] = max(s.now, s.reads[prefix]) + float64(c.pictures)/s.Quotas.Reads
	took := max(work, s.reads[prefix]-s.now)
	s.waited[ByReads] += took - work
	s.waited[ByChildren] += work
	s.calls++
	s.busy += took
	heap.Push(&s.events, event{at: s.now + took, child: c, ends: true})
}

// environment takes an idle one or makes one. The limit is why there is none.
func (s *simulation) environment() (cold bool, limit Limit) {
	rate := float64(s.Quotas.Environments)
	s.tokens = min(rate, s.tokens+(s.now-s.refilled)*rate/10)
	s.refilled = s.now
	switch {
	case s.idle > 0:
		s.idle--
		return false, ""
	case s.made >= s.Quotas.Concurrency:
		return false, ByConcurrency
	case s.tokens < 1:
		return false, ByEnvironments
	}
	s.tokens--
	s.made++
	return true, ""
}

// retry lets a refused call wait. It fails when it was refused too often, or when its
// child has lived too long.
func (s *simulation) retry(c child, limit Limit) {
	s.refused++
	wait := s.random.Float64() * firstRetry * math.Pow(retryGrowth, float64(c.retries))
	c.retries++
	if c.retries > maxRetries || s.now+wait-c.begun > s.Quotas.ChildTime.Seconds() {
		s.failed++
		s.end(c)
		return
	}
	s.waited[limit] += wait
	heap.Push(&s.events, event{at: s.now + wait, child: c})
}

// limit is what the children waited for longest, and their number where they mostly
// worked.
func (s *simulation) limit() Limit {
	most := ByChildren
	if s.failed > 0 {
		s.waited[ByChildren] = 0 // whatever worked, it is not what is wanting
	}
	for _, l := range []Limit{ByConcurrency, ByEnvironments, ByReads, ByListing} {
		if s.waited[l] > s.waited[most] {
			most = l
		}
	}
	return most
}

// events are a heap by time; of two at once the first child's comes first.
type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	if e[i].at != e[j].at {
		return e[i].at < e[j].at
	}
	return e[i].number < e[j].number
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}
