package batch

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// usualConcurrency is how many calls a batch makes at once where there is room for twice
// as many.
const usualConcurrency = 100

// Fit gives the calls that a batch makes at once. Where none are asked, that is up to half
// of what the function can run, so that callers of its URL have the rest; 0, which leaves
// it to the state machine, where AWS does not tell how much that is. More than it can run
// is refused: Lambda would throttle the batch and the callers.
func (m *Machine) Fit(ctx context.Context, asked int) (int, error) {
	limit, of := m.limit(ctx)
	switch {
	case limit == 0:
		return asked, nil
	case asked == 0:
		return min(usualConcurrency, max(1, limit/2)), nil
	case asked > limit:
		return 0, fmt.Errorf("%d calls at once are more than the %d of %s: ask for fewer, or have the quota raised", asked, limit, of)
	}
	return asked, nil
}

// limit is how many calls the function can run at once, and whose limit that is; 0 where
// AWS does not tell.
func (m *Machine) limit(ctx context.Context) (limit int, of string) {
	functions := lambda.NewFromConfig(m.cfg)
	name := m.function
	if parts := strings.Split(m.function, ":"); len(parts) > 6 {
		name = parts[6] // without its alias
	}
	own, err := functions.GetFunctionConcurrency(ctx, &lambda.GetFunctionConcurrencyInput{FunctionName: &name})
	if err != nil {
		return 0, ""
	}
	if own.ReservedConcurrentExecutions != nil {
		return int(aws.ToInt32(own.ReservedConcurrentExecutions)), "the function's reservedConcurrency"
	}
	account, err := functions.GetAccountSettings(ctx, &lambda.GetAccountSettingsInput{})
	if err != nil || account.AccountLimit == nil {
		return 0, ""
	}
	return int(aws.ToInt32(account.AccountLimit.UnreservedConcurrentExecutions)), "the account's quota"
}
