package main

import (
	"cmp"
	"fmt"
	"regexp"
	"time"
	_ "time/tzdata" // the zones, where the machine has none

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/yolambda/yolambda/infra/yolambda"
)

// scaling is what the settings say of it; nil: the number of warm environments stays.
func (c Config) scaling() *yolambda.Scaling {
	if c.ProvisionedMax == 0 && len(c.ProvisionedSchedule) == 0 {
		return nil
	}
	s := &yolambda.Scaling{Max: c.ProvisionedMax, Schedule: c.ProvisionedSchedule}
	if c.ProvisionedUtilization != 100*yolambda.DefaultUtilization {
		s.Utilization = float64(c.ProvisionedUtilization) / 100
	}
	if s.Schedule != nil {
		s.TimeZone = awscdk.TimeZone_Of(jsii.String(c.ProvisionedTimeZone))
	}
	return s
}

// scheduleZone is that of the schedule unless another is named.
const scheduleZone = "Etc/UTC"

// checkScaling refuses limits that do not fit together, and what they leave nothing to do.
func (c Config) checkScaling(refuse refuse) {
	above := func(n int) bool { return c.ReservedConcurrency > 0 && n > c.ReservedConcurrency }
	refuse(above(c.ProvisionedConcurrency), "provisionedConcurrency: %d is above reservedConcurrency %d", c.ProvisionedConcurrency, c.ReservedConcurrency)
	refuse(above(c.ProvisionedMax), "provisionedMax: %d is above reservedConcurrency %d", c.ProvisionedMax, c.ReservedConcurrency)
	if c.ProvisionedMax > 0 {
		refuse(c.ProvisionedConcurrency == 0, idle, "provisionedMax", "provisionedConcurrency, the least")
		refuse(c.ProvisionedMax < c.ProvisionedConcurrency, "provisionedMax: %d is below provisionedConcurrency %d", c.ProvisionedMax, c.ProvisionedConcurrency)
	}
	follows := c.ProvisionedMax > 0
	for _, l := range c.ProvisionedSchedule {
		refuse(above(l.Max), "provisionedSchedule: %s=%d..%d is above reservedConcurrency %d", l.From, l.Min, l.Max, c.ReservedConcurrency)
		follows = follows || l.Max > l.Min
	}
	refuse(c.ProvisionedUtilization != 100*yolambda.DefaultUtilization && !follows, idle, "provisionedUtilization", "provisionedMax or a provisionedSchedule with LEAST..MOST")
	refuse(c.ProvisionedTimeZone != scheduleZone && c.ProvisionedSchedule == nil, idle, "provisionedTimeZone", "provisionedSchedule")
	refuse(c.Rollout == "canary" && (c.ProvisionedConcurrency > 0 || c.scaling() != nil),
		"rollout: canary splits the traffic of the alias, and Lambda sets no number of warm environments on one that is split: leave out provisionedConcurrency, provisionedMax and provisionedSchedule, or take atOnce")
}

// scheduledPattern is one entry of a schedule, as in cron(0 7 ? * MON-FRI *)=5..20. A cron
// expression may have commas itself, but none outside of its brackets.
var scheduledPattern = regexp.MustCompile(`^\s*(cron\([^()]*\))\s*=\s*(\d+)(?:\.\.(\d+))?\s*(?:,|$)`)

func parseSchedule(field *[]yolambda.ScheduledLimits, value string) error {
	var schedule []yolambda.ScheduledLimits
	for rest := value; rest != ""; {
		found := scheduledPattern.FindStringSubmatch(rest)
		if found == nil {
			return fmt.Errorf("%q is not of the form cron(0 7 ? * MON-FRI *)=5..20", rest)
		}
		rest = rest[len(found[0]):]
		l := yolambda.ScheduledLimits{From: found[1]}
		if err := parseInt(&l.Min, found[2], 0, 10000); err != nil {
			return err
		}
		if err := parseInt(&l.Max, cmp.Or(found[3], found[2]), 0, 10000); err != nil {
			return err
		}
		if err := l.Check(); err != nil {
			return err
		}
		schedule = append(schedule, l)
	}
	*field = schedule
	return nil
}

func parseTimeZone(field *string, value string) error {
	if _, err := time.LoadLocation(value); err != nil || value == "Local" {
		return fmt.Errorf("%q is not a time zone", value)
	}
	*field = value
	return nil
}
