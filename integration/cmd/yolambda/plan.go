package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/yolambda/yolambda/integration/plan"
	"github.com/yolambda/yolambda/integration/price"
)

type planCommand struct {
	Pictures    int           `required:"" placeholder:"N" help:"How many pictures."`
	Picture     time.Duration `default:"60ms" placeholder:"TIME" help:"What the function takes for one, as yolambda bench measures it."`
	ColdStart   time.Duration `default:"1s" placeholder:"TIME" help:"What the first call of an environment takes longer."`
	Account     int           `default:"1000" placeholder:"N" help:"The account's concurrent executions; new accounts have 10."`
	Prefixes    int           `default:"1" placeholder:"N" help:"Over how many prefixes the pictures are spread."`
	Concurrency int           `placeholder:"N" help:"Calls of the function at once (as advised)."`
	BatchSize   int           `placeholder:"N" help:"Pictures a call, 1 to 64 (as advised)."`
	costFlags
	Region string `default:"us-east-1" placeholder:"REGION" help:"Whose prices to take; where they are not known, those of us-east-1."`
	JSON   bool   `name:"json" help:"Print one JSON object."`
}

func (planCommand) Help() string {
	return `Examples:

  yolambda plan --pictures 1000000
  yolambda plan --pictures 1000000 --account 10 --picture 120ms --memory 3008

Plays a batch against AWS' documented quotas, on this machine: how long it takes,
what it costs, and what limits it first. --concurrency and --batch-size are those of
yolambda batch. The quotas and prices are AWS' of 2025; how fast Step Functions lists
objects is an assumption.`
}

func (p *planCommand) Run(ctx context.Context, std *streams) error {
	b := plan.Batch{
		Pictures: p.Pictures, Prefixes: p.Prefixes, Picture: p.Picture, ColdStart: p.ColdStart,
		MemoryMB: int64(p.Memory), Architecture: p.Architecture, Region: p.Region, Quotas: plan.AWS(p.Account),
	}
	if p.Picture <= 0 || p.Prefixes < 1 || p.Account < 1 {
		return usagef("--picture, --prefixes and --account are above zero")
	}
	advised := b.Advise()
	b.Children, b.Size = cmp.Or(p.Concurrency, advised.Children), cmp.Or(p.BatchSize, advised.Size)
	if err := b.Check(); err != nil {
		return usageError{err}
	}
	out, err := plan.Run(ctx, b)
	if err != nil {
		return err
	}
	_, region := price.In(p.Region)
	if p.JSON {
		return json.NewEncoder(std.out).Encode(struct {
			Concurrency int          `json:"concurrency"`
			BatchSize   int          `json:"batch_size"`
			Outcome     plan.Outcome `json:"outcome"`
			Region      string       `json:"region"` // of the prices, as in bench
			PricesOf    string       `json:"prices_of"`
		}{b.Children, b.Size, out, region, price.Of})
	}
	_, err = fmt.Fprintf(std.out, `%d pictures, %d a call, %d calls at once: %s, %.0f pictures a second
Limited by %s; %d calls were refused and tried again, %d failed
Cost: $%.2f (Lambda $%.2f, Step Functions $%.2f, S3 $%.2f; list prices of %s, %s, unchecked)
Run it: yolambda batch --stack NAME --input s3://BUCKET/PREFIX --concurrency %d --batch-size %d
`, p.Pictures, b.Size, b.Children, out.Duration.Round(time.Second), out.PerSecond, out.Limit, out.Refused, out.Failed,
		out.Cost.Total(), out.Cost.Lambda, out.Cost.StepFunctions, out.Cost.S3, region, price.Of, b.Children, b.Size)
	return err
}
