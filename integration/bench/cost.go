package bench

import "github.com/yolambda/yolambda/integration/price"

// Cost is what the measured requests cost, in US dollars for 1,000 pictures.
type Cost struct {
	Region       string `json:"region"` // whose prices are taken
	PricesOf     string `json:"prices_of"`
	Architecture string `json:"architecture"`
	MemoryMB     int64  `json:"memory_mb"`
	// Lambda is the mean of all series, each weighing the same.
	Lambda float64 `json:"lambda_usd"`
	// Rekognition is what its DetectLabels costs.
	Rekognition float64 `json:"rekognition_usd"`
}

// cost takes the time that requests kept the function busy: what Lambda bills,
// or, of a function that isn't local, the sum of the stages that it told; of a batch,
// whose stages go on side by side, what the caller waited.
func (c Config) cost(region string, all []*Series) Cost {
	list, region := price.In(region)
	out := Cost{Region: region, PricesOf: price.Of, Architecture: c.Architecture, MemoryMB: c.MemoryMB, Rekognition: 1000 * list.Labels}
	for _, s := range all {
		sum := 0.
		for _, ms := range s.busy {
			sum += list.Request(ms, c.Architecture, c.MemoryMB)
		}
		s.USD = 1000 * sum / float64(max(len(s.busy), 1)*s.Pictures)
		out.Lambda += s.USD / float64(len(all))
	}
	return out
}
