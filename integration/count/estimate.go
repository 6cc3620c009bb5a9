package count

import "time"

// What a core of Graviton2, a Neoverse N1, does at best ("Arm Neoverse N1 Software
// Optimization Guide"): it clocks at 2.5 GHz, dispatches four instructions a cycle, and
// has two pipes for vectors, each of which takes one multiply-add of 16 bytes a cycle.
const (
	cyclesPerSecond = 2.5e9
	dispatched      = 4.0
	vectorPipes     = 2.0
)

// typical is how many instructions a cycle are taken for an estimate, where the caches
// and branches are neither perfect nor bad.
const typical = 2.0

// AtLeast is the time that one core takes when nothing ever waits: a bound, not an
// estimate.
func (c Counts) AtLeast() time.Duration {
	multiplyAdds := float64(c.FMLA32 + c.FMLA16 + c.Dot)
	return seconds(max(float64(c.All)/dispatched, multiplyAdds/vectorPipes))
}

// Estimate is the time that one core takes at two instructions a cycle. Nobody has
// measured it.
func (c Counts) Estimate() time.Duration { return seconds(float64(c.All) / typical) }

func seconds(cycles float64) time.Duration {
	return time.Duration(cycles / cyclesPerSecond * float64(time.Second))
}
