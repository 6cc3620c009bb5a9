package yolambda

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapplicationautoscaling"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
)

// DefaultUtilization is the part of the warm environments (execution environments of Lambda) that target tracking keeps in use.
const DefaultUtilization = 0.7

// Scaling says how the number of warm environments follows the load and the clock. It starts
// from ProvisionedConcurrency, the least of them until the schedule says otherwise.
type Scaling struct {
	// Max is the most environments that target tracking keeps warm, for which ProvisionedConcurrency
	// is the least; 0: as many as that.
	Max int

	// Utilization is the part of them that it keeps in use, 0.1 to 0.9; 0: DefaultUtilization.
	Utilization float64

	// Schedule has other limits from given times on, each until the next one.
	Schedule []ScheduledLimits

	// TimeZone of the schedule; nil: UTC.
	TimeZone awscdk.TimeZone
}

// ScheduledLimits hold from a time on: at least Min environments are warm, and at most Max. Both
// are 0, or neither: target tracking does not leave 0, where nothing is in use.
type ScheduledLimits struct {
	From     string // cron(MINUTE HOUR DAY MONTH WEEKDAY YEAR), as Application Auto Scaling has it
	Min, Max int
}

// cronPattern has one ? among the days, as AWS wants it.
var cronPattern = regexp.MustCompile(`^cron\(([\w*,/-]+ ){2}([\w*,/-]+ [\w*,/-]+ \?|\? [\w*,/-]+ [\w*,/#-]+) [\d*,/-]+\)$`)

// check refuses limits that do not fit together, with what is kept warm without them.
func (s Scaling) check(provisioned, reserved int) error {
	if err := checkToken("Scaling.Max", s.Max); err != nil {
		return err
	}
	ranges := slices.ContainsFunc(s.Schedule, func(l ScheduledLimits) bool { return l.Max > l.Min })
	switch highest := cmp.Or(s.Max, provisioned); {
	case s.Max == 0 && len(s.Schedule) == 0:
		return errors.New("a Scaling without Max and Schedule changes nothing: give one of them, or leave it out")
	case s.Utilization != 0 && *awscdk.Token_IsUnresolved(s.Utilization):
		return errors.New("the Utilization is a token, which has no number yet while the app is synthesized: give a number")
	case s.Utilization != 0 && highest <= provisioned && !ranges:
		return errors.New("the Utilization has no effect without a Max above the provisioned concurrency, or a range in the Schedule")
	case s.TimeZone != nil && len(s.Schedule) == 0:
		return errors.New("TimeZone has no effect without Schedule")
	case s.Max < 0:
		return fmt.Errorf("a concurrency below 0")
	case highest < provisioned:
		return fmt.Errorf("at most %d warm environments are less than the provisioned concurrency %d", highest, provisioned)
	case reserved > 0 && highest > reserved:
		return fmt.Errorf("%d warm environments are above the reserved concurrency %d", highest, reserved)
	case s.Max > 0 && provisioned == 0:
		return fmt.Errorf("at most %d warm environments, and no provisioned concurrency to start from", s.Max)
	case s.Utilization != 0 && (s.Utilization < 0.1 || s.Utilization > 0.9):
		return fmt.Errorf("a utilization of %g: Application Auto Scaling takes 0.1 to 0.9", s.Utilization)
	}
	for _, l := range s.Schedule {
		if err := l.Check(); err != nil {
			return err
		}
		if reserved > 0 && l.Max > reserved {
			return fmt.Errorf("%s: %d warm environments are above the reserved concurrency %d", l.From, l.Max, reserved)
		}
	}
	return nil
}

// Check refuses a time that AWS does not understand, and limits that are none.
func (l ScheduledLimits) Check() error {
	if !cronPattern.MatchString(l.From) {
		return fmt.Errorf("%q is not cron(MINUTE HOUR DAY MONTH WEEKDAY YEAR) with ? for one of the days", l.From)
	}
	if err := errors.Join(checkToken("Min", l.Min), checkToken("Max", l.Max)); err != nil {
		return err
	}
	if l.Min < 0 || l.Max < l.Min {
		return fmt.Errorf("%s: %d to %d warm environments", l.From, l.Min, l.Max)
	}
	if l.Min == 0 && l.Max > 0 {
		return fmt.Errorf("%s: from 0 to %d warm environments, and 0 have no load to follow: at least 1", l.From, l.Max)
	}
	return nil
}

// addTo has Application Auto Scaling set the provisioned concurrency of the alias, which has
// none of its own: a deployment would set it back to that.
func (s Scaling) addTo(alias awslambda.Alias, provisioned int) {
	highest := cmp.Or(s.Max, provisioned)
	target := alias.AddAutoScaling(&awslambda.AutoScalingOptions{
		MinCapacity: jsii.Number(provisioned), MaxCapacity: jsii.Number(highest),
	})
	tracks := highest > provisioned
	for i, l := range s.Schedule {
		tracks = tracks || l.Max > l.Min
		target.ScaleOnSchedule(jsii.String(fmt.Sprintf("From%d", i+1)), &awsapplicationautoscaling.ScalingSchedule{
			Schedule:    awsapplicationautoscaling.Schedule_Expression(jsii.String(l.From)),
			MinCapacity: jsii.Number(l.Min), MaxCapacity: jsii.Number(l.Max),
			TimeZone: s.TimeZone,
		})
	}
	if tracks {
		target.ScaleOnUtilization(&awslambda.UtilizationScalingOptions{
			UtilizationTarget: jsii.Number(cmp.Or(s.Utilization, DefaultUtilization)),
		})
	}
}
